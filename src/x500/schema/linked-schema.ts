/**
 * LinkedSchema is the Schema that parseSchema makes. It exists before its types do, because matching rules over names ask
 * it what a name means; nobody has it before it is filled.
 */
import type { DistinguishedName, RelativeDistinguishedName } from '../distinguished-name.ts';
import type { MatchingRule } from '../matching/matching-rule.ts';
import type { SchemaNames } from '../matching/name-rules.ts';
import type { Syntax } from '../syntax/syntax.ts';
import { describeSchema } from './describe-schema.ts';
import { relativeNameKey } from './name-key.ts';
import type { AttributeType, ObjectClass, Schema, SubschemaDescriptions } from './schema.ts';

export interface SchemaElements {
  readonly attributeTypes: readonly AttributeType[];
  readonly objectClasses: readonly ObjectClass[];
  readonly matchingRules: readonly MatchingRule[];
  readonly syntaxes: readonly Syntax[];
}

export class LinkedSchema implements Schema, SchemaNames {
  #elements: SchemaElements = { attributeTypes: [], objectClasses: [], matchingRules: [], syntaxes: [] };
  #attributeTypes: ReadonlyMap<string, AttributeType> = new Map();
  #objectClasses: ReadonlyMap<string, ObjectClass> = new Map();
  #matchingRules: ReadonlyMap<string, MatchingRule> = new Map();
  #syntaxes: ReadonlyMap<string, Syntax> = new Map();
  #subschema: SubschemaDescriptions | undefined;

  fill(elements: SchemaElements): void {
    this.#elements = elements;
    this.#attributeTypes = byName(elements.attributeTypes);
    this.#objectClasses = byName(elements.objectClasses);
    this.#matchingRules = byName(elements.matchingRules);
    this.#syntaxes = new Map(elements.syntaxes.map((syntax) => [syntax.oid, syntax]));
  }

  get attributeTypes(): readonly AttributeType[] {
    return this.#elements.attributeTypes;
  }

  get objectClasses(): readonly ObjectClass[] {
    return this.#elements.objectClasses;
  }

  get matchingRules(): readonly MatchingRule[] {
    return this.#elements.matchingRules;
  }

  get syntaxes(): readonly Syntax[] {
    return this.#elements.syntaxes;
  }

  attributeType(nameOrOid: string): AttributeType | undefined {
    return this.#attributeTypes.get(nameOrOid) ?? this.#attributeTypes.get(nameOrOid.toLowerCase());
  }

  objectClass(nameOrOid: string): ObjectClass | undefined {
    return this.#objectClasses.get(nameOrOid) ?? this.#objectClasses.get(nameOrOid.toLowerCase());
  }

  matchingRule(nameOrOid: string): MatchingRule | undefined {
    return this.#matchingRules.get(nameOrOid) ?? this.#matchingRules.get(nameOrOid.toLowerCase());
  }

  syntax(oid: string): Syntax | undefined {
    return this.#syntaxes.get(oid);
  }

  /** A class before a type of the same name: values that name something are mostly classes. */
  oidOf(nameOrOid: string): string | undefined {
    return (
      this.objectClass(nameOrOid)?.oid ??
      this.attributeType(nameOrOid)?.oid ??
      this.matchingRule(nameOrOid)?.oid ??
      this.syntax(nameOrOid)?.oid
    );
  }

  rdnKey(rdn: RelativeDistinguishedName): string | undefined {
    return relativeNameKey(rdn, (name) => this.attributeType(name));
  }

  dnKey(dn: DistinguishedName): string | undefined {
    let key = '';
    for (const rdn of dn.rdns) {
      const part = this.rdnKey(rdn);
      if (part === undefined) return undefined;
      key = key === '' ? part : `${key},${part}`;
    }
    return key;
  }

  subschema(): SubschemaDescriptions {
    this.#subschema ??= describeSchema(this);
    return this.#subschema;
  }
}

/** Under the names as spelled too, which spares the lower case of what is asked for in the common spelling. */
function byName<Element extends { readonly oid: string; readonly names: readonly string[] }>(
  elements: readonly Element[],
): ReadonlyMap<string, Element> {
  const map = new Map<string, Element>();
  for (const element of elements) {
    map.set(element.oid, element);
    for (const name of element.names) map.set(name, element).set(name.toLowerCase(), element);
  }
  return map;
}
