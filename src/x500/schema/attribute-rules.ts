/**
 * The matching rules of an attribute type: named, inherited, and brought into one family.
 *
 * INVARIANT: the rules of one type make the same normal forms, so that one index serves equality, order and pieces. Some
 * schemas in use name rules that do not belong together (Samba's sambaSID ignores case for equality and not for pieces);
 * there equality decides, and a warning says so.
 */
import type { MatchingRule } from '../matching/matching-rule.ts';
import type { DefinitionFields } from './definition-fields.ts';
import type { AttributeType } from './schema.ts';

export type AttributeRules = Pick<AttributeType, 'equality' | 'ordering' | 'substrings'>;

/** The rules of a definition; `rules` has all there are, by name in lower case and by OID. */
export function attributeRules(
  fields: DefinitionFields,
  superior: AttributeType | undefined,
  rules: ReadonlyMap<string, MatchingRule>,
): AttributeRules {
  const equality = named(fields, 'EQUALITY', 'equality', rules) ?? superior?.equality;
  const ordering = named(fields, 'ORDERING', 'ordering', rules) ?? superior?.ordering;
  const substrings = named(fields, 'SUBSTR', 'substrings', rules) ?? superior?.substrings;
  const first = equality ?? ordering ?? substrings;
  const ofFamily = (rule: MatchingRule | undefined) => {
    if (rule === undefined || first === undefined || rule.normalize === first.normalize) return rule;
    const sibling = [...rules.values()].find(({ use, normalize }) => use === rule.use && normalize === first.normalize);
    const instead = sibling === undefined ? 'it is left out' : `${sibling.name} is taken`;
    fields.warn(`${fields.title} has ${rule.name} beside ${first.name}, which does not compare as it does: ${instead}`);
    return sibling;
  };
  const [order, pieces] = [ofFamily(ordering), ofFamily(substrings)];
  return {
    ...(equality === undefined ? {} : { equality }),
    ...(order === undefined ? {} : { ordering: order }),
    ...(pieces === undefined ? {} : { substrings: pieces }),
  };
}

function named(
  fields: DefinitionFields,
  keyword: string,
  use: MatchingRule['use'],
  rules: ReadonlyMap<string, MatchingRule>,
): MatchingRule | undefined {
  const name = fields.one(keyword);
  if (name === undefined) return undefined;
  const rule = rules.get(name.toLowerCase());
  if (rule === undefined) fields.problem(`${fields.title} names the unknown matching rule ${name}`);
  else if (rule.use !== use) fields.problem(`${fields.title} names ${rule.name} as ${keyword}, which it is not`);
  return rule;
}
