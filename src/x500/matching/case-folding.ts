/**
 * Case folding of RFC 3454, table B.2: the text that spellings in any case have in common, in normalization form KC.
 *
 * The table is that of Unicode's full case folding, which the runtime does not offer by name but has: the lower case of
 * the upper case of a character. Tests compare with the table itself.
 */

/** Folds and normalizes; doing it twice changes nothing. */
export function foldCase(text: string): string {
  const folded = foldCharacters(text).normalize('NFKC');
  // Compatibility characters such as ℌ hide letters that only the normalization shows.
  const again = foldCharacters(folded);
  return again === folded ? folded : again.normalize('NFKC');
}

function foldCharacters(text: string): string {
  let folded = '';
  for (const character of text) folded += foldCharacter(character);
  return folded;
}

/** By character, not by text: the lower case of a sigma depends on where it stands, its folding does not. */
function foldCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x80) return character.toLowerCase();
  // The dotless i is a letter of its own; its upper case is not its folding.
  if (code === 0x131) return character;
  return character.toLowerCase().toUpperCase().toLowerCase();
}
