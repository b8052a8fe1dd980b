/**
 * keywordMatch and wordMatch: a word within a text (RFC 4517, 4.2.21 and 4.2.35). What a keyword is, the standard leaves
 * to the server; here both are the words between blanks and punctuation, case ignored.
 */
import { prepareString } from './string-preparation.ts';

const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}]+/u;

/** Whether the assertion's words stand in the value, one after the other. */
export function hasWords(value: Uint8Array, assertion: Uint8Array): boolean | undefined {
  const [text, asked] = [wordsOf(value), wordsOf(assertion)];
  if (text === undefined || asked === undefined || asked === '  ') return undefined;
  return text.includes(asked);
}

/** The words, each with a blank before and after. */
function wordsOf(value: Uint8Array): string | undefined {
  const prepared = prepareString(value, true, 'value');
  return prepared === undefined
    ? undefined
    : ` ${Buffer.from(prepared).toString('utf8').split(BETWEEN_WORDS).filter(Boolean).join(' ')} `;
}
