/**
 * AuditId names one record of the audit trail, and is all that a refused user ever sees of it.
 *
 * `01M3TV6T80-a-7K3M9XQ2TV`: ten digits of time (milliseconds), the chain of the process that made it, ten random
 * digits (50 bits). Time first, so that ids sort as they were made and `explain` finds one by binary search; random
 * last, so that nobody can guess another user's id from his own. Digits are Crockford's base32: no I, L, O or U, so
 * an id survives being read aloud over a telephone. At most 25 characters.
 */
import { CodedError, type Instant, type Random } from '../base/index.ts';

declare const brand: unique symbol;
export type AuditId = string & { readonly [brand]: 'AuditId' };

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_DIGITS = 10;
const RANDOM_DIGITS = 10;
const IDS_A_DRAW = 64;
const LONGEST_TEXT = 40;
const CHAIN = /^[0-9a-hjkmnp-tv-z]{1,3}$/;
const CANONICAL = /^([0-9A-HJKMNP-TV-Z]{10})-([0-9a-hjkmnp-tv-z]{1,3})-([0-9A-HJKMNP-TV-Z]{10})$/;

/** True for a name that a chain may have: one to three lower-case digits of Crockford's base32. */
export function isChainName(text: string): boolean {
  return CHAIN.test(text);
}

/** Makes ids of one chain; `chain` must pass `isChainName`. Throws AUDIT_CHAIN_NAME. */
export function auditIdSource(chain: string, random: Random): (now: Instant) => AuditId {
  if (!isChainName(chain))
    throw new CodedError('AUDIT_CHAIN_NAME', `${JSON.stringify(chain)} cannot name an audit chain`);
  const middle = `-${chain}-`;
  const nextDigits = randomDigits(random);
  let lastTime = -1;
  let lastDigits = '';
  return (now) => {
    if (now !== lastTime) {
      lastTime = now;
      lastDigits = timeDigits(now);
    }
    return (lastDigits + middle + nextDigits()) as AuditId;
  };
}

/**
 * Parses what a person typed or pasted: any case, spaces around it, hyphens left out, I and L for 1, O for 0.
 * Undefined when it is not an audit id.
 */
export function parseAuditId(text: string): AuditId | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const digits = text.trim().replaceAll('-', '').toUpperCase().replaceAll(/[IL]/g, '1').replaceAll('O', '0');
  const chain = digits.slice(TIME_DIGITS, -RANDOM_DIGITS).toLowerCase();
  const id = `${digits.slice(0, TIME_DIGITS)}-${chain}-${digits.slice(-RANDOM_DIGITS)}`;
  return CANONICAL.test(id) ? (id as AuditId) : undefined;
}

/** True for an id exactly as the trail writes it. */
export function isAuditId(text: string): text is AuditId {
  return CANONICAL.test(text);
}

/** The chain in an id. */
export function chainOf(id: AuditId): string {
  return CANONICAL.exec(id)?.[2] ?? '';
}

/** When an id was made, to the millisecond. */
export function timeOf(id: AuditId): Instant {
  let time = 0;
  for (const digit of id.slice(0, TIME_DIGITS)) time = time * 32 + DIGITS.indexOf(digit);
  return time;
}

function timeDigits(now: Instant): string {
  let left = Math.max(0, Math.floor(now));
  let digits = '';
  for (let place = 0; place < TIME_DIGITS; place++) {
    digits = DIGITS[left % 32] + digits;
    left = Math.floor(left / 32);
  }
  return digits;
}

/** Draws octets for many ids at once: one call to the operating system's generator costs as much as ten ids. */
function randomDigits(random: Random): () => string {
  let octets: Uint8Array = new Uint8Array();
  let used = 0;
  return () => {
    if (used === octets.length) {
      octets = random.bytes(RANDOM_DIGITS * IDS_A_DRAW);
      used = 0;
    }
    let digits = '';
    for (const end = used + RANDOM_DIGITS; used < end; used++) digits += DIGITS[octets[used]! & 31];
    return digits;
  };
}
