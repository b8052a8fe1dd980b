/**
 * What holds for the values of one attribute wherever they are written: the syntax, no value twice, and one value where the type
 * has one (RFC 4512, 2.2 and 2.5.1).
 */
import type { AttributeType } from '../../x500/index.ts';
import type { AttributeDescription } from './attribute-description.ts';
import { Refusal } from './refusal.ts';

/**
 * What two values share exactly when the type's equality rule calls them the same; the octets themselves where it has none, or
 * has no normal form for the value. One character an octet.
 */
export function valueKey(type: AttributeType, value: Uint8Array): string {
  const normal = type.equality?.normalize(value);
  return normal === undefined ? `=${latin1(value)}` : latin1(normal);
}

export function latin1(octets: Uint8Array): string {
  return Buffer.prototype.latin1Slice.call(octets, 0, octets.length);
}

/** Undefined when each value is one of the attribute's syntax. */
export function checkSyntax({ type, name }: AttributeDescription, values: readonly Uint8Array[]): Refusal | undefined {
  for (const [index, value] of values.entries()) {
    const fault = type.syntax.fault(value);
    if (fault !== undefined) return new Refusal('invalidAttributeSyntax', `${name}: value #${index}: ${fault}`);
  }
  return undefined;
}

/** Undefined when the values may be those of the attribute, together. */
export function checkValues(description: AttributeDescription, values: readonly Uint8Array[]): Refusal | undefined {
  const { type, name } = description;
  if (type.singleValue && values.length > 1) {
    return new Refusal('constraintViolation', `${name}: has one value at most, ${values.length} were given`);
  }
  const fault = checkSyntax(description, values);
  // Whoever reads the classes of an entry sees one that is there twice (ClassProfiles).
  if (fault !== undefined || values.length < 2 || name === 'objectClass') return fault;
  const keys = new Set<string>();
  for (const [index, value] of values.entries()) {
    if (keys.size === keys.add(valueKey(type, value)).size) {
      return new Refusal('attributeOrValueExists', `${name}: value #${index} was given before`);
    }
  }
  return undefined;
}
