/** ChainVerifier follows one chain record by record and reports where it breaks. Fed file by file, line by line. */
import { createHash } from 'node:crypto';
import type { Instant, Milliseconds } from '../base/index.ts';
import type { AuditId } from './audit-id.ts';
import { type HeadFields, type HeadVerifier, isGenuine } from './head.ts';
import type { FileRecord, HeadRecord, Numbered, TornTail } from './record.ts';
import { frameOf, hashOf, type LineFrame, ORIGIN, readAuditRecord } from './record-codec.ts';

/**
 * altered     a line was changed, added, or is not what its hash says
 * missing     records that must be there are not
 * reordered   a record stands where a later or earlier one belongs
 * cut         the chain ends before a head that was signed
 * head        a head is not genuine or its file is gone or broken
 * unsigned    minutes of records that no head covers
 * unreadable  a file could not be read
 */
export interface Problem {
  readonly kind: 'altered' | 'missing' | 'reordered' | 'cut' | 'head' | 'unsigned' | 'unreadable';
  readonly file: string;
  /** Line in the file, from 1. */
  readonly line?: number;
  readonly message: string;
}

export interface ChainReport {
  readonly chain: string;
  readonly files: number;
  readonly records: number;
  /** Number of the first record that is still kept; what came before was deleted by age. */
  readonly first: number;
  readonly last: number;
  readonly from?: Instant;
  readonly to?: Instant;
  /** The last genuine head: write its id down, to compare at the next verification. */
  readonly head?: AuditId;
  /** Records after what the last head covers. */
  readonly unsigned: number;
  /** Octets of torn lines, set aside by a restart or at the end of the last file. */
  readonly torn: number;
}

interface Seen {
  readonly n: number;
  readonly at: Instant;
  readonly hash: string;
  readonly isHead: boolean;
}

/** Heads are signed each minute; records that stay without one for so long were kept from being signed. */
const LONGEST_UNSIGNED: Milliseconds = 5 * 60_000;
const NEWLINE = Buffer.from('\n');

/** Counts and digests octets that are no record. */
class UnknownOctets {
  /** Where they begin, in lines from 1. */
  readonly line: number;
  #octets = 0;
  readonly #digest = createHash('sha256');

  constructor(line: number) {
    this.line = line;
  }

  add(octets: Buffer): void {
    this.#octets += octets.length;
    this.#digest.update(octets);
  }

  asTornTail(file: string): TornTail {
    return { file, octets: this.#octets, digest: this.#digest.digest('base64url') };
  }
}

export class ChainVerifier {
  readonly #chain: string;
  readonly #verify: HeadVerifier;
  readonly #problem: (problem: Problem) => void;
  readonly #heads = new Set<AuditId>();
  #file = '';
  #line = 0;
  #isFileBegun = false;
  /** What is no record: damage when a record follows in the same file, else a torn tail. */
  #unknown: UnknownOctets | undefined;
  #files = 0;
  #records = 0;
  #first: Numbered | undefined;
  #at: Instant | undefined;
  /** Number and hash of the record before the next. */
  #n = 0;
  #hash = ORIGIN;
  /** What no head covers yet. */
  #unsigned: Seen[] = [];
  #lastHead: AuditId | undefined;
  /** Records before this number may be gone: a retention act said so. */
  #expired = 0;
  /** The torn tail that the next file must name. */
  #torn: TornTail | undefined;
  #tornOctets = 0;

  constructor(chain: string, verify: HeadVerifier, problem: (problem: Problem) => void) {
    this.#chain = chain;
    this.#verify = verify;
    this.#problem = problem;
  }

  get headIds(): Iterable<AuditId> {
    return this.#heads;
  }

  beginFile(name: string): void {
    this.#file = name;
    this.#line = 0;
    this.#isFileBegun = false;
    this.#files += 1;
  }

