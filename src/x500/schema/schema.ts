/**
 * Schema is what a directory knows about attributes and classes: which types there are, what their values look
 * like, when two of them are the same, and what an entry of a class must and may have (RFC 4512, 2 and 4).
 *
 * It is linked when it is made: a type holds its rules, not their names, with what it inherits filled in. It never changes.
 */
import type { DistinguishedName, RelativeDistinguishedName } from '../distinguished-name.ts';
import type { MatchingRule } from '../matching/matching-rule.ts';
import type { Syntax } from '../syntax/syntax.ts';

export type AttributeUsage = 'userApplications' | 'directoryOperation' | 'distributedOperation' | 'dSAOperation';

/** Where a definition stands. */
export interface DefinitionOrigin {
  readonly source: string;
  /** From 1; 0 where the source has no lines. */
  readonly line: number;
}

export interface AttributeType {
  /** Dense: 0 up to the number of types, so that a table by type is an array. Of this Schema only: it may differ after a restart. */
  readonly index: number;
  readonly oid: string;
  /** As defined; the first is `name`. Types that are defined without a name are called by their OID. */
  readonly names: readonly string[];
  readonly name: string;
  readonly description?: string;
  readonly obsolete: boolean;
  readonly superior?: AttributeType;
  /** The type itself and all below it: what a filter or a request on the type means (RFC 4512, 2.5.1). */
  readonly subtypes: readonly AttributeType[];
  /** Own or inherited. */
  readonly equality?: MatchingRule;
  readonly ordering?: MatchingRule;
  readonly substrings?: MatchingRule;
  readonly syntax: Syntax;
  readonly singleValue: boolean;
  readonly collective: boolean;
  readonly noUserModification: boolean;
  readonly usage: AttributeUsage;
  /** Not of userApplications: answered only when asked for by name or `+`. */
  readonly operational: boolean;
  /** Extensions (`X-...`) as defined. */
  readonly extensions: ReadonlyMap<string, readonly string[]>;
  readonly origin: DefinitionOrigin;
}

export interface ObjectClass {
  readonly oid: string;
  readonly names: readonly string[];
  readonly name: string;
  readonly description?: string;
  readonly obsolete: boolean;
  readonly kind: 'abstract' | 'structural' | 'auxiliary';
  /**
   * An auxiliary class that also makes an entry of its own when no structural class is there: posixGroup, structural in
   * RFC 2307 and auxiliary in its successor. Written `X-STANDS-ALONE 'TRUE'`.
   */
  readonly standsAlone: boolean;
  readonly superiors: readonly ObjectClass[];
  /** As defined, without what is inherited. */
  readonly must: readonly AttributeType[];
  readonly may: readonly AttributeType[];
  /** With what is inherited; no type is in both. */
  readonly allMust: ReadonlySet<AttributeType>;
  readonly allMay: ReadonlySet<AttributeType>;
  /** The class itself and all above it. */
  readonly lineage: ReadonlySet<ObjectClass>;
  readonly extensions: ReadonlyMap<string, readonly string[]>;
  readonly origin: DefinitionOrigin;
}

/** The values of the subschema subentry (RFC 4512, 4.2): descriptions in the text form of RFC 4512, 4.1. */
export interface SubschemaDescriptions {
  readonly attributeTypes: readonly string[];
  readonly objectClasses: readonly string[];
  readonly matchingRules: readonly string[];
  readonly matchingRuleUse: readonly string[];
  readonly ldapSyntaxes: readonly string[];
}

export interface Schema {
  readonly attributeTypes: readonly AttributeType[];
  readonly objectClasses: readonly ObjectClass[];
  readonly matchingRules: readonly MatchingRule[];
  readonly syntaxes: readonly Syntax[];
  /** By any of its names in any case, or by OID; without options (`cn`, not `cn;lang-en`). */
  attributeType(nameOrOid: string): AttributeType | undefined;
  objectClass(nameOrOid: string): ObjectClass | undefined;
  matchingRule(nameOrOid: string): MatchingRule | undefined;
  syntax(oid: string): Syntax | undefined;
  subschema(): SubschemaDescriptions;
  /**
   * A text that two relative names share exactly when they are the same by the equality rules of their types. One
   * character an octet (all below 256), no comma in it that is not escaped. Undefined when a type is unknown, has no
   * equality rule, or a value has no normal form.
   */
  rdnKey(rdn: RelativeDistinguishedName): string | undefined;
  /** The keys of its parts joined by commas, its own name first; empty for the root. */
  dnKey(dn: DistinguishedName): string | undefined;
}

/** A source of definitions. */
export type SchemaSource =
  | {
      /** What problems name: a file, or a place in the configuration. */
      readonly name: string;
      /** A schema file: OpenLDAP's `attributetype (...)`, its `olcAttributeTypes:`, or the subschema's `attributeTypes:`. */
      readonly text: string;
    }
  | {
      readonly name: string;
      readonly attributeTypes?: readonly string[];
      readonly objectClasses?: readonly string[];
    };

export interface SchemaProblem extends DefinitionOrigin {
  readonly message: string;
}

export type SchemaResult =
  | { readonly kind: 'parsed'; readonly schema: Schema; readonly warnings: readonly SchemaProblem[] }
  | { readonly kind: 'refused'; readonly problems: readonly SchemaProblem[] };
