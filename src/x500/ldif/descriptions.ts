/**
 * Descriptions are the attribute descriptions of a file, the same in every spelling, each with what the record that is
 * being read has of it: values that stand apart in a record come together without a search.
 */
import { shortened } from './fault-text.ts';

/** An attribute while its record is read. */
export interface OpenAttribute {
  readonly attribute: string;
  readonly values: Uint8Array[];
}

export const NO_ATTRIBUTE: OpenAttribute = { attribute: '', values: [] };

/** A description in any spelling. */
export interface Description {
  /** In lower case: descriptions are compared so. */
  readonly key: string;
  /** Why it can be no attribute of an entry; undefined when it can. */
  readonly objection: string | undefined;
  /** The number of the record that `open` belongs to. */
  record: number;
  open: OpenAttribute;
}

export interface SpelledDescription {
  readonly text: string;
  readonly description: Description;
}

/** So many are remembered from one record to the next; options such as dates make new ones without end. */
const MOST = 4096;
const DESCRIPTION = /^(?:[a-z][a-z0-9-]*|\d+(?:\.\d+)+)(?:;[a-z0-9-]+)*$/i;

export function isDescription(text: string): boolean {
  return DESCRIPTION.test(text);
}

export class Descriptions {
  readonly #known = new Map<string, Description>();

  spelled(text: string): SpelledDescription {
    const key = text.toLowerCase();
    let description = this.#known.get(key);
    if (description === undefined) {
      description = { key, objection: objectionTo(key), record: 0, open: NO_ATTRIBUTE };
      this.#known.set(key, description);
    }
    return { text, description };
  }

  /** Forgets all when there are too many; returns whether it did. Only between two records. */
  tidy(): boolean {
    if (this.#known.size <= MOST) return false;
    this.#known.clear();
    return true;
  }
}

function objectionTo(key: string): string | undefined {
  if (key === 'dn') return 'dn: inside of a record; is a blank line missing before it?';
  if (key === 'changetype') return 'changetype: belongs right after dn:';
  return isDescription(key) ? undefined : `not an attribute: ${shortened(key)}`;
}
