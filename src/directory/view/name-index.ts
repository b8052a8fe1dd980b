/**
 * NameIndex finds entries by their names: an entry is keyed by its parent's number and what its relative name comes to under the
 * equality rules of its types, so that moving a subtree changes one key.
 *
 * A name that is spelled as it is stored, as clients nearly always do, is found by its octets: no text is made of it and nothing is
 * parsed. Any other spelling goes through `Schema.rdnKey`.
 */

import type { BerWriter } from '../../x500/index.ts';
import {
  type DistinguishedName,
  distinguishedNameKey,
  parseDistinguishedName,
  type RelativeDistinguishedName,
} from '../../x500/index.ts';
import type { EntryNumber, EntryTable } from './entry-table.ts';
import { hashOctets, hashSeed, keyOfPair } from './key-hash.ts';
import type { KeyIndex } from './key-index.ts';
import { NameTable } from './name-table.ts';
import type { StoredDescriptions } from './stored-descriptions.ts';
import { framedHash } from './value-form.ts';

const COMMA = 0x2c;
const EQUALS = 0x3d;
const NAME_SEED = -1;
/** Types are spelled in few ways; a hostile client must not fill the table with others. */
const MOST_SPELLINGS = 1024;
/** Names of parents that are kept as text, while no name changes. */
const REMEMBERED = 16;
const NO_OCTETS = Buffer.alloc(0);

/** What a relative name that begins with a type may be hashed by, while it is plain. */
interface NamingType {
  /** The hash of the key up to the value; undefined when only the rule knows the value's form. */
  readonly begun: number | undefined;
  readonly fold: boolean;
}

/** A naming context: an entry without a parent, whose name has any number of parts. */
interface Context {
  readonly entry: EntryNumber;
  readonly text: Buffer;
  readonly keys: readonly string[];
}

export class NameIndex {
  readonly #entries: EntryTable;
  readonly #index: KeyIndex;
  readonly #descriptions: StoredDescriptions;
  readonly #types: NameTable<NamingType>;
  /** The one with the most parts first. */
  #contexts: readonly Context[] = [];
  readonly #rememberedParents = new Int32Array(REMEMBERED).fill(-1);
  readonly #rememberedTexts: Buffer[] = [];

  constructor(entries: EntryTable, index: KeyIndex, descriptions: StoredDescriptions) {
    this.#entries = entries;
    this.#index = index;
    this.#descriptions = descriptions;
    this.#types = new NameTable((name) => this.#namingType(name));
  }

  /** Entries without a parent. */
  contexts(): readonly EntryNumber[] {
    return this.#contexts.map(({ entry }) => entry);
  }

