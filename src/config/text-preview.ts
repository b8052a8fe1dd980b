/** What an edit would change, in the manner of `diff -u`: one hunk from the first to the last line that differs. */

const CONTEXT = 3;

/** Empty when nothing differs. `shown` gives the lines to print for each side, so that secrets can be hidden. */
export function previewOf(
  file: string,
  before: string,
  after: string,
  shown: { readonly before: string; readonly after: string },
): string {
  const [old, next] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < next.length && old[head] === next[head]) head += 1;
  if (head === old.length && head === next.length) return '';
  let tail = 0;
  const shorter = Math.min(old.length, next.length) - head;
  while (tail < shorter && old[old.length - 1 - tail] === next[next.length - 1 - tail]) tail += 1;

  const [oldShown, nextShown] = [linesOf(shown.before), linesOf(shown.after)];
  const first = Math.max(0, head - CONTEXT);
  const beyond = Math.min(CONTEXT, tail);
  const part = (sign: string, lines: readonly string[], from: number, to: number) =>
    lines
      .slice(from, to)
      .map((line) => `${sign}${line}\n`)
      .join('');
  const oldEnd = old.length - tail;
  const nextEnd = next.length - tail;
  return [
    `--- ${file}\n+++ ${file}\n`,
    `@@ -${range(first, oldEnd + beyond)} +${range(first, nextEnd + beyond)} @@\n`,
    part(' ', nextShown, first, head),
    part('-', oldShown, head, oldEnd),
    part('+', nextShown, head, nextEnd),
    part(' ', nextShown, nextEnd, nextEnd + beyond),
  ].join('');
}

function range(from: number, to: number): string {
  return `${to > from ? from + 1 : from},${to - from}`;
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
