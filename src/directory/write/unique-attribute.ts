/**
 * Attributes whose values only one entry may have, as the configuration names them. Login names are so without being named.
 */
import { CodedError } from '../../base/index.ts';
import type { AttributeDescription, AttributeDescriptions } from './attribute-description.ts';

export interface UniqueAttribute {
  readonly description: AttributeDescription;
  /** The classes whose entries are compared; all entries when there are none. */
  readonly among: readonly string[];
}

/** People name the group they belong to by its gidNumber: it is unique among groups, not among all who have one. */
const AMONG: ReadonlyMap<string, readonly string[]> = new Map([['gidNumber', ['posixGroup']]]);

/** Throws DIRECTORY_CONFIGURATION for a name that the schema does not know, or whose values cannot be compared. */
export function uniqueAttributes(
  names: readonly string[],
  descriptions: AttributeDescriptions,
): readonly UniqueAttribute[] {
  return names.map((name) => {
    const description = descriptions.of(name);
    if (description?.type.equality === undefined) {
      throw new CodedError(
        'DIRECTORY_CONFIGURATION',
        `directory.unique: '${name}' is no attribute that can be compared`,
      );
    }
    return { description, among: AMONG.get(description.name) ?? [] };
  });
}
