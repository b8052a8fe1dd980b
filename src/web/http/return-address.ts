/**
 * The address to go back to after a login, when it is safe to go there.
 *
 * Browsers forgive much (`/\evil`, `//evil`, tabs and newlines inside, user information), so the text is checked for what
 * they forgive before it is parsed, and the answer is the parser's own serialization. Attack S10.
 */
import { canonicalHost } from './host.ts';

/** Characters of an address to come back to. */
export const LONGEST_ADDRESS = 4_096;

/**
 * A path on this host (`/idm/?x=1`), or an absolute http(s) address whose host is in `allowedHosts` (canonical hosts,
 * without ports; ports are free). Undefined for everything else. `secureOnly` refuses plain-http addresses.
 */
export function safeReturnAddress(
  text: string,
  allowedHosts: ReadonlySet<string>,
  secureOnly = false,
): string | undefined {
  if (text.length === 0 || text.length > LONGEST_ADDRESS || !/^[\x21-\x7e]+$/.test(text) || text.includes('\\')) {
    return undefined;
  }
  return text.startsWith('/') ? localAddress(text) : absoluteAddress(text, allowedHosts, secureOnly);
}

function localAddress(text: string): string | undefined {
  const url = URL.canParse(text, LOCAL_BASE) ? new URL(text, LOCAL_BASE) : undefined;
  if (url === undefined || url.origin !== LOCAL_BASE) return undefined;
  const address = url.pathname + url.search + url.hash;
  // Dot segments can leave a path that begins with two slashes: `/.//evil`.
  return address.startsWith('//') ? undefined : address;
}

const LOCAL_BASE = 'http://return.invalid';

function absoluteAddress(text: string, allowedHosts: ReadonlySet<string>, secureOnly: boolean): string | undefined {
  if (!/^https?:\/\/[^/?#@]+(?:[/?#]|$)/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const host = canonicalHost(url.hostname);
  const schemeAllowed = url.protocol === 'https:' || (url.protocol === 'http:' && !secureOnly);
  if (!schemeAllowed || url.username !== '' || url.password !== '' || host === undefined) return undefined;
  return allowedHosts.has(host) ? url.href : undefined;
}
