/**
 * Case folding of RFC 3454, table B.2: the text that spellings in any case have in common, in normalization form KC.
 *
 * The table is that of Unicode's full case folding, which the runtime does not offer by name but has: the lower case of
 * the upper case of a character. Tests compare with the table itself.
 */

/** Folds and normalizes; doing it twice changes nothing. */
export function foldCase(text: string): string {
  const folded = foldCharacters(text);
  const composed = folded.normalize('NFKC');
  // Compatibility characters such as ℌ hide letters that only the normalization shows.
  return composed === folded ? folded : foldCharacters(composed).normalize('NFKC');
}

/** What folding makes something else of. */
const CHANGES = /\p{Changes_When_Casefolded}/u;

function foldCharacters(text: string): string {
  // Lower case is the folding of nearly all letters; those of which it is not fold on.
  const lower = text.toLowerCase();
  if (!CHANGES.test(lower)) return lower;
  let folded = '';
  for (const character of text) folded += foldCharacter(character);
  return folded;
}

/** By character, not by text: the lower case of a sigma depends on where it stands, its folding does not. */
function foldCharacter(character: string): string {
  // The dotless i is a letter of its own; its upper case is not its folding.
  return character === 'ı' ? character : character.toLowerCase().toUpperCase().toLowerCase();
}
