/**
 * The generated parts of the documents: text between `<!-- NAME -->` and `<!-- /NAME -->`, each mark on a line of its own.
 *
 * A script prints its part, or writes it with `--write`; tests/tree/generated.test.ts checks that what is
 * committed is what the script prints.
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** The part `name` of a document's text, without the blank lines around it; undefined when it has none. */
export function generatedPart(document: string, name: string): string | undefined {
  return pattern(name).exec(document)?.[2];
}

/** Prints `part`; with `--write` among the arguments puts it into `file` instead. */
export function publishPart(part: string, name: string, file: string): void {
  if (!process.argv.includes('--write')) {
    process.stdout.write(part);
    return;
  }
  const document = readFileSync(file, 'utf8');
  if (generatedPart(document, name) === undefined) throw new Error(`${file} has no part <!-- ${name} -->`);
  writeFileSync(
    file,
    document.replace(pattern(name), (_all, open: string, _old: string, close: string) => open + part + close),
  );
}

function pattern(name: string): RegExp {
  return new RegExp(`(^<!-- ${name} -->\\n\\n)([\\s\\S]*?)(\\n<!-- /${name} -->$)`, 'm');
}