  /** Makes the entry known by its name under the parent that it has now. */
  add(entry: EntryNumber): void {
    this.#rememberedParents.fill(-1);
    const parent = this.#entries.parent(entry);
    if (parent >= 0) {
      this.#index.add(this.#key(entry, parent), entry);
      return;
    }
    const text = Buffer.from(this.#rdn(entry));
    const keys = this.#keysOf(parseDistinguishedName(text.toString('utf8')) ?? { rdns: [] });
    this.#contexts = [...this.#contexts, { entry, text, keys }].sort((a, b) => b.keys.length - a.keys.length);
  }

  /** Forgets the name; the entry still has its record and its parent. */
  remove(entry: EntryNumber): void {
    this.#rememberedParents.fill(-1);
    const parent = this.#entries.parent(entry);
    if (parent >= 0) this.#index.remove(this.#key(entry, parent), entry);
    else this.#contexts = this.#contexts.filter((context) => context.entry !== entry);
  }

  /** The entry of a name; -1 when there is none. */
  find(dn: DistinguishedName): EntryNumber {
    const keys = this.#keysOf(dn);
    const context = this.#contextOf(keys);
    if (context === undefined) return -1;
    let entry = context.entry;
    for (let level = keys.length - context.keys.length - 1; level >= 0 && entry >= 0; level -= 1) {
      entry = this.#child(entry, keys[level]!);
    }
    return entry;
  }

  /** The entry of a name, or the nearest one above it that there is; -1 when there is none. */
  nearest(dn: DistinguishedName): EntryNumber {
    const keys = this.#keysOf(dn);
    const context = this.#contextOf(keys);
    if (context === undefined) return -1;
    let entry = context.entry;
    for (let level = keys.length - context.keys.length - 1; level >= 0; level -= 1) {
      const child = this.#child(entry, keys[level]!);
      if (child < 0) break;
      entry = child;
    }
    return entry;
  }

  /** The entry of the name that octets are, when they are spelled as they are stored; -1 says nothing. */
  findSpelled(octets: Uint8Array): EntryNumber {
    for (const { entry, text } of this.#contexts) {
      const at = octets.length - text.length;
      if (at < 0 || (at > 0 && octets[at - 1] !== COMMA) || !endsWith(octets, text)) continue;
      return at === 0 ? entry : this.#descend(entry, octets, at - 1);
    }
    return -1;
  }

  /** The name of an entry. */
  text(entry: EntryNumber): string {
    let text = '';
    for (let at = entry; at >= 0; at = this.#entries.parent(at)) {
      if (text !== '') text += ',';
      text += this.#entries.octets(at).toString('utf8', this.#entries.rdnStart(at), this.#entries.rdnEnd(at));
    }
    return text;
  }

  /** Writes the name of an entry as an element with this tag. */
  write(out: BerWriter, tag: number, entry: EntryNumber): void {
    const octets = this.#entries.octets(entry);
    const start = this.#entries.rdnStart(entry);
    const end = this.#entries.rdnEnd(entry);
    const parent = this.#entries.parent(entry);
    const above = parent < 0 ? NO_OCTETS : this.#textBehind(parent);
    out.head(tag, end - start + above.length);
    out.raw(octets, start, end);
    out.raw(above);
  }

  /** A comma and the name of an entry: what the names of its children end in. Made once for the last parents asked for. */
  #textBehind(parent: EntryNumber): Buffer {
    const place = parent % REMEMBERED;
    if (this.#rememberedParents[place] !== parent) {
      this.#rememberedTexts[place] = Buffer.from(`,${this.text(parent)}`);
      this.#rememberedParents[place] = parent;
    }
    return this.#rememberedTexts[place]!;
  }

  /** The relative name of an entry; a naming context may have several. */
  parts(entry: EntryNumber): readonly RelativeDistinguishedName[] {
    return parseDistinguishedName(this.#rdn(entry).toString('utf8'))?.rdns ?? [];
  }

  /** The relative name of an entry that is no naming context. */
  relativeName(entry: EntryNumber): RelativeDistinguishedName {
    return this.parts(entry)[0] ?? [];
  }

  /** Goes down from an entry by the parts before `end`, of octets in which a comma is always the end of a part. */
  #descend(from: EntryNumber, octets: Uint8Array, end: number): EntryNumber {
    let entry = from;
    for (let partEnd = end; partEnd >= 0 && entry >= 0; ) {
      let start = partEnd;
      while (start > 0 && octets[start - 1] !== COMMA) start -= 1;
      const hash = this.#plainHash(octets, start, partEnd);
      entry = hash === undefined ? -1 : this.#spelledChild(entry, hash, octets, start, partEnd);
      partEnd = start - 1;
    }
    return entry;
  }

  #spelledChild(parent: EntryNumber, hash: number, octets: Uint8Array, start: number, end: number): EntryNumber {
    const candidates = this.#index.get(keyOfPair(parent, hash));
    for (let entry = this.#entries.sets.next(candidates, -1); entry >= 0; ) {
      if (this.#entries.parent(entry) === parent && this.#isSpelled(entry, octets, start, end)) return entry;
      entry = this.#entries.sets.next(candidates, entry);
    }
    return -1;
  }

  #isSpelled(entry: EntryNumber, octets: Uint8Array, start: number, end: number): boolean {
    const own = this.#entries.octets(entry);
    const from = this.#entries.rdnStart(entry);
    if (this.#entries.rdnEnd(entry) - from !== end - start) return false;
    for (let at = start; at < end; at += 1) if (octets[at] !== own[from + at - start]) return false;
    return true;
  }

