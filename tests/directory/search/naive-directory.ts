/**
 * A directory as a plain list of entries, searched by looking at each of them with nothing but the matching rules: what the view's answers are
 * compared with. It shares no code with the view but the schema and the reading of attribute descriptions.
 */
import {
  encodeEntry,
  encodeMemberKey,
  encodePeriod,
  type Member,
  NIL_UUID,
  type Period,
  type StoredAttribute,
} from '../../../src/directory/index.ts';
import { AttributeDescriptions } from '../../../src/directory/write/attribute-description.ts';
import type { ObjectWrite } from '../../../src/store/index.ts';
import {
  type AttributeType,
  type Filter,
  type MatchingRule,
  type ObjectClass,
  parseDistinguishedName,
  type Schema,
} from '../../../src/x500/index.ts';

export interface NaiveEntry {
  readonly uuid: Buffer;
  parent: NaiveEntry | undefined;
  rdn: string;
  user: StoredAttribute[];
  operational: StoredAttribute[];
}

interface NaiveMembership {
  readonly group: NaiveEntry;
  readonly member: NaiveEntry | { readonly kind: 'uid' | 'name'; readonly text: string };
  period: Period;
}

export interface NaiveValue {
  readonly type: AttributeType;
  readonly options: readonly string[];
  readonly value: Buffer;
  readonly operational: boolean;
}

export type MayRead = (entry: NaiveEntry, type: AttributeType) => boolean;
export type Truth = boolean | undefined;

const GROUPS = ['groupOfNames', 'groupOfMembers', 'posixGroup'];
const SECRET = ['userPassword', 'pwdHistory'];

export class NaiveDirectory {
  readonly schema: Schema;
  readonly descriptions: AttributeDescriptions;
  readonly entries = new Set<NaiveEntry>();
  readonly memberships: NaiveMembership[] = [];
  readonly #values = new Map<NaiveEntry, readonly NaiveValue[]>();
  #valuesAt: number | undefined;
  #parents = new Set<NaiveEntry | undefined>();
  readonly #normals = new Map<MatchingRule, Map<string, Buffer | undefined>>();

  constructor(schema: Schema) {
    this.schema = schema;
    this.descriptions = new AttributeDescriptions(schema);
  }

  // What happens to it, as the writes of the journal.

  put(entry: NaiveEntry): ObjectWrite {
    this.#valuesAt = undefined;
    this.entries.add(entry);
    const parent = entry.parent?.uuid ?? NIL_UUID;
    return { space: 'entry', key: entry.uuid, value: encodeEntry({ ...entry, parent }) };
  }

  delete(entry: NaiveEntry): ObjectWrite[] {
    const writes: ObjectWrite[] = [];
    for (const membership of [...this.memberships]) {
      if (membership.group === entry || membership.member === entry) writes.push(this.leave(membership));
    }
    this.#valuesAt = undefined;
    this.entries.delete(entry);
    return [...writes, { space: 'entry', key: entry.uuid, value: undefined }];
  }

  join(group: NaiveEntry, member: NaiveMembership['member'], period: Period): ObjectWrite {
    this.#valuesAt = undefined;
    const key = encodeMemberKey(group.uuid, memberOf(member));
    const known = this.memberships.find((one) => one.group === group && isSame(one.member, member));
    if (known === undefined) this.memberships.push({ group, member, period });
    else known.period = period;
    return { space: 'member', key, value: encodePeriod(period) };
  }

  leave(membership: NaiveMembership): ObjectWrite {
    this.#valuesAt = undefined;
    this.memberships.splice(this.memberships.indexOf(membership), 1);
    return {
      space: 'member',
      key: encodeMemberKey(membership.group.uuid, memberOf(membership.member)),
      value: undefined,
    };
  }

  // What it is.

  dn(entry: NaiveEntry): string {
    return entry.parent === undefined ? entry.rdn : `${entry.rdn},${this.dn(entry.parent)}`;
  }

  children(entry: NaiveEntry): NaiveEntry[] {
    return [...this.entries].filter(({ parent }) => parent === entry);
  }

  isWithin(entry: NaiveEntry, base: NaiveEntry): boolean {
    return entry === base || (entry.parent !== undefined && this.isWithin(entry.parent, base));
  }

