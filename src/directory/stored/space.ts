/**
 * The spaces of the store that the directory writes its objects to. A write to them is all that the journal
 * carries, and all that the view is made of.
 */
export const Space = {
  /** Key: entryUUID. Value: `encodeEntry`. */
  entry: 'entry',
  /** Key: `encodeMemberKey`. Value: `encodePeriod`. */
  member: 'member',
  /** Key: the owner's entryUUID and a slot. Value: a password in its stored form. Never part of an entry. */
  verifier: 'verifier',
} as const;