  #child(parent: EntryNumber, key: string): EntryNumber {
    const candidates = this.#index.get(keyOfPair(parent, keyHash(key)));
    for (let entry = this.#entries.sets.next(candidates, -1); entry >= 0; ) {
      if (this.#entries.parent(entry) === parent && this.#keyOf(this.relativeName(entry)) === key) return entry;
      entry = this.#entries.sets.next(candidates, entry);
    }
    return -1;
  }

  #contextOf(keys: readonly string[]): Context | undefined {
    return this.#contexts.find(
      (context) =>
        context.keys.length > 0 &&
        context.keys.length <= keys.length &&
        context.keys.every((key, index) => key === keys[keys.length - context.keys.length + index]),
    );
  }

  #keysOf(dn: DistinguishedName): string[] {
    return dn.rdns.map((rdn) => this.#keyOf(rdn));
  }

  /** The key of a relative name. A type that the schema does not know, or cannot compare, is compared as text. */
  #keyOf(rdn: RelativeDistinguishedName): string {
    return this.#descriptions.schema.rdnKey(rdn) ?? `?${distinguishedNameKey({ rdns: [rdn] })}`;
  }

  #key(entry: EntryNumber, parent: EntryNumber): number {
    const octets = this.#entries.octets(entry);
    const start = this.#entries.rdnStart(entry);
    const hash = this.#plainHash(octets, start, this.#entries.rdnEnd(entry));
    return keyOfPair(parent, hash ?? keyHash(this.#keyOf(this.relativeName(entry))));
  }

  #rdn(entry: EntryNumber): Buffer {
    return this.#entries.octets(entry).subarray(this.#entries.rdnStart(entry), this.#entries.rdnEnd(entry));
  }

  /** The hash of a relative name's key without making the key; undefined when it is not of one plain part. */
  #plainHash(octets: Uint8Array, start: number, end: number): number | undefined {
    let equals = start;
    while (equals < end && octets[equals] !== EQUALS) equals += 1;
    if (equals === end || (equals + 1 < end && octets[equals + 1] === HASH_SIGN)) return undefined;
    for (let at = equals + 1; at < end; at += 1) if (SPECIAL[octets[at]!] === 1) return undefined;
    const type =
      this.#types.size < MOST_SPELLINGS
        ? this.#types.of(octets, start, equals)
        : this.#types.find(octets, start, equals);
    if (type?.begun === undefined) return undefined;
    return framedHash(type.begun, octets, equals + 1, end, type.fold);
  }

  /** Asks the schema for the key of a plain value, to know what comes before the value in every such key. */
  #namingType(name: Buffer): NamingType {
    const text = name.toString('latin1');
    const type = this.#descriptions.schema.attributeType(text);
    const framing = type?.equality === undefined ? undefined : this.#descriptions.formOf(type.equality).framing;
    const key = this.#descriptions.schema.rdnKey([{ type: text, value: 'q 7' }]);
    if (framing === undefined || key?.endsWith('= q  7 ') !== true) return { begun: undefined, fold: false };
    return { begun: hashOf(hashSeed(NAME_SEED), key.slice(0, -6)), fold: framing === 'folded' };
  }
}

const HASH_SIGN = 0x23;
/** Octets that a plain value does not have: what RFC 4514 escapes. */
const SPECIAL = new Uint8Array(256);
for (const character of '"+,;<>\\') SPECIAL[character.charCodeAt(0)] = 1;

/** The hash of a key; the part before its first value apart from the rest, as `#plainHash` has it. */
function keyHash(key: string): number {
  const equals = key.indexOf('=') + 1;
  return hashOf(hashOf(hashSeed(NAME_SEED), key.slice(0, equals)), key.slice(equals));
}

/** Keys of the schema have one character an octet; the others are hashed as UTF-8. */
function hashOf(hash: number, text: string): number {
  const octets = Buffer.from(text, text.startsWith('?') ? 'utf8' : 'latin1');
  return hashOctets(hash, octets, 0, octets.length);
}

function endsWith(octets: Uint8Array, text: Buffer): boolean {
  const from = octets.length - text.length;
  for (let at = text.length - 1; at >= 0; at -= 1) if (octets[from + at] !== text[at]) return false;
  return true;
}
