/**
 * CanonicalTarget is the path that rules decide on, and at the same time the path that is forwarded.
 *
 * Gateways fall when they decide on one reading of a path and the back end serves another. So there is no clever
 * normalisation: what two programs could read differently is `'ambiguous'` and gets 400, and only what every program
 * reads alike is rewritten into one form.
 *
 * Ambiguous: `//`; a segment made of dots and blanks only (`.`, `..`, encoded or not); `;` and `\`, raw or encoded;
 * an encoded `/`; control characters; percent signs that decode to another percent sequence; escapes that are not
 * UTF-8 (overlong ones included); raw octets above 7E; `#`; `*`, authority-form and foreign schemes; over 8 KiB.
 * Rewritten: escapes of unreserved characters are decoded, other escapes get upper-case digits, raw characters that
 * no path may hold (`"<>^`{|}` and the brackets) are escaped, and http absolute-form loses scheme and authority.
 * The query is forwarded octet by octet. RFC 3986 sections 3.3 and 6.2.2, RFC 9112 section 3.2.
 */
declare const canonicalPathBrand: unique symbol;
/** A decoded, absolute path without ambiguity: what rules are matched against. */
export type CanonicalPath = string & { readonly [canonicalPathBrand]: 'CanonicalPath' };

export interface CanonicalTarget {
  /** Decoded; the text a person would write. Rules match this and nothing else. */
  readonly path: CanonicalPath;
  /** Path and query in canonical encoding; decodes to `path`; what the back end gets. */
  readonly forwarded: string;
}

const LONGEST_TARGET = 8_192;
/** Needs no rewriting: unreserved, sub-delimiters but `;`, `:` and `@`; no empty segment, none of dots only. */
const PLAIN_PATH = /^(?:\/(?!\.+(?:\/|$))[A-Za-z0-9._~!$&'()*+,=:@-]+)*\/?$/;
const FORBIDDEN_RAW = /[^\x21-\x7e]|[;\\#]|\/\//;
const QUERY = /^[\x21\x22\x24-\x7e]*$/;
const ORIGIN_OF_ABSOLUTE_FORM = /^https?:\/\/[^/?#@\\]+/i;
const NEEDS_ESCAPE = /["<>^`{|}[\]]/g;
const ESCAPES = /(?:%[0-9A-Fa-f]{2})+/g;
const UNRESERVED = /^[A-Za-z0-9._~-]$/;
/** After decoding: separators, controls (C0, DEL, C1) and what a second decoding would turn into something else. */
const FORBIDDEN_DECODED = /[;\\\p{Cc}]|%(?:[0-9A-Fa-f]{2}|[uU])/u;
const DOTS_AND_BLANKS = /\/[.\s]+(?:\/|$)/;

/** The one form of a request target, or `'ambiguous'`: answer 400 before any rule is asked. */
export function canonicalPath(target: string): CanonicalTarget | 'ambiguous' {
  if (target.length > LONGEST_TARGET) return 'ambiguous';
  const origin = target.startsWith('/') ? target : originForm(target);
  if (origin === undefined) return 'ambiguous';
  const mark = origin.indexOf('?');
  const rawPath = mark === -1 ? origin : origin.slice(0, mark);
  if (mark !== -1 && !QUERY.test(origin.slice(mark))) return 'ambiguous';
  if (PLAIN_PATH.test(rawPath)) return { path: rawPath as CanonicalPath, forwarded: origin };
  const path = decodePath(rawPath);
  if (path === undefined) return 'ambiguous';
  return { path, forwarded: normalEscapes(rawPath) + (mark === -1 ? '' : origin.slice(mark)) };
}

declare const pathPrefixBrand: unique symbol;
/** The subtree of paths a rule is about, without its trailing slash (the root is the empty text). */
export type PathPrefix = string & { readonly [pathPrefixBrand]: 'PathPrefix' };

/** Parses the `path` of a rule, written decoded (`/données`) or escaped; undefined when no request could reach it. */
export function parsePathPrefix(text: string): PathPrefix | undefined {
  if (!text.startsWith('/') || /[?#]/.test(text)) return undefined;
  const target = canonicalPath(text.replace(/[^\x21-\x7e]+/gu, (run) => encodeURIComponent(run.toWellFormed())));
  if (target === 'ambiguous') return undefined;
  return (target.path.endsWith('/') ? target.path.slice(0, -1) : target.path) as PathPrefix;
}

/**
 * Whether `path` lies in the subtree. `/idm` and `/idm/` are the same rule: both cover `/idm`, `/idm/` and `/idm/x`,
 * neither covers `/idmx`. (Many back ends answer `/idm` and `/idm/` alike, so a rule that left one open would be a hole.)
 * Letters are compared exactly; a back end that ignores case needs a rule on `/`.
 */
export function pathMatches(prefix: PathPrefix, path: CanonicalPath): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');
}

/** Absolute-form as origin-form; undefined for every other form. */
function originForm(target: string): string | undefined {
  const origin = ORIGIN_OF_ABSOLUTE_FORM.exec(target)?.[0];
  if (origin === undefined) return undefined;
  const rest = target.slice(origin.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : undefined;
}

function decodePath(raw: string): CanonicalPath | undefined {
  if (FORBIDDEN_RAW.test(raw) || /%2f/i.test(raw)) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch {
    return undefined;
  }
  return FORBIDDEN_DECODED.test(path) || DOTS_AND_BLANKS.test(path) ? undefined : (path as CanonicalPath);
}

function normalEscapes(raw: string): string {
  return raw.replace(ESCAPES, normalRun).replace(NEEDS_ESCAPE, encodeURIComponent);
}

function normalRun(run: string): string {
  return run.replace(/%[0-9A-Fa-f]{2}/g, (octet) => {
    const character = String.fromCharCode(Number.parseInt(octet.slice(1), 16));
    return UNRESERVED.test(character) ? character : octet.toUpperCase();
  });
}
