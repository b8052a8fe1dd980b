/**
 * A Grant is what may be done with which attributes of an entry: an octet of bits for each attribute type, by its index, so
 * that asking is one look-up and several grants are joined octet by octet.
 */
import type { AttributeType, Schema } from '../../x500/index.ts';

export const READ = 1;
export const COMPARE = 2;
export const WRITE = 4;
/** A new entry may have it. */
export const ADD = 8;

/** Bits by the index of an attribute type. */
export type Grant = Uint8Array;

/** The types whose values nobody is told by a wildcard. */
export type Secrets = ReadonlySet<AttributeType>;

/** `bits` for every attribute that a list of names means: `*`, `+`, or names with their subtypes; unknown ones mean nothing. */
export function grantOf(schema: Schema, secrets: Secrets, attributes: Iterable<string>, bits: number): Grant {
  const grant = new Uint8Array(schema.attributeTypes.length);
  const give = (type: AttributeType) => {
    grant[type.index] = grant[type.index]! | bits;
  };
  for (const name of attributes) {
    if (name === '*' || name === '+') {
      for (const type of schema.attributeTypes)
        if (type.operational === (name === '+') && !secrets.has(type)) give(type);
    } else for (const type of schema.attributeType(name)?.subtypes ?? []) give(type);
  }
  return grant;
}

/** A grant of what either gives. */
export function joined(...grants: readonly Grant[]): Grant {
  const [first, ...others] = grants;
  const all = Uint8Array.from(first ?? []);
  for (const grant of others) join(all, grant, 0xff);
  return all;
}

/** Adds to `target` what `grant` gives of `bits`. */
export function join(target: Grant, grant: Grant, bits: number): void {
  for (let index = 0; index < target.length; index += 1) target[index] = target[index]! | (grant[index]! & bits);
}