  find(dn: string): NaiveEntry | undefined {
    const parsed = parseDistinguishedName(dn);
    const key = parsed && this.schema.dnKey(parsed);
    return key === undefined ? undefined : [...this.entries].find((entry) => this.dnKey(entry) === key);
  }

  dnKey(entry: NaiveEntry): string {
    return this.schema.dnKey(parseDistinguishedName(this.dn(entry))!)!;
  }

  classes(entry: NaiveEntry): ObjectClass[] {
    return entry.user
      .filter(({ description }) => description === 'objectClass')
      .flatMap(({ values }) => values.flatMap((value) => this.schema.objectClass(Buffer.from(value).toString()) ?? []));
  }

  /** The classes that a filter finds the entry by. */
  foundAs(entry: NaiveEntry): Set<ObjectClass> {
    const found = new Set(this.classes(entry).flatMap(({ lineage }) => [...lineage]));
    if ([...found].some(({ name }) => GROUPS.includes(name))) {
      for (const name of GROUPS) for (const above of this.schema.objectClass(name)!.lineage) found.add(above);
    }
    return found;
  }

  uid(entry: NaiveEntry): string | undefined {
    for (const { type, value } of parseDistinguishedName(entry.rdn)!.rdns[0]!) {
      if (this.schema.attributeType(type)?.name === 'uid') return value as string;
    }
    const uids = entry.user.find(({ description }) => description === 'uid')?.values;
    return uids && Buffer.from(uids[0]!).toString();
  }

  members(group: NaiveEntry, now: number): NaiveMembership['member'][] {
    return this.memberships.filter((one) => one.group === group && counts(one, now)).map(({ member }) => member);
  }

  groups(member: NaiveMembership['member'], now: number): NaiveEntry[] {
    return this.memberships.filter((one) => one.member === member && counts(one, now)).map(({ group }) => group);
  }

  /** Every value of the entry, computed ones too; kept until the next write. */
  values(entry: NaiveEntry, now: number): readonly NaiveValue[] {
    if (this.#valuesAt !== now) this.#forget();
    this.#valuesAt = now;
    let values = this.#values.get(entry);
    if (values === undefined) {
      values = this.#valuesOf(entry, now);
      this.#values.set(entry, values);
    }
    return values;
  }

  #forget(): void {
    this.#values.clear();
    this.#parents = new Set([...this.entries].map(({ parent }) => parent));
  }

