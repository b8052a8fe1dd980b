/**
 * The keys of relative distinguished names: what the equality rules of the types in them leave of a name (RFC 4517,
 * 4.2.15).
 */
import { type RelativeDistinguishedName, stringOfBer } from '../distinguished-name.ts';
import type { AttributeType } from './schema.ts';

/** The key of a relative name; undefined as `Schema.rdnKey` says. */
export function relativeNameKey(
  rdn: RelativeDistinguishedName,
  typeOf: (name: string) => AttributeType | undefined,
): string | undefined {
  const [only] = rdn;
  if (rdn.length === 1 && only !== undefined) return partKey(typeOf(only.type), only.value);
  const parts: string[] = [];
  for (const { type, value } of rdn) {
    const key = partKey(typeOf(type), value);
    if (key === undefined) return undefined;
    parts.push(key);
  }
  return parts.sort().join('+');
}

function partKey(type: AttributeType | undefined, value: string | Uint8Array): string | undefined {
  if (type?.equality === undefined) return undefined;
  const { plainForm } = type.equality;
  if (plainForm !== undefined && typeof value === 'string' && PLAIN.test(value)) {
    return `${type.oid}= ${plainForm === 'lower' ? value.toLowerCase() : value} `;
  }
  const octets = typeof value === 'string' ? Buffer.from(value) : octetsOfBer(value);
  const form = octets === undefined ? undefined : type.equality.normalize(octets);
  if (form === undefined) return undefined;
  const text = latin1(form);
  return `${type.oid}=${SEPARATORS.test(text) ? text.replace(EACH_SEPARATOR, '\\$&') : text}`;
}

/** Visible ASCII without a separator: its normal form is itself between two spaces. */
const PLAIN = /^[!-*\-./0-9:-[\]-~]+$/;
const SEPARATORS = /[\\,+]/;
const EACH_SEPARATOR = /[\\,+]/g;

/** A value that was written as `#hex`, as the octets that LDAP has for it. */
function octetsOfBer(value: Uint8Array): Buffer | undefined {
  const text = stringOfBer(value);
  return text === undefined ? undefined : Buffer.from(text);
}

function latin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
}