  line(octets: Buffer): void {
    this.#line += 1;
    const frame = frameOf(octets);
    if (frame === undefined) {
      this.#unknown ??= new UnknownOctets(this.#line);
      this.#unknown.add(octets);
      this.#unknown.add(NEWLINE);
      return;
    }
    if (this.#unknown !== undefined) {
      this.#problem({
        kind: 'altered',
        file: this.#file,
        line: this.#unknown.line,
        message: 'this line is not a record',
      });
      this.#unknown = undefined;
    }
    const { kind } = frame;
    if (this.#isFileBegun) {
      if (kind === 'file') this.#report('altered', 'only the first record of a file may begin one');
    } else this.#beginRecords(octets);
    this.#isFileBegun = true;
    this.#follow(frame, kind === 'head');
    if (kind === 'head' || (kind === 'act' && octets.includes('"audit.expire"'))) this.#read(octets);
  }

  /** `rest` is what follows the last newline of the file. */
  endFile(rest: Buffer): void {
    if (rest.length > 0) {
      this.#unknown ??= new UnknownOctets(this.#line + 1);
      this.#unknown.add(rest);
    }
    if (this.#unknown === undefined) return;
    this.#torn = this.#unknown.asTornTail(this.#file);
    this.#tornOctets += this.#torn.octets;
    this.#unknown = undefined;
  }

  unreadable(): void {
    this.#problem({ kind: 'unreadable', file: this.#file, message: 'the file cannot be read' });
  }

  finish(beside: HeadFields | 'none' | 'broken'): ChainReport {
    const file = `audit-${this.#chain}.head`;
    const problem = (kind: Problem['kind'], message: string) => this.#problem({ kind, file, message });
    if (beside === 'broken') problem('head', 'the signed head is broken');
    else if (beside === 'none') {
      if (this.#lastHead !== undefined) problem('head', 'the signed head beside the chain is gone');
    } else if (!isGenuine(this.#chain, beside, this.#verify)) problem('head', 'the signed head is not genuine');
    else if (!this.#heads.has(beside.id)) {
      problem('cut', `the chain ends or breaks before head ${beside.id}, which signed ${beside.upTo} records`);
    }
    if (this.#first !== undefined && this.#first.n > this.#expired + 1) {
      problem('missing', `records 1 to ${this.#first.n - 1} are gone, and no retention act names them`);
    }
    const pending = this.#unsigned.filter((seen) => !seen.isHead);
    if (pending.length > 0 && pending.at(-1)!.at - pending[0]!.at > LONGEST_UNSIGNED) {
      problem('unsigned', `no head covers the records from ${pending[0]!.n} to ${pending.at(-1)!.n}`);
    }
    return {
      chain: this.#chain,
      files: this.#files,
      records: this.#records,
      first: this.#first?.n ?? 0,
      last: this.#n,
      ...(this.#first === undefined ? {} : { from: this.#first.at }),
      ...(this.#at === undefined ? {} : { to: this.#at }),
      ...(this.#lastHead === undefined ? {} : { head: this.#lastHead }),
      unsigned: pending.length,
      torn: this.#tornOctets,
    };
  }

  #report(kind: Problem['kind'], message: string): void {
    this.#problem({ kind, file: this.#file, line: this.#line, message });
  }

  /** The first record of a file ties it to the one before. */
  #beginRecords(octets: Buffer): void {
    const record = readAuditRecord(octets);
    const torn = this.#torn;
    this.#torn = undefined;
    if (record?.kind !== 'file' || record.chain !== this.#chain) {
      this.#report('altered', 'the file does not begin as one of this chain');
      return;
    }
    if (torn !== undefined && !names(record, torn)) {
      this.#report('altered', `${torn.file} ends in a torn line that this file does not name`);
    }
    if (this.#records > 0) return;
    this.#n = record.previous.n;
    this.#hash = record.previous.hash;
  }

  #follow(frame: LineFrame, isHead: boolean): void {
    const { n, at } = frame;
    if (n > this.#n + 1) this.#report('missing', `records ${this.#n + 1} to ${n - 1} are missing`);
    else if (n <= this.#n) this.#report('reordered', `record ${n} stands after record ${this.#n}`);
    else if (hashOf(this.#hash, frame.body) !== frame.hash) this.#report('altered', `record ${n} was altered`);
    this.#first ??= { n, at };
    this.#records += 1;
    this.#n = n;
    this.#hash = frame.hash;
    this.#at = at;
    this.#unsigned.push({ n, at, hash: frame.hash, isHead });
  }

  #read(octets: Buffer): void {
    const record = readAuditRecord(octets);
    if (record?.kind === 'act' && record.action === 'audit.expire') {
      const through = record.detail?.['through'];
      if (typeof through === 'number') this.#expired = Math.max(this.#expired, through);
    } else if (record?.kind === 'head') this.#head(record);
  }

  #head(head: HeadRecord & Numbered): void {
    if (!isGenuine(this.#chain, head, this.#verify)) {
      this.#report('head', 'the signature of this head is not genuine');
      return;
    }
    const covered = this.#unsigned.find((seen) => seen.n === head.upTo);
    // Heads of records that were deleted by age have nothing left to compare with.
    const isGone = this.#first !== undefined && head.upTo < this.#first.n;
    if (!isGone && covered?.hash !== head.hashUpTo) {
      this.#report('altered', `records up to ${head.upTo} are not the ones that were signed`);
      return;
    }
    this.#heads.add(head.id);
    this.#lastHead = head.id;
    this.#unsigned = this.#unsigned.filter((seen) => seen.n > head.upTo);
  }
}

function names({ aside = [] }: FileRecord, torn: TornTail): boolean {
  return aside.some(
    ({ file, octets, digest }) => file === torn.file && octets === torn.octets && digest === torn.digest,
  );
}
