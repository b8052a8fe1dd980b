/**
 * The .properties format of java.util.Properties (its `load`), read as UTF-8.
 *
 * `key=value`, `key: value` or `key value`; `#` and `!` begin a comment; a backslash escapes the next character
 * (`\t \n \r \f \uXXXX`) and at the end of a line joins the next one to it; blanks before key and value do not count,
 * blanks after the value do. Of a repeated key the last one decides, as in Java.
 */
import type { LineFinding, LineReader } from './line-splitter.ts';

/** Octets of a line, or characters of several joined to one. */
export const LONGEST_PROPERTY = 1024 * 1024;

/** Understands the entries of one kind of properties file. */
export interface EntryReader<Content> {
  take(key: string, value: string): LineFinding | undefined;
  content(): Content;
}

export class PropertiesReader<Content> implements LineReader<Content> {
  readonly #entries: EntryReader<Content>;
  /** The start of an entry whose line ended in a backslash. */
  #begun: string | undefined;

  constructor(entries: EntryReader<Content>) {
    this.#entries = entries;
  }

  take(line: string): LineFinding | undefined {
    const text = line.replace(/^[ \t\f]+/, '');
    if (this.#begun === undefined && (text === '' || text.startsWith('#') || text.startsWith('!'))) return undefined;
    const whole = (this.#begun ?? '') + text;
    this.#begun = undefined;
    if (whole.length > LONGEST_PROPERTY) return { kind: 'broken', what: 'is continued for too long' };
    if (endsOpen(whole)) {
      this.#begun = whole.slice(0, -1);
      return undefined;
    }
    return this.#entry(whole);
  }

  content(): Content {
    if (this.#begun !== undefined) this.#entry(this.#begun);
    return this.#entries.content();
  }

  #entry(text: string): LineFinding | undefined {
    const [, rawKey = '', rawValue = ''] = ENTRY.exec(text) ?? [];
    const key = unescaped(rawKey);
    const value = unescaped(rawValue);
    if (key === undefined || value === undefined) return { kind: 'broken', what: 'has a \\u without four digits' };
    return this.#entries.take(key, value);
  }
}

/** A key up to the first blank, `=` or `:` that is not escaped; one `=` or `:` with blanks around it; the value. */
const ENTRY = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*(?:[=:][ \t\f]*)?(.*)$/su;

/** An odd number of backslashes at the end: the last one is not itself escaped. */
function endsOpen(text: string): boolean {
  let position = text.length;
  while (position > 0 && text[position - 1] === '\\') position--;
  return (text.length - position) % 2 === 1;
}

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
]);

/** `undefined` where Java would throw. */
function unescaped(text: string): string | undefined {
  if (/\\u(?![0-9a-fA-F]{4})/.test(text.replaceAll('\\\\', ''))) return undefined;
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gsu, (_, hex: string | undefined, character: string) =>
    hex === undefined ? (CONTROLS.get(character) ?? character) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
