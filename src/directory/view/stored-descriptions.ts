/**
 * StoredDescriptions knows the attribute descriptions and object classes that occur in the octets of entries: what type a name
 * is of, and under which keys its values are found.
 *
 * The numbered keys of the index are given out here: one a type, for the entries that have an attribute of it, and one a class,
 * for the entries that are of it.
 */
import type { AttributeType, MatchingRule, ObjectClass, Schema } from '../../x500/index.ts';
import { AttributeDescriptions } from '../write/attribute-description.ts';
import { NameTable } from './name-table.ts';
import { ValueForm } from './value-form.ts';

export interface StoredDescription {
  /** As it is spelled in the entries. */
  readonly name: Buffer;
  /** Undefined when the schema does not know it: what a site had defined once. */
  readonly type: AttributeType | undefined;
  /** In lower case, without `binary`. */
  readonly options: readonly string[];
  /** How values are keyed; undefined when they are not. */
  readonly form: ValueForm | undefined;
  readonly isObjectClass: boolean;
}

/** Groups are of each of these classes, whichever of them they were made with. */
const GROUP_CLASSES = ['groupOfNames', 'groupOfMembers', 'posixGroup'];

export class StoredDescriptions {
  readonly schema: Schema;
  /** What descriptions of requests mean. */
  readonly requested: AttributeDescriptions;
  readonly #descriptions: NameTable<StoredDescription>;
  readonly #classes: NameTable<readonly number[]>;
  readonly #classKeys: ReadonlyMap<ObjectClass, number>;
  readonly #groupClasses: readonly ObjectClass[];
  readonly #forms = new Map<MatchingRule, ValueForm>();

  constructor(schema: Schema) {
    this.schema = schema;
    this.requested = new AttributeDescriptions(schema);
    const types = schema.attributeTypes.length;
    this.#classKeys = new Map(schema.objectClasses.map((objectClass, index) => [objectClass, types + index]));
    this.#groupClasses = GROUP_CLASSES.flatMap((name) => schema.objectClass(name) ?? []);
    this.#descriptions = new NameTable((name) => this.#describe(name));
    this.#classes = new NameTable((name) => this.#keysOfClass(name));
  }

  /** What the name of an attribute in an entry means. */
  of(octets: Uint8Array, start: number, end: number): StoredDescription {
    return this.#descriptions.of(octets, start, end);
  }

  /** The key of the entries that have an attribute of the type itself. */
  presenceKey(type: AttributeType): number {
    return type.index;
  }

  /** The key of the entries that are of a class. */
  classKey(objectClass: ObjectClass): number {
    return this.#classKeys.get(objectClass)!;
  }

  /** The keys of an entry with this value of objectClass: the class and those above it, and all group classes for a group. */
  classKeys(octets: Uint8Array, start: number, end: number): readonly number[] {
    return this.#classes.of(octets, start, end);
  }

  /** What the keys of a type's values are mixed with. */
  seed(type: AttributeType): number {
    return type.index + 1;
  }

  formOf(rule: MatchingRule): ValueForm {
    let form = this.#forms.get(rule);
    if (form === undefined) {
      form = new ValueForm(rule);
      this.#forms.set(rule, form);
    }
    return form;
  }

  /** How values of a type are keyed; undefined when no key leads to them. Operational attributes are asked for by themselves, or by nobody. */
  keyForm(type: AttributeType): ValueForm | undefined {
    if (type.operational || type.equality === undefined || type.equality.matches !== undefined) return undefined;
    return this.formOf(type.equality);
  }

  #describe(name: Buffer): StoredDescription {
    const known = this.requested.of(name.toString('latin1'));
    return {
      name,
      type: known?.type,
      options: known?.options ?? [],
      form: known === undefined ? undefined : this.keyForm(known.type),
      isObjectClass: known?.type === this.schema.attributeType('objectClass'),
    };
  }

  #keysOfClass(name: Buffer): readonly number[] {
    const objectClass = this.schema.objectClass(name.toString('latin1'));
    if (objectClass === undefined) return [];
    const classes = new Set(objectClass.lineage);
    if (this.#groupClasses.some((group) => classes.has(group))) {
      for (const group of this.#groupClasses) for (const above of group.lineage) classes.add(above);
    }
    return [...classes].map((one) => this.classKey(one));
  }
}
