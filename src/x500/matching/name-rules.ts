/**
 * The rules whose values name something that the schema knows: object identifiers by a name or by their digits, and
 * distinguished names by the equality rules of the types in them (RFC 4517, 4.2.15, 4.2.26 and 4.2.31).
 */
import { type DistinguishedName, parseDistinguishedName } from '../distinguished-name.ts';
import type { NormalForms } from './string-rules.ts';

/** What the rules ask the schema that they belong to. */
export interface SchemaNames {
  /** The object identifier of a class, type, rule or syntax, by a name in any case or by its digits. */
  oidOf(nameOrOid: string): string | undefined;
  dnKey(dn: DistinguishedName): string | undefined;
}

const NUMERIC_OID = /^(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+$/;
const DESCRIPTOR = /^[a-z][a-z0-9-]*$/i;
const MAX_OID_LENGTH = 512;

/** `2.5.4.3` (RFC 4512, 1.4: `numericoid`). */
export function isNumericOid(text: string): boolean {
  return text.length <= MAX_OID_LENGTH && NUMERIC_OID.test(text);
}

/** A short name such as `cn` (RFC 4512, 1.4: `descr`). */
export function isDescriptor(text: string): boolean {
  return text.length <= MAX_OID_LENGTH && DESCRIPTOR.test(text);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of UTF-8 octets. */
export function textOf(value: Uint8Array): string | undefined {
  try {
    return decoder.decode(value);
  } catch {
    return undefined;
  }
}

/** By name or number; a name that nobody defined has no normal form (RFC 4517, 4.2.26: Undefined). */
export function objectIdentifier(names: SchemaNames): NormalForms {
  return {
    normalize(value) {
      const oid = oidOf(names, Buffer.from(value).toString('latin1'));
      return oid === undefined ? undefined : Buffer.from(oid, 'latin1');
    },
  };
}

function oidOf(names: SchemaNames, text: string): string | undefined {
  return names.oidOf(text) ?? (isNumericOid(text) ? text : undefined);
}

export function distinguishedName(names: SchemaNames): NormalForms {
  return {
    normalize(value) {
      const key = keyOf(names, value);
      return key === undefined ? undefined : Buffer.from(key, 'latin1');
    },
  };
}

function keyOf(names: SchemaNames, value: Uint8Array): string | undefined {
  const text = textOf(value);
  const dn = text === undefined ? undefined : parseDistinguishedName(text);
  return dn === undefined ? undefined : names.dnKey(dn);
}

/**
 * A name, with a bit string behind `#` or without. Both have to be equal; that a value without one also matches an
 * assertion with one (RFC 4517, 4.2.31) no normal form can express, and no program relies on.
 */
export function nameAndOptionalUid(names: SchemaNames): NormalForms {
  return {
    normalize(value) {
      const { name, uid } = splitNameAndUid(value);
      const key = keyOf(names, name);
      return key === undefined ? undefined : Buffer.from(uid === undefined ? key : `${key}#${uid}`, 'latin1');
    },
  };
}

const BITS_BEHIND_NAME = /#('[01]*'B)$/;

/** `cn=a#'01'B` is the name `cn=a` with the bits; everything else is a name. */
export function splitNameAndUid(value: Uint8Array): { readonly name: Uint8Array; readonly uid?: string } {
  if (value.at(-1) !== 0x42) return { name: value };
  const match = BITS_BEHIND_NAME.exec(Buffer.from(value).toString('latin1'));
  return match === null ? { name: value } : { name: value.subarray(0, match.index), uid: match[1]! };
}

/** The first field of a description `( 2.5.4.3 NAME ...`, which is what a subschema's values are found by (RFC 4517, 4.2.25). */
export function firstComponent(value: Uint8Array): string | undefined {
  return FIRST_COMPONENT.exec(Buffer.from(value).toString('latin1'))?.[1];
}

const FIRST_COMPONENT = /^\( *'?([^ ()']+)'?[ )]/;
