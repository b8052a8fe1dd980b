/**
 * ClassProfile is what a set of object classes comes to: the structural class, and what an entry must and may have (RFC 4512, 2.4).
 *
 * An entry has exactly one structural class: the most special of those it names, all others being above it. A class that stands alone
 * (posixGroup: structural in RFC 2307, auxiliary in its successor) is it where there is no other.
 * Superclasses are added to what an entry names (RFC 4512, 3.3).
 */
import type { AttributeType, ObjectClass, Schema } from '../../x500/index.ts';
import { Refusal } from './refusal.ts';
import { latin1 } from './value-rules.ts';

export interface ClassProfile {
  readonly structural: ObjectClass;
  /** The names of all classes, superclasses too: what objectClass holds. */
  readonly classes: readonly Uint8Array[];
  readonly must: readonly AttributeType[];
  readonly allowed: ReadonlySet<AttributeType>;
  /** Whether its classes allow userPassword, and a form of membership: what is not part of the entry's own content. */
  readonly allowsPassword: boolean;
  readonly allowsMembers: boolean;
  /** Whether it is a host or a service that logs in by its cn, having no uid. One that can have no password does not: printers share names. */
  readonly isHost: boolean;
}

/** device, applicationProcess, simpleSecurityObject. */
const HOST_CLASSES = new Set(['2.5.6.14', '2.5.6.11', '0.9.2342.19200300.100.4.19']);

/** Sets of classes that are remembered: a directory has few. */
const REMEMBERED = 1024;

export class ClassProfiles {
  readonly #schema: Schema;
  readonly #remembered = new Map<string, ClassProfile>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** Of the values of objectClass. */
  of(values: readonly Uint8Array[]): ClassProfile | Refusal {
    const key = values.map(latin1).join(' ');
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const profile = this.#read(values);
    if (profile instanceof Refusal) return profile;
    if (this.#remembered.size >= REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, profile);
    return profile;
  }

  #read(values: readonly Uint8Array[]): ClassProfile | Refusal {
    const classes = new Set<ObjectClass>();
    for (const [index, value] of values.entries()) {
      const named = this.#schema.objectClass(latin1(value));
      if (named === undefined) {
        return new Refusal(
          'invalidAttributeSyntax',
          `objectClass: value #${index}: no class of this name is in the schema`,
        );
      }
      if (classes.has(named)) {
        return new Refusal('attributeOrValueExists', `objectClass: value #${index} was given before`);
      }
      classes.add(named);
    }
    for (const named of [...classes]) for (const above of named.lineage) classes.add(above);
    const structural = structuralOf(classes);
    if (structural instanceof Refusal) return structural;
    const must = new Set<AttributeType>();
    const allowed = new Set<AttributeType>();
    for (const each of classes) {
      for (const type of each.must) must.add(type);
      for (const type of [...each.must, ...each.may]) allowed.add(type);
    }
    const names = new Set([...allowed].map(({ name }) => name));
    return {
      structural,
      classes: [...classes].map(({ name }) => Buffer.from(name)),
      must: [...must],
      allowed,
      allowsPassword: names.has('userPassword'),
      allowsMembers: names.has('member') || names.has('memberUid'),
      isHost: names.has('userPassword') && [...classes].some(({ oid }) => HOST_CLASSES.has(oid)),
    };
  }
}

function structuralOf(classes: ReadonlySet<ObjectClass>): ObjectClass | Refusal {
  const structural = [...classes].filter(({ kind }) => kind === 'structural');
  if (structural.length === 0) {
    const alone = [...classes].find(({ standsAlone }) => standsAlone);
    return (
      alone ??
      new Refusal('objectClassViolation', 'objectClass: none of the classes is structural; an entry has exactly one')
    );
  }
  const last = structural.find((each) => structural.every((other) => each.lineage.has(other)));
  if (last !== undefined) return last;
  const ends = structural.filter((each) => !structural.some((other) => other !== each && other.lineage.has(each)));
  const names = ends.map(({ name }) => `'${name}'`).join(' and ');
  return new Refusal(
    'objectClassViolation',
    `objectClass: ${names} are structural and neither is above the other; an entry has exactly one`,
  );
}
