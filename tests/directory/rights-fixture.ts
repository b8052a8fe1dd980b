/** The tree of a small site in the memory view, and what its rules give to whom. */
import {
  AccessRules,
  type AccessRulesOptions,
  ALWAYS,
  type Asker,
  accessConfigurationSchema,
  DirectoryView,
  encodeEntry,
  encodeMemberKey,
  encodePeriod,
  matches,
  NIL_UUID,
  type Period,
  type Rights,
  type StoredAttribute,
  standardSchema,
} from '../../src/directory/index.ts';
import type { ObjectWrite } from '../../src/store/index.ts';
import {
  type AttributeType,
  type DistinguishedName,
  formatDistinguishedName,
  parseDistinguishedName,
  type Schema,
} from '../../src/x500/index.ts';

export const SUFFIX = 'dc=example,dc=org';
export const NOW = Date.UTC(2026, 10, 22, 9);

/** The names of a short form: `alice` is uid=alice,ou=People, `labs` is cn=labs,ou=Groups; everything else is spelled out. */
export const person = (uid: string): string => `uid=${uid},ou=People,${SUFFIX}`;
export const group = (cn: string): string => `cn=${cn},ou=Groups,${SUFFIX}`;
export const host = (cn: string): string => `cn=${cn},ou=Hosts,${SUFFIX}`;

export function dnOf(text: string): DistinguishedName {
  const dn = parseDistinguishedName(text);
  if (dn === undefined) throw new Error(`no name: ${text}`);
  return dn;
}

export class Site {
  readonly schema: Schema;
  readonly view: DirectoryView;
  readonly #uuids = new Map<string, Uint8Array>();
  #last = 0;

  constructor() {
    const parsed = standardSchema();
    if (parsed.kind !== 'parsed') throw new Error('the standard schema does not parse');
    this.schema = parsed.schema;
    this.view = new DirectoryView(this.schema);
    this.view.load([]);
    this.add(SUFFIX, { objectClass: ['domain'], dc: ['example'] });
    for (const ou of ['People', 'Groups', 'Hosts'])
      this.add(`ou=${ou},${SUFFIX}`, { objectClass: ['organizationalUnit'], ou: [ou] });
    for (const uid of ['alice', 'bob', 'carol', 'root', 'helpdesk']) {
      this.add(person(uid), {
        objectClass: ['inetOrgPerson', 'posixAccount'],
        uid: [uid],
        cn: [`${uid} cn`],
        mail: [`${uid}@example.org`],
        employeeNumber: [`secret of ${uid}`],
        homeDirectory: [`/home/${uid}`],
      });
    }
    this.add(host('portal'), { objectClass: ['applicationProcess', 'simpleSecurityObject'], cn: ['portal'] });
    this.add(group('administrators'), { objectClass: ['groupOfMembers'], cn: ['administrators'] });
    this.add(group('labs'), { objectClass: ['groupOfMembers'], cn: ['labs'], owner: [person('bob')] });
    this.add(group('desk'), { objectClass: ['groupOfMembers'], cn: ['desk'], owner: [group('labs')] });
    this.add(group('empty'), { objectClass: ['groupOfMembers'], cn: ['empty'] });
    this.join(group('administrators'), person('root'));
    this.join(group('labs'), person('alice'));
    this.join(group('desk'), person('helpdesk'));
  }