  #valuesOf(entry: NaiveEntry, now: number): readonly NaiveValue[] {
    const values: NaiveValue[] = [];
    for (const [list, operational] of [
      [entry.user, false],
      [entry.operational, true],
    ] as const) {
      for (const attribute of list) {
        const { type, options } = this.descriptions.of(attribute.description)!;
        for (const value of attribute.values) values.push({ type, options, value: Buffer.from(value), operational });
      }
    }
    const compute = (name: string, texts: readonly string[], operational = true) => {
      const type = this.schema.attributeType(name)!;
      for (const text of texts) values.push({ type, options: [], value: Buffer.from(text), operational });
    };
    const hex = entry.uuid.toString('hex');
    compute('entryUUID', [hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')]);
    compute('entryDN', [this.dn(entry)]);
    compute('subschemaSubentry', ['cn=Subschema']);
    const classes = this.classes(entry);
    const structural = classes.filter(({ kind }) => kind === 'structural');
    const special = structural.filter((one) => !structural.some((other) => other !== one && other.lineage.has(one)));
    const alone = classes.filter(({ standsAlone }) => standsAlone);
    compute(
      'structuralObjectClass',
      [...special, ...alone].slice(0, 1).map(({ name }) => name),
    );
    compute('hasSubordinates', [this.#parents.has(entry) ? 'TRUE' : 'FALSE']);
    compute(
      'memberOf',
      this.groups(entry, now).map((group) => this.dn(group)),
    );
    const members = this.members(entry, now);
    const allows = (name: string) => {
      const type = this.schema.attributeType(name)!;
      return this.classes(entry).some(({ allMust, allMay }) => allMust.has(type) || allMay.has(type));
    };
    const names = members.flatMap((one) => ('uuid' in one ? this.dn(one) : one.kind === 'name' ? one.text : []));
    const uids = members.flatMap((one) => ('uuid' in one ? (this.uid(one) ?? []) : one.kind === 'uid' ? one.text : []));
    compute('member', names, !allows('member'));
    compute('memberUid', uids, !allows('memberUid'));
    return values;
  }

  // What a filter comes to.

  evaluate(entry: NaiveEntry, filter: Filter, mayRead: MayRead, now: number): Truth {
    switch (filter.kind) {
      case 'and': {
        const truths = filter.filters.map((inner) => this.evaluate(entry, inner, mayRead, now));
        return truths.includes(false) ? false : truths.includes(undefined) ? undefined : true;
      }
      case 'or': {
        const truths = filter.filters.map((inner) => this.evaluate(entry, inner, mayRead, now));
        return truths.includes(true) ? true : truths.includes(undefined) ? undefined : false;
      }
      case 'not': {
        const truth = this.evaluate(entry, filter.filter, mayRead, now);
        return truth === undefined ? undefined : !truth;
      }
      default:
        return this.#item(entry, filter, mayRead, now);
    }
  }

  #item(
    entry: NaiveEntry,
    filter: Exclude<Filter, { kind: 'and' | 'or' | 'not' }>,
    mayRead: MayRead,
    now: number,
  ): Truth {
    const extensible = filter.kind === 'extensible';
    const named = extensible && filter.rule !== undefined ? this.schema.matchingRule(filter.rule) : undefined;
    if (extensible && filter.rule !== undefined && named === undefined) return undefined;
    const description = filter.attribute === undefined ? undefined : this.descriptions.of(filter.attribute);
    if (filter.attribute !== undefined && description === undefined) return undefined;
    const type = description?.type;
    if (named !== undefined && type !== undefined && !this.#applies(named, type)) return undefined;
    if (named?.followsNames === true) return this.#chain(entry, filter, type, mayRead, now);
    const test = this.#test(filter, type, named);
    if (test === undefined) return undefined;
    const types =
      description?.type.subtypes ?? this.schema.attributeTypes.filter((each) => this.#applies(named!, each));
    const options = description?.options ?? [];
    const readable = types.filter((each) => !this.#isSecret(each) && mayRead(entry, each));
    const meant = (value: NaiveValue) =>
      readable.includes(value.type) && options.every((option) => value.options.includes(option));
    if (this.values(entry, now).some((value) => meant(value) && test(value.value, value.type))) return true;
    if (
      (filter.kind === 'equality' ||
        filter.kind === 'approx' ||
        (filter.kind === 'extensible' && !filter.rule && !filter.dnAttributes)) &&
      type?.name === 'objectClass' &&
      options.length === 0 &&
      readable.length > 0
    ) {
      const asked = this.schema.objectClass(Buffer.from(filter.value).toString());
      if (asked !== undefined && this.foundAs(entry).has(asked)) return true;
    }
    if (extensible && filter.dnAttributes) {
      for (const rdn of parseDistinguishedName(this.dn(entry))!.rdns) {
        for (const part of rdn) {
          const partType = this.schema.attributeType(part.type)!;
          if (types.includes(partType) && test(Buffer.from(part.value), partType)) return true;
        }
      }
    }
    return readable.length === types.length ? false : undefined;
  }

  /** Whether one value matches; undefined when the item is Undefined whatever the entry has. */
  #test(
    filter: Exclude<Filter, { kind: 'and' | 'or' | 'not' }>,
    type: AttributeType | undefined,
    named: MatchingRule | undefined,
  ): ((value: Buffer, type: AttributeType) => boolean) | undefined {
    if (filter.kind === 'present') return () => true;
    if (filter.kind === 'substrings') {
      const rule = type!.substrings;
      if (rule?.normalizePiece === undefined) return undefined;
      let pattern = '^';
      const add = (piece: Uint8Array, position: 'initial' | 'any' | 'final') => {
        const normal = rule.normalizePiece!(piece, position);
        return (
          normal &&
          Buffer.from(normal)
            .toString('latin1')
            .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        );
      };
      const initial = filter.initial && add(filter.initial, 'initial');
      const final = filter.final && add(filter.final, 'final');
      const any = filter.any.map((piece) => add(piece, 'any'));
      const unknown = (piece: Uint8Array | undefined, normal: unknown) => piece !== undefined && normal === undefined;
      if (unknown(filter.initial, initial) || unknown(filter.final, final) || any.includes(undefined)) return undefined;
      pattern += `${initial ?? ''}${any.map((piece) => `[^]*?${piece}`).join('')}[^]*${final ?? ''}$`;
      const expression = new RegExp(pattern);
      return (value) => {
        const normal = this.normal(rule, value);
        return normal !== undefined && expression.test(normal.toString('latin1'));
      };
    }
    const ordered = filter.kind === 'greaterOrEqual' || filter.kind === 'lessOrEqual';
    const rule = named ?? (ordered ? type!.ordering : type?.equality);
    if (rule === undefined || rule.use === 'substrings') return undefined;
    const assertion = this.normal(rule, Buffer.from(filter.value));
    if (assertion === undefined) return undefined;
    return (value) => {
      const normal = this.normal(rule, value);
      if (normal === undefined) return false;
      const order = Buffer.compare(normal, assertion);
      if (filter.kind === 'greaterOrEqual') return order >= 0;
      if (filter.kind === 'lessOrEqual') return order <= 0;
      return rule.use === 'ordering' ? order < 0 : order === 0;
    };
  }

  /** Through groups in groups. */
  #chain(entry: NaiveEntry, filter: Filter, type: AttributeType | undefined, mayRead: MayRead, now: number): Truth {
    if (filter.kind !== 'extensible' || filter.dnAttributes) return undefined;
    if (type?.name !== 'member' && type?.name !== 'memberOf') return undefined;
    const text = Buffer.from(filter.value).toString();
    if (this.normal(type.equality!, Buffer.from(text)) === undefined) return undefined;
    if (!mayRead(entry, type)) return undefined;
    const asked = this.find(text);
    const reaches = (from: NaiveMembership['member'], to: NaiveEntry, seen = new Set<unknown>()): boolean =>
      this.groups(from, now).some((group) => {
        if (group === to) return true;
        if (seen.has(group)) return false;
        seen.add(group);
        return reaches(group, to, seen);
      });
    if (type.name === 'memberOf') return asked !== undefined && reaches(entry, asked);
    const raw = this.memberships.filter(
      ({ member }) => 'text' in member && member.kind === 'name' && this.#sameName(member.text, text),
    );
    return [...(asked === undefined ? [] : [asked]), ...raw.map(({ member }) => member)].some((one) =>
      reaches(one, entry),
    );
  }

  #sameName(one: string, other: string): boolean {
    const [a, b] = [one, other].map((text) => this.schema.dnKey(parseDistinguishedName(text)!));
    return a === b;
  }

  #applies(rule: MatchingRule, type: AttributeType): boolean {
    if ([type.equality, type.ordering, type.substrings].includes(rule)) return true;
    return rule.use !== 'substrings' && type.syntax.oid === rule.assertionSyntax;
  }

  #isSecret(type: AttributeType): boolean {
    return SECRET.includes(type.name);
  }

  normal(rule: MatchingRule, value: Buffer): Buffer | undefined {
    let known = this.#normals.get(rule);
    if (known === undefined) {
      known = new Map();
      this.#normals.set(rule, known);
    }
    const text = value.toString('latin1');
    if (!known.has(text)) {
      const normal = rule.normalize(value);
      known.set(text, normal && Buffer.from(normal));
    }
    return known.get(text);
  }
}

function isSame(one: NaiveMembership['member'], other: NaiveMembership['member']): boolean {
  return one === other || ('text' in one && 'text' in other && one.kind === other.kind && one.text === other.text);
}

function counts({ period }: NaiveMembership, now: number): boolean {
  return period.start <= now && now < period.end;
}

function memberOf(member: NaiveMembership['member']): Member {
  if ('uuid' in member) return { kind: 'entry', uuid: member.uuid };
  return member.kind === 'uid' ? { kind: 'uid', uid: member.text } : { kind: 'name', name: member.text };
}
