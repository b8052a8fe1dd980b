/**
 * RightsView is what rights are worked out from: the memory view, as far as they read it.
 */
import type { Instant } from '../../base/index.ts';
import type { AttributeType, DistinguishedName, Filter } from '../../x500/index.ts';

export interface RightsView {
  /** Another number whenever an entry or its name may be another. */
  readonly revision: number;
  find(dn: DistinguishedName): number | undefined;
  byUuid(uuid: Uint8Array): number | undefined;
  parent(entry: number): number | undefined;
  dnText(entry: number): string;
  attribute(entry: number, type: AttributeType, now: Instant): readonly Uint8Array[];
  /** Whether any entry has a value of the type. */
  isPresent(type: AttributeType): boolean;
  /** The entries with a value of this normal form. */
  holder(type: AttributeType, normalized: Uint8Array): Iterable<number>;
  isMember(group: number, member: number, now: Instant): boolean;
  groupsOf(member: number, now: Instant): Iterable<number>;
}

/** Whether an entry matches a filter, everything in it being read. */
export type MatchesFilter<View> = (view: View, entry: number, filter: Filter, now: Instant) => boolean | undefined;

/** Whether the entry is `base` or stands below it. */
export function isWithin(view: Pick<RightsView, 'parent'>, entry: number, base: number): boolean {
  for (let at: number | undefined = entry; at !== undefined; at = view.parent(at)) if (at === base) return true;
  return false;
}
