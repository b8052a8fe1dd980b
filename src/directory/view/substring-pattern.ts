/**
 * SubstringPattern is `initial*any*any*final` over normal forms (RFC 4511, 4.5.1.7.2): the pieces occur in the value in this order,
 * none over another.
 */
export interface SubstringPattern {
  readonly initial: Uint8Array | undefined;
  readonly any: readonly Uint8Array[];
  readonly final: Uint8Array | undefined;
}

/** Whether the octets from `start` to `end`, a normal form, have the pattern. */
export function hasPattern(octets: Uint8Array, start: number, end: number, pattern: SubstringPattern): boolean {
  let from = start;
  let to = end;
  const { initial, final } = pattern;
  if (initial !== undefined) {
    if (!hasAt(octets, from, to, initial)) return false;
    from += initial.length;
  }
  if (final !== undefined) {
    if (!hasAt(octets, Math.max(from, to - final.length), to, final)) return false;
    to -= final.length;
  }
  for (const piece of pattern.any) {
    while (from + piece.length <= to && !hasAt(octets, from, to, piece)) from += 1;
    if (from + piece.length > to) return false;
    from += piece.length;
  }
  return true;
}

/** The piece that a search for candidates looks for: the longest, which the fewest values have. */
export function longestPiece({ initial, any, final }: SubstringPattern): Uint8Array {
  let longest = initial ?? final ?? any[0]!;
  if (final !== undefined && final.length > longest.length) longest = final;
  for (const piece of any) if (piece.length > longest.length) longest = piece;
  return longest;
}

function hasAt(octets: Uint8Array, at: number, end: number, piece: Uint8Array): boolean {
  if (at + piece.length > end) return false;
  for (let index = 0; index < piece.length; index += 1) if (octets[at + index] !== piece[index]) return false;
  return true;
}
