/**
 * The rules over identifiers: UUID (RFC 4530), and OpenLDAP's change sequence numbers.
 */
import type { NormalForms } from './string-rules.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The sixteen octets; undefined when the text is no UUID. */
export function parseUuid(value: Uint8Array): Uint8Array | undefined {
  if (value.length !== 36) return undefined;
  const text = Buffer.from(value).toString('latin1');
  return UUID.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : undefined;
}

export const uuid: NormalForms = { normalize: parseUuid };

const CSN = /^(\d{14})(\.\d{6})?Z#([0-9a-f]{6})#([0-9a-f]{2,3})#([0-9a-f]{6})$/i;

/** A change sequence number; its text is its order. Older forms have no microseconds and two digits of server. */
export const changeSequenceNumber: NormalForms = {
  normalize(value) {
    if (value.length > 40) return undefined;
    const match = CSN.exec(Buffer.from(value).toString('latin1'));
    if (match === null) return undefined;
    const [, time = '', fraction = '.000000', count = '', server = '', modification = ''] = match;
    const origin = `${count}#${server.padStart(3, '0')}#${modification}`.toLowerCase();
    return Buffer.from(`${time}${fraction}Z#${origin}`, 'latin1');
  },
};
