/** Configuration as the documentation shows it: fenced blocks taken as they stand, with addresses put in place. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGES = join(import.meta.dirname, '..', '..', 'docs', 'integrations');

/** The `nth` (from 0) block of `language` on a page of docs/integrations. */
export function fencedBlock(page: string, language: string, nth = 0): string {
  const blocks = [...readFileSync(join(PAGES, page), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const text = blocks.filter(([, found]) => found === language)[nth]?.[2];
  assert.ok(text !== undefined, `${page} has no block ${nth} of ${language}`);
  return text;
}

/** `text` with every key of `replacements` replaced wherever it stands; one that stands nowhere fails the test. */
export function adapted(text: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((result, [from, to]) => {
    assert.ok(result.includes(from), `the documented configuration no longer contains ${from}`);
    return result.replaceAll(from, to);
  }, text);
}
