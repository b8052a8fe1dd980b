/**
 * Tag names the first octet of a BER element: class, form and number in one octet (X.690, 8.1.2).
 *
 * Numbers above 30 would take more octets; neither LDAP nor X.509 has one, so that writer and reader know none.
 */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The form bit: the content is elements, not octets. */
export const CONSTRUCTED = 0x20;

/** `[number]` of a primitive type, number 0 to 30. */
export function contextTag(number: number): number {
  return 0x80 | number;
}

/** `[number]` of a constructed type or an explicit tag, number 0 to 30. */
export function contextConstructedTag(number: number): number {
  return 0xa0 | number;
}

/** `[APPLICATION number]` of a primitive type, number 0 to 30. */
export function applicationTag(number: number): number {
  return 0x40 | number;
}

/** `[APPLICATION number]` of a constructed type, number 0 to 30. */
export function applicationConstructedTag(number: number): number {
  return 0x60 | number;
}
