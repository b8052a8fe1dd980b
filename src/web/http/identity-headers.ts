/**
 * Which inbound headers never reach a back end: everything that could be taken for an identity, or for what a proxy says.
 *
 * CGI, WSGI, PHP and servlet containers fold header names (`X_Remote.User` and `X-Remote-User` become one variable), so a
 * name is compared folded: lower-case letters and digits only, every separator dropped. A name with anything but letters,
 * digits and hyphens is dropped whatever it is, as nginx does. Hop-by-hop headers and those that Connection nominates go as well, but
 * a nomination of a header that matters (Cookie, Authorization, ...) is ignored, and ours are set afterwards,
 * so that no client can have them removed (CVE-2024-45410). RFC 9110 section 7.6.1; attacks: S01, S02, S03.
 */
import { memoize } from './bounded-memo.ts';
import { ASSERTION_HEADER, HEADER_PRESETS } from './header-presets.ts';
import type { RawHeaders } from './raw-headers.ts';

/** Names that a client may not send; made by {@link protectNames}. */
export interface ProtectedNames {
  /** What becomes of a header of this name. */
  readonly fate: (name: string) => HeaderFate;
}

/** `pass`: ordinary; `essential`: passes and cannot be nominated away; the others are dropped. */
export type HeaderFate = 'pass' | 'essential' | 'forgeable' | 'hop-by-hop';

/** Whole families, folded: no program of the kind we stand in front of gives them another meaning. */
const PROTECTED_FAMILIES = [
  'xbonfire',
  'xrealmgate',
  'xforwarded',
  'forwarded',
  'xoriginal',
  'xrewrite',
  'xauthrequest',
  'xwebauth',
  'remote',
  'xremote',
  'xasserted',
  'sslclient',
  'xsslclient',
  'clientcert',
  'xclientcert',
] as const;

/** Folded. What CGI calls REMOTE_USER and friends, the many names for a client's address, and httpoxy's `Proxy`. */
const PROTECTED_NAMES = [
  'xrealip',
  'xclientip',
  'clientip',
  'trueclientip',
  'xclusterclientip',
  'cfconnectingip',
  'fastlyclientip',
  'xuser',
  'xusername',
  'xgroups',
  'authuser',
  'authtype',
  'proxy',
] as const;

/** RFC 9110 section 7.6.1 and what older software took for such; framing and Host are set by the proxy itself. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'content-length',
  'expect',
  'host',
]);

/** End-to-end headers on which decisions rest: a Connection header cannot remove them. */
const ESSENTIAL: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'content-type',
  'content-encoding',
  'content-range',
  'range',
  'origin',
  'referer',
  'user-agent',
  'accept',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'cache-control',
  'x-requested-with',
  'x-csrf-token',
]);

const KEPT_FATES = 4_096;

/** Protects every preset's names, the families above, and `more` (headers that this site's own configuration believes). */
export function protectNames(more: readonly string[] = []): ProtectedNames {
  const names = new Set<string>(PROTECTED_NAMES);
  for (const preset of Object.values(HEADER_PRESETS)) for (const [name] of preset) names.add(fold(name));
  for (const name of [ASSERTION_HEADER, ...more]) names.add(fold(name));
  return {
    fate: memoize(KEPT_FATES, (name) => {
      const lower = name.toLowerCase();
      if (HOP_BY_HOP.has(lower)) return 'hop-by-hop';
      const folded = fold(lower);
      if (/[^a-z0-9-]/.test(lower) || folded === '' || names.has(folded)) return 'forgeable';
      if (PROTECTED_FAMILIES.some((family) => folded.startsWith(family))) return 'forgeable';
      return ESSENTIAL.has(lower) ? 'essential' : 'pass';
    }),
  };
}

/** Whether a client's header of this name is dropped because a back end could take it for one of ours. */
export function isForgeable(name: string, names: ProtectedNames): boolean {
  return names.fate(name) === 'forgeable';
}

/**
 * The client's headers without everything it must not say: forgeable, hop-by-hop, nominated, framing and Host.
 * The caller appends Host (canonical), its forwarded context and the asserted identity; the proxy adds the framing.
 */
export function stripInbound(headers: RawHeaders, names: ProtectedNames): string[] {
  const kept: string[] = [];
  let nominated: Set<string> | undefined;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at]!;
    const fate = names.fate(name);
    if (fate === 'pass' || fate === 'essential') kept.push(name, headers[at + 1]!);
    else if (fate === 'hop-by-hop' && name.length === 10) nominated = nominations(name, headers[at + 1]!, nominated);
  }
  return nominated === undefined ? kept : withoutNominated(kept, nominated, names);
}

function nominations(name: string, value: string, known: Set<string> | undefined): Set<string> | undefined {
  if (name.toLowerCase() !== 'connection' || /^(?:keep-alive|close)$/i.test(value)) return known;
  const all = known ?? new Set<string>();
  for (const item of value.split(',')) all.add(item.trim().toLowerCase());
  return all;
}

function withoutNominated(headers: readonly string[], nominated: ReadonlySet<string>, names: ProtectedNames): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at]!;
    if (names.fate(name) === 'essential' || !nominated.has(name.toLowerCase())) kept.push(name, headers[at + 1]!);
  }
  return kept;
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
