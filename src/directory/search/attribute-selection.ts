/**
 * AttributeSelection is what of an entry is asked for (RFC 4511, 4.5.1.8): names with their subtypes, `*` for user attributes, `+` for
 * operational ones (RFC 3673), `1.1` for none, `@class` for the attributes of a class (RFC 4529). What nobody knows is passed over.
 */
import type { AttributeType } from '../../x500/index.ts';
import { hasOptions } from '../view/attribute-target.ts';
import type { ViewContent } from '../view/view-content.ts';

interface Selected {
  readonly type: AttributeType;
  readonly options: readonly string[];
}

export class AttributeSelection {
  readonly allUser: boolean;
  readonly allOperational: boolean;
  /** Whether attributes are selected that are operational or computed, which are not in the entry's first list. */
  readonly someOperational: boolean;
  readonly #selected: readonly Selected[];

  constructor({ schema, descriptions, computed }: ViewContent, attributes: readonly string[]) {
    const selected: Selected[] = [];
    for (const attribute of attributes) {
      if (attribute === '*' || attribute === '+' || attribute === '1.1') continue;
      if (attribute.startsWith('@')) {
        const objectClass = schema.objectClass(attribute.slice(1));
        for (const types of [objectClass?.allMust ?? [], objectClass?.allMay ?? []]) {
          for (const type of types) selected.push({ type, options: [] });
        }
      } else {
        const description = descriptions.requested.of(attribute);
        if (description !== undefined) selected.push(description);
      }
    }
    this.#selected = selected;
    this.allUser = attributes.length === 0 || attributes.includes('*');
    this.allOperational = attributes.includes('+');
    const isOperational = (type: AttributeType) => type.operational || computed.of(type) !== undefined;
    this.someOperational = this.allOperational || selected.some(({ type }) => type.subtypes.some(isOperational));
  }

  /** Whether an attribute is asked for; `operational` is whether it is one of this entry. */
  has(type: AttributeType | undefined, options: readonly string[], operational: boolean): boolean {
    if (operational ? this.allOperational : this.allUser) return true;
    if (type === undefined) return false;
    for (const selected of this.#selected) {
      if (isOf(type, selected.type) && hasOptions(options, selected.options)) return true;
    }
    return false;
  }
}

function isOf(type: AttributeType, asked: AttributeType): boolean {
  let at: AttributeType | undefined = type;
  while (at !== undefined && at !== asked) at = at.superior;
  return at !== undefined;
}
