/** What a command prints: a table or JSON for programs. */

/** Where a command writes; standard output and error in the program, a buffer in a test. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** The whole of standard input, for `--password-stdin`. */
  readInput(): Promise<string>;
}

/** Stable exit codes: scripts may rely on them (docs/operations/command-line.md). */
export const EXIT = {
  ok: 0,
  /** The command ran, and the answer is no: refused, invalid, not found, broken. */
  no: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** Something that had to answer did not. */
  unavailable: 3,
} as const;

export type OutputFormat = 'table' | 'json';

/** Columns of text, as wide as their widest cell; nothing but a line for no rows. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '(none)\n';
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => printable(cell).padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  return `${[line(headings), ...rows.map(line)].join('\n')}\n`;
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Control characters in a name would write on the operator's terminal (attack S11). */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}|[\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
  });
}
