/**
 * Header presets: the names under which the asserted identity reaches a back end.
 *
 * INVARIANT: a preset always yields all of its headers, empty when there is nothing to say. A header that is set only
 * when known lets a client's own copy through (Caddy GHSA-7r4p-vjf4-gxv4). The signed assertion travels with each.
 * BonFIRE's names: its scheduler reads X-BonFIRE-Groups-Id, its other components X-BonFIRE-Asserted-Groups.
 */
import { encodeHeaderList, encodeHeaderValue } from './header-value.ts';

/** Who is asserted; empty texts and lists where unknown, all of them empty for an anonymous request. */
export interface AssertedIdentity {
  readonly user: string;
  readonly groups: readonly string[];
  readonly name: string;
  readonly email: string;
  /** The compact JWS; empty when there is none. */
  readonly assertion: string;
}

type Field = 'user' | 'groups' | 'name' | 'email';
type Preset = readonly (readonly [header: string, field: Field])[];

/** Carries the compact JWS beside every preset. */
export const ASSERTION_HEADER = 'X-Realmgate-Assertion';

export const HEADER_PRESETS = {
  bonfire: [
    ['X-BonFIRE-Asserted-ID', 'user'],
    ['X-BonFIRE-Asserted-Groups', 'groups'],
    ['X-BonFIRE-Groups-Id', 'groups'],
  ],
  remote: [
    ['Remote-User', 'user'],
    ['Remote-Groups', 'groups'],
    ['Remote-Name', 'name'],
    ['Remote-Email', 'email'],
  ],
  forwarded: [
    ['X-Forwarded-User', 'user'],
    ['X-Forwarded-Groups', 'groups'],
    ['X-Forwarded-Email', 'email'],
    ['X-Forwarded-Preferred-Username', 'user'],
  ],
  'auth-request': [
    ['X-Auth-Request-User', 'user'],
    ['X-Auth-Request-Groups', 'groups'],
    ['X-Auth-Request-Email', 'email'],
    ['X-Auth-Request-Preferred-Username', 'user'],
  ],
  webauth: [
    ['X-WEBAUTH-USER', 'user'],
    ['X-WEBAUTH-GROUPS', 'groups'],
    ['X-WEBAUTH-NAME', 'name'],
    ['X-WEBAUTH-EMAIL', 'email'],
  ],
} as const satisfies Record<string, Preset>;

export type HeaderPreset = keyof typeof HEADER_PRESETS;

/** For a configuration schema. */
export const PRESET_NAMES = [
  'bonfire',
  'remote',
  'forwarded',
  'auth-request',
  'webauth',
] as const satisfies readonly HeaderPreset[];

export const NOBODY: AssertedIdentity = { user: '', groups: [], name: '', email: '', assertion: '' };

/** Every header of the preset and the assertion, values encoded (see encodeHeaderValue), in a fixed order. */
export function assertedHeaders(
  preset: HeaderPreset,
  identity: AssertedIdentity,
): readonly (readonly [string, string])[] {
  const headers: [string, string][] = [];
  for (const [header, field] of HEADER_PRESETS[preset]) {
    headers.push([header, field === 'groups' ? encodeHeaderList(identity.groups) : encodeHeaderValue(identity[field])]);
  }
  headers.push([ASSERTION_HEADER, identity.assertion]);
  return headers;
}
