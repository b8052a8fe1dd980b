/** What a fault repeats of a file: short, and nothing of it acts on a terminal. */
const LONGEST = 100;

export function shortened(text: string): string {
  return text.slice(0, LONGEST);
}

/** A value in quotes. */
export function quoted(value: Buffer): string {
  return JSON.stringify(shortened(value.toString('utf8', 0, 4 * LONGEST))).replace(/\p{Cc}/gu, '?');
}
