/**
 * MadeUpEntry is an entry that the door answers itself, because it is about the server: the root DSE and the subschema
 * subentry. Selected and filtered as any other (RFC 4511, 4.5.1).
 */

import { type AttributeType, type BerWriter, type Filter, type Schema, Tag } from '../../../x500/index.ts';
import { type LdapResult, ldapResult } from '../codec/result-code.ts';

interface MadeUpAttribute {
  readonly type: AttributeType;
  readonly values: readonly Uint8Array[];
}

export class MadeUpEntry {
  readonly #name: string;
  readonly #schema: Schema;
  readonly #attributes: readonly MadeUpAttribute[];

  /** Attributes by the names of their types, in the order in which they are answered; those without values are left out. */
  constructor(name: string, schema: Schema, attributes: Readonly<Record<string, readonly string[]>>) {
    this.#name = name;
    this.#schema = schema;
    this.#attributes = Object.entries(attributes).flatMap(([attribute, texts]) => {
      const type = schema.attributeType(attribute);
      return type === undefined || texts.length === 0 ? [] : [{ type, values: texts.map((text) => Buffer.from(text)) }];
    });
  }

  /** Writes name and attributes as a SearchResultEntry holds them. */
  write(out: BerWriter, selection: readonly string[], typesOnly: boolean): void {
    out.text(Tag.octetString, this.#name);
    const list = out.open(Tag.sequence);
    const isSelected = this.#selected(selection);
    for (const { type, values } of this.#attributes) {
      if (!isSelected(type)) continue;
      const attribute = out.open(Tag.sequence);
      out.text(Tag.octetString, type.name);
      const set = out.open(Tag.set);
      if (!typesOnly) for (const value of values) out.octets(Tag.octetString, value);
      out.close(set);
      out.close(attribute);
    }
    out.close(list);
  }

  /** Whether the filter matches; undefined when it cannot be told (RFC 4511, 4.5.1.7). */
  matches(filter: Filter): boolean | undefined {
    switch (filter.kind) {
      case 'and':
        return every(filter.filters.map((inner) => this.matches(inner)));
      case 'or':
        return negated(every(filter.filters.map((inner) => negated(this.matches(inner)))));
      case 'not':
        return negated(this.matches(filter.filter));
      case 'present':
        return this.#valuesOf(filter.attribute)?.some((values) => values.length > 0);
      case 'equality':
      case 'approx':
        return this.#equals(filter.attribute, filter.value);
      case 'greaterOrEqual':
      case 'lessOrEqual':
        return this.#isInOrder(filter.attribute, filter.value, filter.kind === 'greaterOrEqual' ? 1 : -1);
      case 'substrings':
        // None of the attributes that such an entry has is searched by pieces; one that it has not has none of them.
        return this.#valuesOf(filter.attribute)?.length === 0 ? false : undefined;
      case 'extensible':
        return undefined;
    }
  }

  /** As the directory compares an entry of its own (RFC 4511, 4.10). */
  compare(attribute: string, value: Uint8Array): LdapResult {
    const holds = this.#valuesOf(attribute)?.some((values) => values.length > 0);
    if (holds === undefined) return ldapResult('undefinedAttributeType', 'the schema has no such attribute');
    if (!holds) return ldapResult('noSuchAttribute', 'the entry has none');
    const equals = this.#equals(attribute, value);
    if (equals === undefined) return ldapResult('inappropriateMatching', 'these values cannot be compared');
    return ldapResult(equals ? 'compareTrue' : 'compareFalse', '');
  }

  #selected(selection: readonly string[]): (type: AttributeType) => boolean {
    const user = selection.length === 0 || selection.includes('*');
    const operational = selection.includes('+');
    const named = new Set(selection.flatMap((name) => this.#schema.attributeType(name)?.subtypes ?? []));
    return (type) => (type.operational ? operational : user) || named.has(type);
  }

  #equals(attribute: string, value: Uint8Array): boolean | undefined {
    const rule = this.#schema.attributeType(attribute)?.equality;
    const normalized = rule && (rule.normalizeAssertion ?? rule.normalize).call(rule, value);
    if (rule === undefined || normalized === undefined) return undefined;
    const wanted = Buffer.from(normalized);
    return this.#valuesOf(attribute)
      ?.flat()
      .some((held) => wanted.equals(rule.normalize(held) ?? NOTHING));
  }

  /** Whether a value comes on this side of another, or is the same. */
  #isInOrder(attribute: string, value: Uint8Array, side: 1 | -1): boolean | undefined {
    const rule = this.#schema.attributeType(attribute)?.ordering;
    const bound = rule?.normalize(value);
    if (rule === undefined || bound === undefined) return undefined;
    const isBeyond = (held: Uint8Array) => Buffer.compare(rule.normalize(held) ?? NOTHING, bound) * side >= 0;
    return this.#valuesOf(attribute)?.flat().some(isBeyond);
  }

  /** The values of each attribute that a description means; undefined for one of an unknown type. */
  #valuesOf(attribute: string): readonly (readonly Uint8Array[])[] | undefined {
    const subtypes = this.#schema.attributeType(attribute)?.subtypes;
    return subtypes && this.#attributes.flatMap(({ type, values }) => (subtypes.includes(type) ? [values] : []));
  }
}

const NOTHING = Buffer.alloc(0);

function negated(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function every(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(false)) return false;
  return values.includes(undefined) ? undefined : true;
}
