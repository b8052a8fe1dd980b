/** A password as guessers think of it: without regard to case and compatibility forms. For comparing with lists, never for verifying. */
export function foldPassword(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
