/**
 * The rules over identifiers: UUID (RFC 4530), and OpenLDAP's change sequence numbers.
 */
import type { NormalForms } from './string-rules.ts';

const HYPHEN = 0x2d;

/** The sixteen octets; undefined when the text is no UUID. */
export function parseUuid(value: Uint8Array): Uint8Array | undefined {
  if (value.length !== 36) return undefined;
  const octets = Buffer.allocUnsafe(16);
  let at = 0;
  for (let index = 0; index < 16; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) {
      if (value[at] !== HYPHEN) return undefined;
      at += 1;
    }
    const octet = (hexDigit(value[at]!) << 4) | hexDigit(value[at + 1]!);
    if (octet < 0) return undefined;
    octets[index] = octet;
    at += 2;
  }
  return octets;
}

/** The value of a hexadecimal digit in either case; -1 for anything else. */
function hexDigit(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

export const uuid: NormalForms = { normalize: parseUuid };

/** What stands where in a change sequence number: `d` a digit, `h` a hexadecimal one, anything else itself. */
const CSN_FORM = Buffer.from('dddddddddddddd.ddddddZ#hhhhhh#hhh#hhhhhh');
/** Before OpenLDAP 2.4: no microseconds, and two digits of server. */
const OLD_CSN = /^(\d{14})(\.\d{6})?Z#([0-9a-f]{6})#([0-9a-f]{2,3})#([0-9a-f]{6})$/i;

/** A change sequence number; its text is its order. */
export const changeSequenceNumber: NormalForms = {
  normalize(value) {
    if (value.length === CSN_FORM.length && hasForm(value)) return lowerCaseHex(value);
    const match = value.length > CSN_FORM.length ? null : OLD_CSN.exec(Buffer.from(value).toString('latin1'));
    if (match === null) return undefined;
    const [, time = '', fraction = '.000000', count = '', server = '', modification = ''] = match;
    const origin = `${count}#${server.padStart(3, '0')}#${modification}`.toLowerCase();
    return Buffer.from(`${time}${fraction}Z#${origin}`, 'latin1');
  },
};

function hasForm(value: Uint8Array): boolean {
  for (let at = 0; at < CSN_FORM.length; at += 1) {
    const wanted = CSN_FORM[at]!;
    const octet = value[at]!;
    if (wanted === 0x68 ? hexDigit(octet) < 0 : wanted === 0x64 ? octet < 0x30 || octet > 0x39 : octet !== wanted) {
      return false;
    }
  }
  return true;
}

/** The hexadecimal digits A to F in lower case; as it is when it has none. */
function lowerCaseHex(value: Uint8Array): Uint8Array {
  let form: Uint8Array = value;
  for (let at = CSN_FORM.indexOf('#'); at < value.length; at += 1) {
    const octet = value[at]!;
    if (octet < 0x41 || octet > 0x46) continue;
    if (form === value) form = Uint8Array.from(value);
    form[at] = octet | 0x20;
  }
  return form;
}
