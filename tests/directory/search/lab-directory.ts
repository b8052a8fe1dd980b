/** A small lab as the view sees it: entries with chosen identities, written as the journal would write them. */
import {
  ALWAYS,
  DirectoryView,
  EVERYTHING,
  encodeEntry,
  encodeMemberKey,
  encodePeriod,
  type Member,
  NIL_UUID,
  type Period,
  type SearchRequest,
  type SearchRights,
  type SearchRun,
  search,
} from '../../../src/directory/index.ts';
import type { ObjectWrite, StoredObject } from '../../../src/store/index.ts';
import { BerReader, BerWriter, parseFilter, Tag } from '../../../src/x500/index.ts';
import { schemaOfTests } from './random-directory.ts';

export const SUFFIX = 'dc=lab,dc=example';
export const schema = schemaOfTests();
type Texts = Readonly<Record<string, string | readonly string[]>>;

/** The identity of the entry with this number. */
export function uuid(number: number): Buffer {
  const octets = Buffer.alloc(16);
  octets.writeUInt32BE(number, 12);
  return octets;
}

/** An entry as an object of the store; `parent` 0 for a naming context. */
export function entry(number: number, parent: number, rdn: string, user: Texts, operational: Texts = {}): StoredObject {
  const list = (texts: Texts) =>
    Object.entries(texts).map(([description, values]) => ({
      description,
      values: [values].flat().map((value) => Buffer.from(value)),
    }));
  const value = encodeEntry({
    parent: parent === 0 ? NIL_UUID : uuid(parent),
    rdn,
    user: list(user),
    operational: list(operational),
  });
  return { space: 'entry', key: uuid(number), value };
}

export function gone(number: number): ObjectWrite {
  return { space: 'entry', key: uuid(number), value: undefined };
}

/** A membership: of the entry with a number, or of a text. */
export function joined(group: number, member: number | Member, period: Period = ALWAYS): StoredObject {
  const known: Member = typeof member === 'number' ? { kind: 'entry', uuid: uuid(member) } : member;
  return { space: 'member', key: encodeMemberKey(uuid(group), known), value: encodePeriod(period) };
}

export const PEOPLE = 2;
export const GROUPS = 3;
export const ALICE = 11;
export const BOB = 12;
export const CAROL = 13;
/** A posixGroup, a groupOfNames. */
export const LABS = 21;
export const STAFF = 22;

export const LAB: readonly StoredObject[] = [
  entry(1, 0, SUFFIX, { objectClass: ['organization', 'dcObject', 'top'], o: 'Lab', dc: 'lab' }),
  entry(PEOPLE, 1, 'ou=People', { objectClass: ['organizationalUnit', 'top'], ou: 'People' }),
  entry(GROUPS, 1, 'ou=Groups', { objectClass: ['organizationalUnit', 'top'], ou: 'Groups' }),
  entry(
    ALICE,
    PEOPLE,
    'uid=alice',
    {
      objectClass: ['inetOrgPerson', 'organizationalPerson', 'person', 'top'],
      uid: 'alice',
      cn: ['Alice Liddell', 'Alice'],
      sn: 'Liddell',
      mail: 'alice@lab.example',
      'description;lang-de': 'Forscherin',
      description: 'researcher',
    },
    { createTimestamp: '20260101000000Z', creatorsName: `cn=admin,${SUFFIX}` },
  ),
  entry(BOB, PEOPLE, 'uid=bob', {
    objectClass: ['inetOrgPerson', 'organizationalPerson', 'person', 'top'],
    uid: ['robert', 'bob'],
    cn: 'Bob',
    sn: 'Builder',
  }),
  entry(CAROL, PEOPLE, 'cn=Carol', { objectClass: ['person', 'top'], cn: 'Carol', sn: 'Ångström' }),
  entry(LABS, GROUPS, 'cn=labs', { objectClass: ['posixGroup', 'top'], cn: 'labs', gidNumber: '100' }),
  entry(STAFF, GROUPS, 'cn=staff', { objectClass: ['groupOfNames', 'top'], cn: 'staff' }),
  joined(LABS, ALICE),
  joined(LABS, { kind: 'uid', uid: 'nobody' }),
  joined(STAFF, LABS),
  joined(STAFF, BOB, { start: 100, end: 200 }),
  joined(STAFF, { kind: 'name', name: `cn=Ghost,${SUFFIX}` }),
];

export function labView(): DirectoryView {
  const view = new DirectoryView(schema);
  view.load(LAB);
  return view;
}

export interface Answer {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

export function request(filter: string, more: Partial<SearchRequest> = {}): SearchRequest {
  const parsed = parseFilter(filter);
  if (parsed === undefined) throw new Error(`not a filter: ${filter}`);
  const base = Buffer.from(SUFFIX);
  return { base, scope: 'subtree', filter: parsed, attributes: [], typesOnly: false, sizeLimit: 0, ...more };
}

/** Takes a run to its end, or up to `most` answers. */
export function take(run: SearchRun, most = Number.POSITIVE_INFINITY): Answer[] {
  const out = new BerWriter();
  const answers: Answer[] = [];
  while (answers.length < most) {
    out.reset();
    const step = run.next(out);
    if (step === 'end') break;
    if (step === 'entry') answers.push(decoded(out.take()));
  }
  return answers;
}

export function answers(
  view: DirectoryView,
  filter: string,
  more: Partial<SearchRequest> = {},
  rights: SearchRights = EVERYTHING,
  now = 0,
): Answer[] {
  return take(search(view, request(filter, more), rights, now));
}

/** The first parts of the names that are answered, in order. */
export function names(
  view: DirectoryView,
  filter: string,
  more: Partial<SearchRequest> = {},
  rights: SearchRights = EVERYTHING,
  now = 0,
): string[] {
  return answers(view, filter, more, rights, now).map(({ dn }) => dn.split(',')[0]!);
}

/** What is written for an entry: its name and its attributes. */
export function decoded(octets: Uint8Array): Answer {
  const reader = new BerReader(octets);
  const dn = reader.text(Tag.octetString);
  const attributes: Record<string, string[]> = {};
  const list = reader.enter(Tag.sequence);
  while (reader.more) {
    const attribute = reader.enter(Tag.sequence);
    const name = reader.text(Tag.octetString);
    if (Object.hasOwn(attributes, name)) throw new Error(`${name} twice`);
    const values: string[] = [];
    const set = reader.enter(Tag.set);
    while (reader.more) values.push(reader.text(Tag.octetString));
    reader.leave(set);
    reader.leave(attribute);
    attributes[name] = values;
  }
  reader.leave(list);
  if (reader.more) throw new Error('octets behind the entry');
  return { dn, attributes };
}
