/**
 * AccountBook is the directory as the account acts see it: people, groups and hosts by the names an operator types, their
 * attributes as text, and changes that either happen or say why not.
 *
 * Acts come from the command line of the machine (through the control socket, or with the lock of the data folder), so
 * that they ask with the system's rights: whoever reads the data folder needs no other. That is also how a lost
 * administrator is recovered.
 */
import { type Clock, CodedError, type Random } from '../../base/index.ts';
import {
  type Attribute,
  type Directory,
  type DirectoryChange,
  type DirectoryResult,
  type Modification,
  SYSTEM,
} from '../../directory/index.ts';
import {
  type AttributeType,
  type DistinguishedName,
  formatDistinguishedName,
  parseDistinguishedName,
} from '../../x500/index.ts';

/** Where each kind of account lives below the suffix, and which attribute names it (spec/bonfire.md 4.2). */
const PLACES = {
  user: { container: 'People', naming: 'uid', noun: 'user' },
  group: { container: 'Groups', naming: 'cn', noun: 'group' },
  host: { container: 'Hosts', naming: 'cn', noun: 'host' },
} as const;

export interface ApplyOptions {
  /** Everything is checked, nothing is written. */
  readonly dryRun?: boolean | undefined;
}

export type AccountKind = keyof typeof PLACES;

export class AccountBook {
  readonly directory: Directory;
  readonly clock: Clock;
  readonly random: Random;
  readonly #suffix: DistinguishedName;

  constructor(directory: Directory, clock: Clock, random: Random) {
    this.directory = directory;
    this.clock = clock;
    this.random = random;
    this.#suffix = directory.suffix;
  }

  /** The container of a kind: `ou=People`, `ou=Groups` or `ou=Hosts` below the suffix. */
  container(kind: AccountKind): DistinguishedName {
    return { rdns: [[{ type: 'ou', value: PLACES[kind].container }], ...this.#suffix.rdns] };
  }

  /** Where an account of that name belongs. */
  placeOf(kind: AccountKind, name: string): DistinguishedName {
    return { rdns: [[{ type: PLACES[kind].naming, value: name }], ...this.container(kind).rdns] };
  }

  /** The account's entry. @throws CodedError ADMIN_UNKNOWN_ACCOUNT */
  find(kind: AccountKind, name: string): number {
    const entry = this.lookUp(kind, name);
    if (entry !== undefined) return entry;
    const { noun } = PLACES[kind];
    throw new CodedError(
      'ADMIN_UNKNOWN_ACCOUNT',
      `there is no ${noun} ${JSON.stringify(name)}; \`realmgate ${noun} list\` shows all`,
    );
  }

  /** The same where there may be none. A distinguished name is taken as well as the account's own, and any uid of a person. */
  lookUp(kind: AccountKind, name: string): number | undefined {
    const { view } = this.directory;
    const dn = name.includes('=') ? parseDistinguishedName(name) : undefined;
    return (
      view.find(this.placeOf(kind, name)) ??
      (dn === undefined ? undefined : view.find(dn)) ??
      (kind === 'user' ? this.#byUid(name) : undefined)
    );
  }

  /** The entries of a kind, in no order. */
  *all(kind: AccountKind): Iterable<number> {
    const { view } = this.directory;
    const container = view.find(this.container(kind));
    if (container !== undefined) yield* view.children(container);
  }

  /** The entries of people in a group whose memberships count now. */
  *members(group: number): Iterable<number> {
    yield* this.directory.view.members(group, this.clock.now());
  }

  dn(entry: number): string {
    return this.directory.view.dnText(entry);
  }

  texts(entry: number, attribute: string): readonly string[] {
    return this.directory.view
      .attribute(entry, this.type(attribute), this.clock.now())
      .map((value) => Buffer.from(value).toString('utf8'));
  }

  text(entry: number, attribute: string): string | undefined {
    return this.texts(entry, attribute)[0];
  }

  /** Of a description, whose options do not matter. @throws CodedError ADMIN_UNKNOWN_ATTRIBUTE */
  type(attribute: string): AttributeType {
    const type = this.directory.schema.attributeType(attribute.split(';')[0] ?? '');
    if (type !== undefined) return type;
    throw new CodedError('ADMIN_UNKNOWN_ATTRIBUTE', `the schema has no attribute ${JSON.stringify(attribute)}`);
  }

  modify(entry: number, modifications: readonly Modification[], options: ApplyOptions = {}): Promise<DirectoryResult> {
    return this.apply({ kind: 'modify', dn: this.parsed(entry), modifications }, options);
  }

  /** The name of an entry as a value. */
  parsed(entry: number): DistinguishedName {
    return parseDistinguishedName(this.dn(entry)) ?? { rdns: [] };
  }

  /** Makes the change durable. @throws CodedError ADMIN_REFUSED with what the directory wants. */
  async apply(change: DirectoryChange, { dryRun = false }: ApplyOptions = {}): Promise<DirectoryResult> {
    const result = await this.directory.apply(change, SYSTEM, { dryRun });
    if (result.code === 'success') return result;
    const matched = result.matchedDn === undefined ? '' : ` (there is only ${result.matchedDn})`;
    throw new CodedError('ADMIN_REFUSED', `${result.message === '' ? result.code : result.message}${matched}`);
  }

  #byUid(name: string): number | undefined {
    const uid = this.type('uid');
    const normalized = uid.equality?.normalize(Buffer.from(name));
    if (normalized === undefined) return undefined;
    const holders = [...this.directory.view.holder(uid, normalized)];
    return holders.length === 1 ? holders[0] : undefined;
  }
}

/** The directory of this server as accounts. @throws CodedError ADMIN_NO_DIRECTORY */
export function accountBook(directory: Directory | undefined, clock: Clock, random: Random): AccountBook {
  if (directory !== undefined) return new AccountBook(directory, clock, random);
  throw new CodedError(
    'ADMIN_NO_DIRECTORY',
    'this server has no directory; add `directory: { suffix: "dc=example,dc=org" }` to the configuration',
  );
}

/** An attribute whose values are text. */
export function textAttribute(attribute: string, values: readonly string[]): Attribute {
  return { attribute, values: values.map((value) => Buffer.from(value)) };
}

/** A modification whose values are text. */
export function textModification(
  operation: Modification['operation'],
  attribute: string,
  values: readonly string[],
): Modification {
  return { operation, ...textAttribute(attribute, values) };
}

export function formatName(dn: DistinguishedName): string {
  return formatDistinguishedName(dn);
}
