/**
 * RawMembers holds the members of groups that are no entries: a memberUid that nobody has, a name that no entry bears. Each text is
 * kept once, under a number, while a membership refers to it.
 */
import { type MatchingRule, parseDistinguishedName, type Schema } from '../../x500/index.ts';
import { EntrySets } from './entry-sets.ts';
import { hashOctets, hashSeed, keyOfHash } from './key-hash.ts';
import { KeyIndex } from './key-index.ts';
import { OctetSlabs } from './octet-slabs.ts';
import { sameOctets } from './value-form.ts';

/** `uid`: the text of a memberUid. `name`: a distinguished name as it was spelled. */
export type RawKind = 'uid' | 'name';

const NONE: readonly number[] = [];
const UID = 0;
const NAME = 1;
/** The location of a number that is free. */
const VACANT = 0xffffffff;

export class RawMembers {
  readonly #schema: Schema;
  readonly #uidRule: MatchingRule | undefined;
  readonly #slabs = new OctetSlabs();
  readonly #sets = new EntrySets();
  readonly #byKey = new KeyIndex(this.#sets);
  /** By number: where the record is (an octet for the kind, the text), and how many memberships refer to it. */
  #location = new Uint32Array(16).fill(VACANT);
  #references = new Int32Array(16);
  readonly #freed: number[] = [];
  #used = 0;
  /** How many texts there are of each kind. */
  readonly #counts: Record<RawKind, number> = { uid: 0, name: 0 };

  constructor(schema: Schema) {
    this.#schema = schema;
    this.#uidRule = schema.attributeType('memberUid')?.equality;
  }

  /** How many texts there are. */
  get size(): number {
    return this.#counts.uid + this.#counts.name;
  }

  /** The number of a text, which is made when there is none yet; refers to it once more. */
  refer(kind: RawKind, text: Buffer): number {
    const key = this.#key(kind, text);
    let number = this.#spelled(kind, text, key);
    if (number < 0) {
      number = this.#freed.pop() ?? this.#used++;
      if (number >= this.#location.length) this.#grow();
      const record = Buffer.concat([Uint8Array.of(tagOf(kind)), text]);
      this.#location[number] = this.#slabs.put(number, record);
      this.#byKey.add(key, number);
      this.#counts[kind] += 1;
    }
    this.#references[number]! += 1;
    return number;
  }

  /** Refers to it once less. */
  release(number: number): void {
    this.#references[number]! -= 1;
    if (this.#references[number]! > 0) return;
    this.#counts[this.kind(number)] -= 1;
    this.#byKey.remove(this.#key(this.kind(number), this.text(number)), number);
    this.#slabs.free(this.#location[number]!);
    this.#location[number] = VACANT;
    this.#freed.push(number);
    if (this.#slabs.untidy) this.#slabs.tidy((owner, location) => this.#moved(owner, location));
  }

  kind(number: number): RawKind {
    const location = this.#location[number]!;
    return this.#slabs.octets(location)[this.#slabs.start(location)] === UID ? 'uid' : 'name';
  }

  /** The text, without a copy: good until the next change. */
  text(number: number): Buffer {
    const location = this.#location[number]!;
    const start = this.#slabs.start(location);
    return this.#slabs.octets(location).subarray(start + 1, start + this.#slabs.size(location));
  }

  /** The number of exactly this text; -1 when no membership refers to it. */
  find(kind: RawKind, text: Buffer): number {
    return this.#spelled(kind, text, this.#key(kind, text));
  }

  /** The numbers of the texts that mean the same: equal uids, names of the same entry. */
  meaning(kind: RawKind, text: Buffer): readonly number[] {
    if (this.#counts[kind] === 0) return NONE;
    const form = this.#form(kind, text);
    return this.#candidates(this.#key(kind, text)).filter(
      (number) => this.kind(number) === kind && sameOctets(this.#form(kind, this.text(number)), form),
    );
  }

  #spelled(kind: RawKind, text: Buffer, key: number): number {
    const found = this.#candidates(key).find((number) => this.kind(number) === kind && this.text(number).equals(text));
    return found ?? -1;
  }

  #candidates(key: number): number[] {
    const numbers: number[] = [];
    const set = this.#byKey.get(key);
    for (let number = this.#sets.next(set, -1); number >= 0; number = this.#sets.next(set, number))
      numbers.push(number);
    return numbers;
  }

  #key(kind: RawKind, text: Buffer): number {
    const form = this.#form(kind, text);
    return keyOfHash(hashOctets(hashSeed(tagOf(kind)), form, 0, form.length));
  }

  /** What texts that mean the same have in common. */
  #form(kind: RawKind, text: Buffer): Uint8Array {
    if (kind === 'uid') return this.#uidRule?.normalize(text) ?? text;
    const dn = parseDistinguishedName(text.toString('utf8'));
    const key = dn === undefined ? undefined : this.#schema.dnKey(dn);
    return key === undefined ? text : Buffer.from(key, 'latin1');
  }

  #moved(number: number, location: number): void {
    this.#location[number] = location;
  }

  #grow(): void {
    const location = new Uint32Array(this.#location.length * 2).fill(VACANT);
    location.set(this.#location);
    this.#location = location;
    const references = new Int32Array(location.length);
    references.set(this.#references);
    this.#references = references;
  }
}

function tagOf(kind: RawKind): number {
  return kind === 'uid' ? UID : NAME;
}
