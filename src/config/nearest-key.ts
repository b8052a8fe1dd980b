/** Finds what a mistyped key was probably meant to be. */

/**
 * The one of `known` nearest to `written`: the same but for case and separators, or within a third of its length in
 * insertions, deletions, replacements and swaps (optimal string alignment). Undefined when nothing is near.
 */
export function nearestKey(written: string, known: Iterable<string>): string | undefined {
  const wanted = fold(written);
  // A key of half a line is no slip of the hand, and the comparison is quadratic.
  if (wanted.length > 64) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = distanceBetween(wanted, fold(candidate));
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** `; did you mean "address"?`, or nothing. */
export function suggestion(written: string, known: Iterable<string>): string | undefined {
  const nearest = nearestKey(written, known);
  return nearest === undefined ? undefined : `did you mean ${JSON.stringify(nearest)}?`;
}

function fold(key: string): string {
  return key.toLowerCase().replaceAll(/[-_\s]/g, '');
}

function distanceBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min(last[j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, beforeLast[j - 2]! + 1);
      }
      row.push(distance);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
