/**
 * The written form of a key's place: `services.portal.authorizedGroups`, `realms.staff.modules[1].urls`, `roles."a.b"[0]`.
 *
 * A key that holds anything but letters, digits, `_` and `-` is quoted as JSON does it, so that a path never breaks a line.
 */
import type { KeyPath } from './config-tree.ts';

const BARE = /^[\p{L}\p{N}_-]+$/u;
const SEGMENT = /(?:(^|\.)(?:("(?:[^"\\]|\\.)*")|([^."[\]\s]+))|\[(\d{1,6})\])/uy;
const MAX_SEGMENTS = 64;

export function formatKeyPath(path: KeyPath): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else text += (text === '' ? '' : '.') + (BARE.test(segment) ? segment : JSON.stringify(segment));
  }
  return text;
}

/** The inverse of `formatKeyPath`; the empty text is the root. Undefined for anything that is no key path. */
export function parseKeyPath(text: string): KeyPath | undefined {
  const path: (string | number)[] = [];
  let position = 0;
  while (position < text.length) {
    SEGMENT.lastIndex = position;
    const match = SEGMENT.exec(text);
    // A first key has no dot before it, and every later one has.
    if (match === null || (match[1] !== undefined && (match[1] === '') !== (position === 0))) return undefined;
    const [, , quoted, bare, index] = match;
    const segment = index !== undefined ? Number(index) : quoted !== undefined ? unquote(quoted) : bare;
    if (segment === undefined || segment === '' || path.length === MAX_SEGMENTS) return undefined;
    path.push(segment);
    position = SEGMENT.lastIndex;
  }
  return path;
}

function unquote(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