  add(dn: string, attributes: Readonly<Record<string, readonly string[]>>): void {
    const parsed = dnOf(dn);
    const uuid = Buffer.alloc(16);
    uuid.writeUInt32BE(++this.#last, 12);
    this.#uuids.set(dn, uuid);
    const parent = this.#uuids.get(formatDistinguishedName({ rdns: parsed.rdns.slice(1) })) ?? NIL_UUID;
    const stored = Object.entries(attributes).map(
      ([description, values]): StoredAttribute => ({ description, values: values.map((value) => Buffer.from(value)) }),
    );
    const user = stored.filter(({ description }) => !this.type(description).operational);
    const operational = stored.filter(({ description }) => this.type(description).operational);
    // A naming context is called by its whole name.
    const rdn = dn === SUFFIX ? SUFFIX : formatDistinguishedName({ rdns: parsed.rdns.slice(0, 1) });
    const value = encodeEntry({ parent, rdn, user, operational });
    this.write([{ space: 'entry', key: uuid, value }]);
  }

  remove(dn: string): void {
    this.write([{ space: 'entry', key: this.uuid(dn), value: undefined }]);
  }

  join(into: string, member: string, period: Period = ALWAYS): void {
    const key = encodeMemberKey(this.uuid(into), { kind: 'entry', uuid: this.uuid(member) });
    this.write([{ space: 'member', key, value: encodePeriod(period) }]);
  }

  leave(from: string, member: string): void {
    const key = encodeMemberKey(this.uuid(from), { kind: 'entry', uuid: this.uuid(member) });
    this.write([{ space: 'member', key, value: undefined }]);
  }

  write(writes: readonly ObjectWrite[]): void {
    this.view.apply(writes);
  }

  uuid(dn: string): Uint8Array {
    const uuid = this.#uuids.get(dn);
    if (uuid === undefined) throw new Error(`no entry: ${dn}`);
    return uuid;
  }

  entry(dn: string): number {
    const entry = this.view.find(dnOf(dn));
    if (entry === undefined) throw new Error(`no entry: ${dn}`);
    return entry;
  }

  type(name: string): AttributeType {
    const type = this.schema.attributeType(name);
    if (type === undefined) throw new Error(`no attribute: ${name}`);
    return type;
  }

  asker(dn: string, limit?: 'must-change' | 'app-password'): Asker {
    return { kind: 'entry', uuid: this.uuid(dn), dn: dnOf(dn), ...(limit && { limit }) };
  }

  rules(
    configuration: unknown = {},
    more: Partial<AccessRulesOptions<DirectoryView>> = {},
  ): AccessRules<DirectoryView> {
    return new AccessRules({
      schema: this.schema,
      suffix: dnOf(SUFFIX),
      configuration: accessConfigurationSchema.parse(configuration),
      matches,
      ...more,
    });
  }

  rights(asker: Asker | string, configuration: unknown = {}, now = NOW): Rights {
    const who = typeof asker === 'string' ? this.asker(asker) : asker;
    return this.rules(configuration).rightsOf(this.view, who, now);
  }
}

/** The names that are seen, in short. */
export function seen(site: Site, rights: Rights): string[] {
  const all = [
    SUFFIX,
    ...['People', 'Groups', 'Hosts'].map((ou) => `ou=${ou},${SUFFIX}`),
    ...['alice', 'bob', 'carol', 'root', 'helpdesk'].map(person),
    ...['administrators', 'labs', 'desk', 'empty'].map(group),
    host('portal'),
  ];
  return all.filter((dn) => rights.sees(site.entry(dn))).map((dn) => dn.replace(`,${SUFFIX}`, ''));
}

/** What may be done with an attribute: `read compare write`. */
export function may(site: Site, rights: Rights, dn: string, attribute: string): string {
  const [entry, type] = [site.entry(dn), site.type(attribute)];
  return [
    rights.mayRead(entry, type) ? 'read' : '',
    rights.mayCompare(entry, type) ? 'compare' : '',
    rights.mayWrite(entry, type) ? 'write' : '',
  ]
    .filter((right) => right !== '')
    .join(' ');
}

export function mayAdd(site: Site, rights: Rights, dn: string, ...attributes: string[]): boolean {
  const parsed = dnOf(dn);
  const parent = site.view.find({ rdns: parsed.rdns.slice(1) });
  return rights.mayAdd(
    parent,
    parsed,
    attributes.map((name) => site.type(name)),
  );
}

export function mayRename(site: Site, rights: Rights, from: string, to: string): boolean {
  const parsed = dnOf(to);
  return rights.mayRename(site.entry(from), site.view.find({ rdns: parsed.rdns.slice(1) }), parsed);
}
