/**
 * ValueForm is an equality rule made fast: the hash and the comparison of normal forms without making them.
 *
 * Nearly all values are visible ASCII with single blanks inside, and nearly all rules bring those to the same form: a space,
 * the text with its blanks doubled, in lower case or as it is, and a space (RFC 4518). Whether a rule does is asked of the rule
 * itself, once; values of another kind, and rules of another kind, go through `MatchingRule.normalize`.
 */
import type { MatchingRule } from '../../x500/index.ts';
import { hashesWhole, hashOctet, hashOctets, hashSeed, keyOfHash } from './key-hash.ts';

/** What `key` answers for a value without normal form; no key of a value. */
export const NO_KEY = 0;

const SPACE = 0x20;
const LAST_VISIBLE = 0x7e;

/** folded, exact: as above. octets: every value is its own normal form. rule: only the rule knows. */
type FormKind = 'folded' | 'exact' | 'octets' | 'rule';

export class ValueForm {
  readonly rule: MatchingRule;
  readonly #kind: FormKind;
  readonly #framed: boolean;
  readonly #fold: boolean;

  constructor(rule: MatchingRule) {
    this.rule = rule;
    this.#kind = kindOf(rule);
    this.#framed = this.#kind === 'folded' || this.#kind === 'exact';
    this.#fold = this.#kind === 'folded';
  }

  /** Whether a text such as a name's value has the framed form when it is plain, and whether its case is folded. */
  get framing(): 'folded' | 'exact' | undefined {
    return this.#kind === 'folded' || this.#kind === 'exact' ? this.#kind : undefined;
  }

  /** The key of a value's normal form under a seed; NO_KEY when it has none. */
  key(octets: Buffer, start: number, end: number, seed: number): number {
    if (this.#framed) {
      const hash = framedHash(hashSeed(seed), octets, start, end, this.#fold);
      if (hash !== undefined) return keyOfHash(hash);
    } else if (this.#kind === 'octets') {
      return keyOfHash(hashOctets(hashSeed(seed), octets, start, end));
    }
    const normal = this.rule.normalize(octets.subarray(start, end));
    return normal === undefined ? NO_KEY : this.keyOfNormal(normal, seed);
  }

  /** The key of a normal form. */
  keyOfNormal(normal: Uint8Array, seed: number): number {
    return keyOfHash(hashOctets(hashSeed(seed), normal, 0, normal.length));
  }

  /** The normal form of a value; undefined when it has none. */
  normalize(octets: Buffer, start: number, end: number): Uint8Array | undefined {
    return this.rule.normalize(octets.subarray(start, end));
  }

  /** Whether a value has this normal form; undefined when it has none. */
  matches(octets: Buffer, start: number, end: number, normal: Uint8Array): boolean | undefined {
    if (this.#framed) {
      const same = framedEquals(octets, start, end, normal, this.#fold);
      if (same !== undefined) return same;
    }
    const own = this.#kind === 'octets' ? octets.subarray(start, end) : this.normalize(octets, start, end);
    return own === undefined ? undefined : sameOctets(own, normal);
  }
}

/** Whether two arrays hold the same octets. */
export function sameOctets(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

/** Whether `octets` from `start` to `end` are those of `other`. */
export function sameRange(octets: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  if (end - start !== other.length) return false;
  for (let at = 0; at < other.length; at += 1) if (octets[start + at] !== other[at]) return false;
  return true;
}

/**
 * The hash of a plain text's framed form; undefined when the text is not plain: something that is not visible ASCII,
 * an outer blank or two blanks together, or too long to be hashed octet by octet.
 */
export function framedHash(
  begun: number,
  octets: Uint8Array,
  start: number,
  end: number,
  fold: boolean,
): number | undefined {
  let hash = hashOctet(begun, SPACE);
  let length = end - start + 2;
  let blank = true;
  for (let at = start; at < end; at += 1) {
    let octet = octets[at]!;
    if (octet <= SPACE || octet > LAST_VISIBLE) {
      if (octet !== SPACE || blank) return undefined;
      hash = hashOctet(hash, SPACE);
      length += 1;
      blank = true;
    } else {
      if (fold && octet >= 0x41 && octet <= 0x5a) octet |= 0x20;
      blank = false;
    }
    hash = hashOctet(hash, octet);
  }
  return blank || !hashesWhole(length) ? undefined : hashOctet(hash, SPACE);
}

/** Whether a plain text has this framed form; undefined when the text is not plain. */
function framedEquals(
  octets: Buffer,
  start: number,
  end: number,
  normal: Uint8Array,
  fold: boolean,
): boolean | undefined {
  let same = normal[0] === SPACE;
  let position = 1;
  let blank = true;
  for (let at = start; at < end; at += 1) {
    let octet = octets[at]!;
    if (octet <= SPACE || octet > LAST_VISIBLE) {
      if (octet !== SPACE || blank) return undefined;
      if (normal[position] !== SPACE) same = false;
      position += 1;
      blank = true;
    } else {
      if (fold && octet >= 0x41 && octet <= 0x5a) octet |= 0x20;
      blank = false;
    }
    if (normal[position] !== octet) same = false;
    position += 1;
  }
  if (blank) return undefined;
  return same && normal[position] === SPACE && position + 1 === normal.length;
}

/** All visible ASCII, once; a text with blanks; the shortest text. */
const VISIBLE = Buffer.from(Array.from({ length: LAST_VISIBLE - SPACE }, (_, index) => SPACE + 1 + index));
const PROBES: readonly Buffer[] = [
  VISIBLE,
  Buffer.from('Az 9 zA'),
  Buffer.from('Q'),
  Buffer.from('0'),
  Buffer.from('-'),
];
const ODD_OCTETS = Buffer.from([0, 0x20, 0x20, 0xff, 0xc3, 0x28, 0x0a, 0x20]);

function kindOf(rule: MatchingRule): FormKind {
  if (rule.matches !== undefined) return 'rule';
  const odd = rule.normalize(ODD_OCTETS);
  if (odd !== undefined && sameOctets(odd, ODD_OCTETS)) return 'octets';
  for (const kind of ['folded', 'exact'] as const) {
    const framed = (probe: Buffer) => {
      const text = probe.toString('latin1').replaceAll(' ', '  ');
      return Buffer.from(` ${kind === 'folded' ? text.toLowerCase() : text} `, 'latin1');
    };
    const fits = (probe: Buffer) => {
      const normal = rule.normalize(probe);
      return normal !== undefined && sameOctets(normal, framed(probe));
    };
    if (PROBES.every(fits)) return kind;
  }
  return 'rule';
}
