/**
 * The subschema subentry: the one entry that says what the directory's attributes and classes are (RFC 4512, 4.2).
 */
import type { Schema } from '../../x500/index.ts';

/** Its name, which `subschemaSubentry` of every entry holds. */
export const SUBSCHEMA_DN = 'cn=Subschema';

/** Attributes with their values as a search answers them; those after `cn` only when asked for, as all of them are operational. */
export function subschemaEntry(schema: Schema): ReadonlyMap<string, readonly string[]> {
  const { attributeTypes, objectClasses, matchingRules, matchingRuleUse, ldapSyntaxes } = schema.subschema();
  return new Map<string, readonly string[]>([
    ['objectClass', ['top', 'subentry', 'subschema', 'extensibleObject']],
    ['cn', ['Subschema']],
    ['structuralObjectClass', ['subentry']],
    ['subtreeSpecification', ['{ }']],
    ['entryDN', [SUBSCHEMA_DN]],
    ['subschemaSubentry', [SUBSCHEMA_DN]],
    ['ldapSyntaxes', ldapSyntaxes],
    ['matchingRules', matchingRules],
    ['matchingRuleUse', matchingRuleUse],
    ['attributeTypes', attributeTypes],
    ['objectClasses', objectClasses],
  ]);
}
