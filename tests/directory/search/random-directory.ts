/**
 * Random trees, changes and filters out of a small vocabulary, so that much matches and much is nearly the same.
 * A seed gives the same ones again.
 */
import { ALWAYS, type DirectoryView, EVERYTHING, type SearchRights } from '../../../src/directory/index.ts';
import { standardSchema } from '../../../src/directory/schema/standard-schema.ts';
import type { ObjectWrite } from '../../../src/store/index.ts';
import type { AttributeType, Filter, Schema } from '../../../src/x500/index.ts';
import { NaiveDirectory, type NaiveEntry } from './naive-directory.ts';

export function schemaOfTests(): Schema {
  const parsed = standardSchema();
  if (parsed.kind !== 'parsed') throw new Error(parsed.problems[0]?.message);
  return parsed.schema;
}

/** xorshift32. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2654435761) >>> 0 || 1;
  }

  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

const NAMES = [
  'Smith',
  'smith',
  'Van  der Berg',
  'van der Berg',
  'Zoë',
  'ZOE\u0308',
  'Müller',
  'Mueller',
  'a',
  'A b',
  'O\u00a0b',
];
const WORDS = [
  'alpha',
  'Alpha Beta',
  'beta  gamma',
  ' gamma',
  'delta',
  'alphabet',
  'x',
  '*star*',
  '(paren)',
  'back\\slash',
];
const MAILS = [
  'ab1@example.org',
  'AB2@Example.org',
  'abc@example.org',
  'bob@example.org',
  'b@x',
  'abx@mail.example.org',
];
const PHONES = ['+49 30 123', '+4930123', '+49 30-12 3', '+1 555'];
const NUMBERS = ['0', '1', '7', '10', '42', '100', '1000', '-5', '2147483648'];
const TIMES = ['20260101000000Z', '20260615120000Z', '20261231235959.5Z', '20260101010000+0100'];
const LOCAL = ['bob', 'Bob', 'user1', 'user2', 'USER3', 'nobody'];
const CLASSES = [
  'person',
  'inetOrgPerson',
  'posixAccount',
  'posixGroup',
  'groupOfNames',
  'groupOfMembers',
  'top',
  'organizationalUnit',
  '2.5.6.6',
  'unknown',
  'cn',
  'Person',
];
const PERIODS = [ALWAYS, { start: 50, end: 150 }, { start: 150, end: Infinity }, { start: -Infinity, end: 50 }];

export class RandomDirectory {
  readonly schema: Schema;
  readonly dice: Dice;
  readonly naive: NaiveDirectory;
  readonly #root: NaiveEntry;
  #count = 0;

  constructor(schema: Schema, seed: number) {
    this.schema = schema;
    this.dice = new Dice(seed);
    this.naive = new NaiveDirectory(schema);
    this.#root = this.#entry(undefined, 'dc=Example,dc=org', {
      objectClass: ['organization', 'dcObject'],
      o: ['Example'],
      dc: ['Example'],
    });
  }

  /** So many entries and some memberships, as objects of the store in any order. */
  fill(size: number): ObjectWrite[] {
    const writes = [this.naive.put(this.#root)];
    while (this.naive.entries.size < size) writes.push(...this.#add());
    for (let count = 0; count < size; count += 1) writes.push(...this.#join());
    const objects = lastOfEach(writes);
    for (let at = objects.length - 1; at > 0; at -= 1) {
      const other = this.dice.below(at + 1);
      [objects[at], objects[other]] = [objects[other]!, objects[at]!];
    }
    return objects;
  }

  /** The writes of a random change; none when what was diced cannot be done. */
  change(): ObjectWrite[] {
    const { dice } = this;
    const kind = dice.below(12);
    if (kind < 2) return this.#add();
    if (kind < 5) return this.#modify();
    if (kind < 6) return this.#rename();
    if (kind < 7) return this.#move();
    if (kind < 9) return this.#delete(kind === 8);
    if (kind < 11) return this.#join();
    const { memberships } = this.naive;
    return memberships.length === 0 ? [] : [this.naive.leave(dice.pick(memberships))];
  }

  anyEntry(): NaiveEntry {
    return this.dice.pick([...this.naive.entries]);
  }

  filter(depth = 3): Filter {
    const { dice } = this;
    const kind = depth === 0 ? 9 : dice.below(10);
    if (kind < 2) return { kind: 'and', filters: this.#filters(depth) };
    if (kind < 4) return { kind: 'or', filters: this.#filters(depth) };
    if (kind < 5) return { kind: 'not', filter: this.filter(depth - 1) };
    return this.#item();
  }

  /** Rights to all, or to what a throw of the dice lets through; the naive side is asked by the entry itself. */
  rights(view: DirectoryView): {
    view: SearchRights;
    mayRead: (e: NaiveEntry, t: AttributeType) => boolean;
    sees: (e: NaiveEntry) => boolean;
  } {
    if (this.dice.chance(50)) return { view: EVERYTHING, mayRead: () => true, sees: () => true };
    const salt = this.dice.below(1000);
    const reads = (uuid: Uint8Array, type: AttributeType) => (uuid[15]! * 31 + type.index * 17 + salt) % 5 !== 0;
    const sees = (uuid: Uint8Array) => (uuid[15]! + salt) % 7 !== 0;
    return {
      view: {
        readsAll: false,
        sees: (entry) => sees(view.uuid(entry)),
        knows: () => true,
        mayRead: (entry, type) => reads(view.uuid(entry), type),
      },
      mayRead: (entry, type) => reads(entry.uuid, type),
      sees: (entry) => sees(entry.uuid),
    };
  }

  #filters(depth: number): Filter[] {
    return Array.from({ length: this.dice.below(4) }, () => this.filter(depth - 1));
  }

  #item(): Filter {
    const { dice } = this;
    const [attribute, values] = dice.pick(this.#vocabulary());
    const text = this.#spelled(dice.pick(values));
    const value = Buffer.from(text);
    switch (dice.below(10)) {
      case 0:
        return { kind: 'present', attribute };
      case 1:
        return { kind: 'greaterOrEqual', attribute, value };
      case 2:
        return { kind: 'lessOrEqual', attribute, value };
      case 3:
      case 4: {
        const cut = () => dice.below(text.length + 1);
        const piece = () => {
          const [from, to] = [cut(), cut()].sort((a, b) => a - b) as [number, number];
          return Buffer.from(text.slice(from, to) || 'a');
        };
        const any = dice.chance(40) ? [piece()] : [];
        const initial = dice.chance(60) || any.length === 0 ? Buffer.from(text.slice(0, 1 + dice.below(3))) : undefined;
        const final = dice.chance(30) ? piece() : undefined;
        return { kind: 'substrings', attribute, any, ...(initial && { initial }), ...(final && { final }) };
      }
      case 5: {
        const rules = [
          undefined,
          'caseExactMatch',
          'caseIgnoreMatch',
          'integerMatch',
          '1.2.840.113556.1.4.1941',
          '1.2.840.113556.1.4.1941',
          'caseIgnoreOrderingMatch',
          'integerBitAndMatch',
          'unknownMatch',
          'caseExactIA5Match',
        ];
        const rule = dice.pick(rules.filter((name) => name !== 'integerBitAndMatch'));
        const named = rule === undefined || dice.chance(80);
        return {
          kind: 'extensible',
          value,
          dnAttributes: dice.chance(30),
          ...(rule && { rule }),
          ...(named && { attribute }),
        };
      }
      case 6:
        return { kind: 'approx', attribute, value };
      default:
        return { kind: 'equality', attribute, value };
    }
  }

  #vocabulary(): readonly (readonly [string, readonly string[]])[] {
    const names = () => [
      this.naive.dn(this.anyEntry()),
      this.naive.dn(this.anyEntry()),
      'cn=nobody,dc=example,dc=org',
      'bad',
    ];
    const uid = () => [...LOCAL, this.naive.uid(this.anyEntry()) ?? 'bob'];
    const kinds: [string, () => readonly string[]][] = [
      ['cn', () => [...NAMES, ...WORDS]],
      ['sn', () => NAMES],
      ['CommonName', () => NAMES],
      ['name', () => [...NAMES, ...WORDS]],
      ['uid', uid],
      ['mail', () => MAILS],
      ['description', () => WORDS],
      ['description;lang-de', () => WORDS],
      ['description;lang-fr', () => WORDS],
      ['telephoneNumber', () => PHONES],
      ['uidNumber', () => NUMBERS],
      ['gidNumber', () => NUMBERS],
      ['objectClass', () => CLASSES],
      ['objectClass', () => CLASSES],
      ['member', names],
      ['memberUid', uid],
      ['memberOf', names],
      ['owner', names],
      ['distinguishedName', names],
      ['entryDN', names],
      ['entryUUID', () => [this.#uuidText(), this.#uuidText(), 'x']],
      ['hasSubordinates', () => ['TRUE', 'FALSE', 'maybe']],
      ['structuralObjectClass', () => CLASSES],
      ['createTimestamp', () => TIMES],
      ['userPassword', () => ['secret']],
      ['jpegPhoto', () => ['x']],
      ['unknownAttribute', () => ['x']],
      ['ou', () => WORDS],
    ];
    const [attribute, values] = this.dice.pick(kinds);
    return [[attribute, values()]];
  }

  #uuidText(): string {
    const hex = this.anyEntry().uuid.toString('hex');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  #spelled(text: string): string {
    const { dice } = this;
    if (dice.chance(15)) return text.toUpperCase();
    if (dice.chance(10)) return text.replaceAll(' ', '  ');
    return dice.chance(5) ? ` ${text} ` : text;
  }

  #entry(parent: NaiveEntry | undefined, rdn: string, user: Record<string, readonly string[]>): NaiveEntry {
    this.#count += 1;
    const uuid = Buffer.alloc(16);
    uuid.writeUInt32BE(this.dice.below(0xffffffff), 0);
    uuid.writeUInt32BE(this.#count, 12);
    const attribute = ([description, values]: [string, readonly string[]]) => ({
      description,
      values: values.map((text) => Buffer.from(text)),
    });
    const operational = {
      createTimestamp: [this.dice.pick(TIMES)],
      ...(this.dice.chance(50) && { pwdReset: ['TRUE'] }),
    };
    return {
      uuid,
      parent,
      rdn,
      user: Object.entries(user).map(attribute),
      operational: Object.entries(operational).map(attribute),
    };
  }

  #some(words: readonly string[], most: number): string[] {
    const some = new Set<string>();
    for (let count = this.dice.below(most + 1); count > 0; count -= 1) some.add(this.dice.pick(words));
    return [...some];
  }

  #content(): Record<string, readonly string[]> {
    const { dice } = this;
    const number = this.#count + 1;
    const more = Object.fromEntries(
      Object.entries({
        description: this.#some(WORDS, 2),
        'description;lang-de': this.#some(WORDS, 1),
        'description;lang-de;lang-en': this.#some(WORDS, 1),
        telephoneNumber: this.#some(PHONES, 1),
        mail: this.#some(MAILS, 2),
      }).filter(([, values]) => values.length > 0),
    );
    switch (dice.below(5)) {
      case 0: {
        const classes = dice.pick([
          ['groupOfNames'],
          ['posixGroup'],
          ['groupOfMembers', 'posixGroup'],
          ['groupOfMembers', 'top'],
        ]);
        const owner = dice.chance(30) ? { owner: [this.naive.dn(this.#root)] } : {};
        return { objectClass: classes, cn: [`group ${number}`], gidNumber: [dice.pick(NUMBERS)], ...owner, ...more };
      }
      case 1:
        return { objectClass: ['organizationalUnit'], ou: [`unit ${number}`, ...this.#some(WORDS, 1)], ...more };
      default:
        return {
          objectClass: dice.pick([['inetOrgPerson'], ['inetOrgPerson', 'posixAccount'], ['person', 'top'], ['Person']]),
          uid: [...(dice.chance(20) ? [`alias${number}`] : []), `${dice.pick(['user', 'User'])}${number}`],
          cn: [...this.#some(NAMES, 2), `p${number}`],
          sn: [dice.pick(NAMES)],
          uidNumber: [dice.pick(NUMBERS)],
          ...more,
        };
    }
  }

  /** A relative name that no other entry has: everything in it is counted. */
  #rdnOf(user: Record<string, readonly string[]>): string {
    const { dice } = this;
    const number = this.#count + 1;
    if (user['ou'] !== undefined) return `ou=${user['ou'][0]}`;
    if (user['uid'] === undefined) return `cn=group ${number}`;
    const uid = user['uid'].at(-1)!;
    if (dice.chance(10)) return `cn=p${number}+uid=${uid}`;
    if (dice.chance(10)) return `cn=p${number}`;
    return dice.chance(5)
      ? `UID=\\${Buffer.from(uid).toString('hex').replace(/../g, '$&\\').slice(0, -1)}`
      : `uid=${uid}`;
  }

  #add(): ObjectWrite[] {
    const user = this.#content();
    const parent = this.#container();
    return [this.naive.put(this.#entry(parent, this.#rdnOf(user), user))];
  }

  /** The first entries: enough to choose from. */
  #sample(): NaiveEntry[] {
    const sample: NaiveEntry[] = [];
    for (const entry of this.naive.entries) if (sample.push(entry) === 50) break;
    return sample;
  }

  #container(): NaiveEntry {
    const units = this.#sample().filter(({ rdn }) => rdn.startsWith('ou='));
    return units.length === 0 || this.dice.chance(30) ? this.#root : this.dice.pick(units.slice(0, 8));
  }

  #modify(): ObjectWrite[] {
    const entry = this.anyEntry();
    const keep = entry.user.filter(({ description }) =>
      ['objectClass', 'uid', 'cn', 'ou', 'dc', 'o'].includes(description),
    );
    const { objectClass, uid, cn, ou, ...rest } = this.#content();
    entry.user = [
      ...keep,
      ...Object.entries(rest).map(([description, values]) => ({
        description,
        values: values.map((text) => Buffer.from(text)),
      })),
    ];
    return [this.naive.put(entry)];
  }

  #rename(): ObjectWrite[] {
    const entry = this.anyEntry();
    if (entry === this.#root) return [];
    this.#count += 1;
    entry.rdn = `cn=Renamed ${this.#count}`;
    entry.user = entry.user.filter(({ description }) => description !== 'cn');
    entry.user.push({ description: 'cn', values: [Buffer.from(`Renamed ${this.#count}`)] });
    return [this.naive.put(entry)];
  }

  #move(): ObjectWrite[] {
    const entry = this.anyEntry();
    const parent = this.#container();
    if (entry === this.#root || this.naive.isWithin(parent, entry)) return [];
    entry.parent = parent;
    return [this.naive.put(entry)];
  }

  #delete(subtree: boolean): ObjectWrite[] {
    const entry = this.anyEntry();
    if (entry === this.#root) return [];
    const below = [...this.naive.entries].filter((one) => this.naive.isWithin(one, entry));
    if (below.length > (subtree ? 10 : 1)) return [];
    const depth = (one: NaiveEntry): number => (one.parent === undefined ? 0 : 1 + depth(one.parent));
    const order = below.sort((a, b) => depth(b) - depth(a));
    // A journal may name them in any order.
    if (this.dice.chance(50)) order.reverse();
    return order.flatMap((one) => this.naive.delete(one));
  }

  #join(): ObjectWrite[] {
    const { dice } = this;
    const groups = this.#sample().filter((entry) =>
      this.naive.foundAs(entry).has(this.schema.objectClass('posixGroup')!),
    );
    if (groups.length === 0) return [];
    const group = dice.pick(groups);
    const member = dice.chance(75)
      ? this.anyEntry()
      : dice.chance(50)
        ? ({ kind: 'uid', text: dice.pick(LOCAL) } as const)
        : ({ kind: 'name', text: dice.pick(['cn=nobody,dc=example,dc=org', 'CN=Nobody, DC=example,dc=org']) } as const);
    const known = this.naive.memberships.find(
      (one) =>
        one.group === group &&
        'text' in one.member &&
        'text' in member &&
        one.member.kind === member.kind &&
        one.member.text === member.text,
    );
    return [this.naive.join(group, known?.member ?? member, dice.pick(PERIODS))];
  }
}

/** The last write of each key: what a store holds after all of them. */
function lastOfEach(writes: readonly ObjectWrite[]): ObjectWrite[] {
  return [
    ...new Map(writes.map((write) => [`${write.space} ${Buffer.from(write.key).toString('hex')}`, write])).values(),
  ];
}
