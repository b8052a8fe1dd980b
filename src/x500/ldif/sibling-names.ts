/**
 * SiblingNames parses distinguished names of which one after the other often has the same parent, as in an LDIF file:
 * the parent's name is parsed once.
 */
import { isUtf8 } from 'node:buffer';
import {
  type DistinguishedName,
  parseDistinguishedName,
  type RelativeDistinguishedName,
} from '../distinguished-name.ts';

/** Below this no limit of a name is near, and the parts can be parsed apart. */
const LONGEST = 1000;
const MOST_PARENT_RDNS = 32;

export class SiblingNames {
  #parentText: string | undefined;
  #parent: readonly RelativeDistinguishedName[] = [];

  /** The name that is written in these octets; undefined when none is. */
  parse(octets: Buffer): DistinguishedName | undefined {
    if (!isUtf8(octets)) return undefined;
    const text = octets.toString('utf8');
    const comma = text.indexOf(',');
    // Without a backslash before it the first comma ends the first part (RFC 4514, 2.4).
    if (comma < 0 || text.length > LONGEST || text.lastIndexOf('\\', comma) >= 0) return parseDistinguishedName(text);
    const parentText = text.slice(comma + 1);
    if (parentText !== this.#parentText) {
      const parent = parseDistinguishedName(parentText)?.rdns ?? [];
      if (parent.length === 0 || parent.length > MOST_PARENT_RDNS) return parseDistinguishedName(text);
      this.#parentText = parentText;
      this.#parent = parent;
    }
    const [rdn, ...more] = parseDistinguishedName(text.slice(0, comma))?.rdns ?? [];
    return rdn === undefined || more.length > 0 ? undefined : { rdns: [rdn, ...this.#parent] };
  }
}
