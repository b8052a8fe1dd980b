/**
 * The folder of a trail: `audit-<chain>-<start>.jsonl` files, one `audit-<chain>.head` a chain, and beside them the
 * public key and `auth-failures.log`. The start in a name is for people; the order of files is the order of their records.
 */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Instant } from '../base/index.ts';
import { frameOf, LONGEST_LINE } from './record-codec.ts';

export interface TrailFile {
  /** Without the folder. */
  readonly name: string;
  readonly path: string;
  readonly chain: string;
  readonly start: Instant;
}

const NAME = /^audit-([0-9a-z]{1,3})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.jsonl$/;
const HEAD_NAME = /^audit-([0-9a-z]{1,3})\.head$/;
const NEWLINE = 0x0a;

export function trailFileName(chain: string, start: Instant): string {
  return `audit-${chain}-${new Date(start).toISOString().replaceAll(/[-:.]/g, '')}.jsonl`;
}

export function headFileName(chain: string): string {
  return `audit-${chain}.head`;
}

/** The files of one chain or of all, by chain and start. Empty when there is no folder. */
export function listTrailFiles(folder: string, chain?: string): readonly TrailFile[] {
  const files: TrailFile[] = [];
  for (const name of namesIn(folder)) {
    const match = NAME.exec(name);
    if (match === null || (chain !== undefined && match[1] !== chain)) continue;
    const [, its = '', ...digits] = match;
    const [year, month, day, hour, minute, second, milli] = digits.map(Number) as [number, number, ...number[]];
    files.push({
      name,
      path: join(folder, name),
      chain: its,
      start: Date.UTC(year, month - 1, day, hour, minute, second, milli),
    });
  }
  return files.sort((a, b) => (a.chain === b.chain ? a.start - b.start : a.chain < b.chain ? -1 : 1));
}

/** The chains that have a signed head lying in the folder. */
export function listHeadFiles(folder: string): readonly string[] {
  return namesIn(folder).flatMap((name) => HEAD_NAME.exec(name)?.[1] ?? []);
}

/** The number and instant of a file's first record; undefined when it has no whole record. */
export function firstFrame(file: TrailFile): { readonly n: number; readonly at: Instant } | undefined {
  const octets = Buffer.allocUnsafe(LONGEST_LINE + 1);
  let length: number;
  try {
    const fd = openSync(file.path, 'r');
    try {
      length = readSync(fd, octets, 0, octets.length, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
  const end = octets.subarray(0, length).indexOf(NEWLINE);
  return end === -1 ? undefined : frameOf(octets.subarray(0, end));
}

/** Files in the order of their records. Files without a whole record come last. */
export function inRecordOrder(files: readonly TrailFile[]): readonly TrailFile[] {
  return files
    .map((file) => ({ file, n: firstFrame(file)?.n ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => (a.n === b.n ? a.file.start - b.file.start : a.n - b.n))
    .map(({ file }) => file);
}

/** The lines of `octets`, and what follows the last newline. */
export function splitLines(octets: Buffer): { readonly lines: readonly Buffer[]; readonly rest: Buffer } {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = octets.indexOf(NEWLINE); end !== -1; end = octets.indexOf(NEWLINE, start)) {
    lines.push(octets.subarray(start, end));
    start = end + 1;
  }
  return { lines, rest: octets.subarray(start) };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
