/**
 * LineSplitter turns the octets of a source file into lines, chunk by chunk, and hands them to a LineReader.
 *
 * Lines end in LF or CRLF; a byte order mark at the start is dropped. A line that is too long or is not UTF-8 is
 * left out and reported, and the others still count: one bad line must not lock everybody out. Where what is left out
 * could let somebody in (a member of a denied group), SourceFile does not take such a file (`whole`).
 */

/** What a reader has to say about a line: it makes no sense, or it does but deserves a look. No secret in it. */
export interface LineFinding {
  readonly kind: 'broken' | 'noted';
  readonly what: string;
}

/** Understands the lines of one kind of file. Made anew for each reading. */
export interface LineReader<Content> {
  /** Takes the next line, without its end. */
  take(line: string): LineFinding | undefined;
  /** What the lines came to; asked once, after the last. */
  content(): Content;
}

export interface LinesRead<Content> {
  readonly content: Content;
  /** The first findings, with line numbers from 1; `more` were not kept. */
  readonly findings: readonly (LineFinding & { readonly line: number })[];
  readonly more: number;
  /** The first line that makes no sense. */
  readonly broken: (LineFinding & { readonly line: number }) | undefined;
  /** True when the last line has no end and makes no sense: the file was cut while it was being written. */
  readonly cut: boolean;
}

const MOST_FINDINGS = 10;
const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = '\ufeff';
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class LineSplitter<Content> {
  readonly #reader: LineReader<Content>;
  readonly #longestLine: number;
  readonly #findings: (LineFinding & { readonly line: number })[] = [];
  #more = 0;
  #broken: LinesRead<Content>['broken'];
  #line = 0;
  /** The start of a line whose end has not come yet; undefined once it is too long to be kept. */
  #begun: Buffer[] | undefined = [];
  #begunOctets = 0;

  /** `longestLine` in octets, its end not counted. */
  constructor(reader: LineReader<Content>, longestLine: number) {
    this.#reader = reader;
    this.#longestLine = longestLine;
  }

  /** The chunk is not kept. */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      this.#add(chunk.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    // Copied, because the caller reads the next chunk into the same buffer.
    this.#add(Buffer.from(chunk.subarray(start)));
  }

  end(): LinesRead<Content> {
    const finding = this.#begunOctets > 0 ? this.#endLine() : undefined;
    return {
      content: this.#reader.content(),
      findings: this.#findings,
      more: this.#more,
      broken: this.#broken,
      cut: finding?.kind === 'broken',
    };
  }

  #add(octets: Buffer): void {
    this.#begunOctets += octets.length;
    if (this.#begunOctets > this.#longestLine + 1) this.#begun = undefined;
    else if (octets.length > 0) this.#begun?.push(octets);
  }

  #endLine(): LineFinding | undefined {
    this.#line++;
    const finding = this.#takeLine();
    this.#begun = [];
    this.#begunOctets = 0;
    if (finding === undefined) return undefined;
    const placed = { ...finding, line: this.#line };
    if (finding.kind === 'broken') this.#broken ??= placed;
    if (this.#findings.length < MOST_FINDINGS) this.#findings.push(placed);
    else this.#more++;
    return finding;
  }

  #takeLine(): LineFinding | undefined {
    if (this.#begun === undefined) return tooLong(this.#longestLine);
    let octets = this.#begun.length === 1 ? this.#begun[0]! : Buffer.concat(this.#begun);
    if (octets.at(-1) === CR) octets = octets.subarray(0, -1);
    if (octets.length > this.#longestLine) return tooLong(this.#longestLine);
    let text: string;
    try {
      text = utf8.decode(octets);
    } catch {
      return { kind: 'broken', what: 'is not UTF-8' };
    }
    return this.#reader.take(this.#line === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  }
}

/** Reads all octets at once. */
export function readLines<Content>(
  octets: Buffer,
  reader: LineReader<Content>,
  longestLine: number,
): LinesRead<Content> {
  const splitter = new LineSplitter(reader, longestLine);
  splitter.push(octets);
  return splitter.end();
}

function tooLong(longestLine: number): LineFinding {
  return { kind: 'broken', what: `is longer than ${longestLine} octets` };
}
