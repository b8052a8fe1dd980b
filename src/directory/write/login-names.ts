/**
 * LoginNames finds who logs in by a name, whatever its spelling: people and their aliases by every uid, hosts and services without a
 * uid by their cn. One name is one entry's, after folding (`loginNameKey`).
 *
 * The equality index of the view finds all names that fold as caseIgnoreMatch does, which are nearly all. Only the others (accents, sharp s,
 * full width) are kept here.
 */
import { loginNameKey } from '../../access/index.ts';
import { type AttributeType, berElementLength, type Schema } from '../../x500/index.ts';
import { decodeEntry } from '../stored/entry-form.ts';
import { UUID_OCTETS } from '../stored/uuid.ts';
import type { ClassProfiles } from './class-profile.ts';
import { Refusal } from './refusal.ts';
import type { TreeView } from './tree-view.ts';
import { latin1, valueKey } from './value-rules.ts';

export class LoginNames {
  readonly #view: TreeView;
  readonly #profiles: ClassProfiles;
  readonly #uid: AttributeType;
  readonly #cn: AttributeType;
  readonly #objectClass: AttributeType;
  /** By key: the entries that an index does not find under it, by entryUUID. */
  readonly #irregular = new Map<string, Set<string>>();
  readonly #keysOf = new Map<string, readonly string[]>();

  constructor(view: TreeView, schema: Schema, profiles: ClassProfiles) {
    this.#view = view;
    this.#profiles = profiles;
    this.#uid = schema.attributeType('uid')!;
    this.#cn = schema.attributeType('cn')!;
    this.#objectClass = schema.attributeType('objectClass')!;
  }

  /** The entry that logs in by this name; undefined when there is none, or the name can be nobody's. */
  find(name: string): number | undefined {
    const key = loginNameKey(name);
    if (key === undefined) return undefined;
    for (const entry of this.holders(key)) return entry;
    return undefined;
  }

  /** The entries whose name this is; `key` is folded. More than one only while an import is not checked yet. */
  *holders(key: string): Iterable<number> {
    const octets = Buffer.from(key);
    const uid = this.#uid.equality!.normalize(octets);
    if (uid !== undefined) yield* this.#view.holder(this.#uid, uid);
    const cn = this.#cn.equality!.normalize(octets);
    if (cn !== undefined) for (const entry of this.#view.holder(this.#cn, cn)) if (this.#isHost(entry)) yield entry;
    for (const uuid of this.#irregular.get(key) ?? []) {
      const entry = this.#view.byUuid(Buffer.from(uuid, 'latin1'));
      if (entry !== undefined) yield entry;
    }
  }

  /** Takes note of an entry as it is stored now; undefined when it is no more. */
  observe(uuid: Uint8Array, stored: Uint8Array | undefined): void {
    if (this.#keysOf.size > 0) this.#forget(latin1(uuid));
    if (stored === undefined || !mayBeIrregular(stored)) return;
    this.#learn(latin1(uuid), stored);
  }

  #isHost(entry: number): boolean {
    if (this.#view.attribute(entry, this.#uid).length > 0) return false;
    const profile = this.#profiles.of(this.#view.attribute(entry, this.#objectClass));
    return !(profile instanceof Refusal) && profile.isHost;
  }

  #learn(uuid: string, stored: Uint8Array): void {
    const user = decodeEntry(stored)?.user ?? [];
    const values = (name: string) => user.find(({ description }) => description === name)?.values ?? [];
    const uids = values('uid');
    const profile = uids.length > 0 ? undefined : this.#profiles.of(values('objectClass'));
    const isHost = profile !== undefined && !(profile instanceof Refusal) && profile.isHost;
    const [type, names] = isHost ? [this.#cn, values('cn')] : [this.#uid, uids];
    const keys: string[] = [];
    for (const name of names) {
      const key = loginNameKey(Buffer.from(name).toString('utf8'));
      if (key !== undefined && valueKey(type, name) !== valueKey(type, Buffer.from(key))) keys.push(key);
    }
    if (keys.length === 0) return;
    this.#keysOf.set(uuid, keys);
    for (const key of keys) {
      const holders = this.#irregular.get(key) ?? new Set();
      this.#irregular.set(key, holders.add(uuid));
    }
  }

  #forget(uuid: string): void {
    for (const key of this.#keysOf.get(uuid) ?? []) {
      const holders = this.#irregular.get(key);
      holders?.delete(uuid);
      if (holders?.size === 0) this.#irregular.delete(key);
    }
    this.#keysOf.delete(uuid);
  }
}

const UID = Buffer.from('uid');
const CN = Buffer.from('cn');

/**
 * Whether a uid or cn has an octet that is not ASCII: ASCII folds as the index does. Asked of every entry at the start, so it
 * looks at the octets as they are. May say yes for no reason, never no.
 */
function mayBeIrregular(stored: Uint8Array): boolean {
  const rdnEnd = UUID_OCTETS + lengthAt(stored, UUID_OCTETS);
  const end = rdnEnd + lengthAt(stored, rdnEnd);
  for (let at = contentAt(stored, rdnEnd); at < end; at += lengthAt(stored, at)) {
    const type = contentAt(stored, at);
    if (!isType(stored, type, UID) && !isType(stored, type, CN)) continue;
    const set = type + lengthAt(stored, type);
    const setEnd = set + lengthAt(stored, set);
    for (let octet = contentAt(stored, set); octet < setEnd; octet += 1) if (stored[octet]! >= 0x80) return true;
  }
  return false;
}

/** The whole length of the element that begins at `at`. */
function lengthAt(stored: Uint8Array, at: number): number {
  const first = stored[at + 1]!;
  return first < 0x80 ? 2 + first : (berElementLength(stored, at, stored.length) as number);
}

function contentAt(stored: Uint8Array, at: number): number {
  const first = stored[at + 1]!;
  return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
}

function isType(stored: Uint8Array, at: number, name: Uint8Array): boolean {
  if (stored[at + 1] !== name.length) return false;
  for (let index = 0; index < name.length; index += 1) if (stored[at + 2 + index] !== name[index]) return false;
  return true;
}
