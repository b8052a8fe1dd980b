/**
 * Where a chain ended when its process last stopped: what the next record must build on.
 *
 * A process killed in the middle of a line leaves a torn tail. It was never acknowledged, so it is set aside: the octets
 * stay where they are, and the next file names them by count and digest. Nothing is ever cut from a file.
 */

import { hash } from 'node:crypto';
import { readFileSync, renameSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Instant } from '../base/index.ts';
import { type HeadFields, readHeadFile } from './head.ts';
import type { TornTail } from './record.ts';
import { frameOf, hashOf, type LineFrame, LONGEST_LINE, ORIGIN, readAuditRecord } from './record-codec.ts';
import { firstFrame, inRecordOrder, listTrailFiles, splitLines, type TrailFile } from './trail-folder.ts';

const NEWLINE = 0x0a;

export interface ChainEnd {
  /** Number and hash of the last record; 0 and the origin for a chain that has none. */
  readonly n: number;
  readonly hash: string;
  /** When the last record was written. */
  readonly at: Instant;
  /** The file to go on writing; undefined when the next record must open a new one. */
  readonly open: { readonly file: TrailFile; readonly size: number } | undefined;
  readonly aside: readonly TornTail[];
  /** What an operator must hear of: damage that is not a torn tail. `audit verify` says where. */
  readonly damage: 'none' | 'altered' | 'cut';
}

/** Reads what the last file of a chain has beyond the signed head beside it, and checks it. Moves files without a record away. */
export function readChainEnd(folder: string, chain: string): ChainEnd {
  const files = inRecordOrder(listTrailFiles(folder, chain));
  const aside = files.flatMap(setAsideIfTorn);
  const last = files.findLast((file) => firstFrame(file) !== undefined);
  const head = readHeadFile(folder, chain);
  const signed = typeof head === 'object' ? head : undefined;
  const end = last === undefined ? NOTHING : endOf(last, signed);
  const damage = head === 'broken' ? 'altered' : end.damage;
  const all = [...aside, ...end.aside];
  if (signed !== undefined && (signed.upTo > end.n || end.contradictsHead)) {
    // The trail is not what was signed. Go on from the head, so that the break stays to be seen for ever.
    const n = Math.max(signed.upTo, end.n);
    return { n, hash: signed.hashUpTo, at: end.at, open: undefined, aside: all, damage: 'cut' };
  }
  return { ...end, open: all.length > 0 ? undefined : end.open, aside: all, damage };
}

interface FileEnd extends ChainEnd {
  readonly contradictsHead: boolean;
}

const NOTHING: FileEnd = {
  n: 0,
  hash: ORIGIN,
  at: 0,
  open: undefined,
  aside: [],
  damage: 'none',
  contradictsHead: false,
};

function endOf(file: TrailFile, head: HeadFields | undefined): FileEnd {
  const octets = readFileSync(file.path);
  const signed = head === undefined ? undefined : signedLine(octets, head);
  let { n, hash: previous, at } = signed?.frame ?? NOTHING;
  let offset = signed?.end ?? 0;
  let size = offset;
  let altered = false;
  let skipped = false;
  let contradictsHead = false;
  for (const line of splitLines(octets.subarray(offset)).lines) {
    offset += line.length + 1;
    const frame = frameOf(line);
    if (frame === undefined) {
      skipped = true;
      continue;
    }
    if (n === 0) previous = previousOf(line);
    // A line that is no record is a torn tail at the end, and damage in the middle.
    if (skipped || hashOf(previous, frame.body) !== frame.hash) altered = true;
    if (frame.n === head?.upTo && frame.hash !== head.hashUpTo) contradictsHead = true;
    ({ n, at, hash: previous } = frame);
    size = offset;
  }
  const torn = octets.subarray(size);
  return {
    n,
    hash: previous,
    at,
    open: { file, size },
    aside: torn.length === 0 ? [] : [tornTail(file.name, torn)],
    damage: altered ? 'altered' : 'none',
    contradictsHead,
  };
}

/**
 * The line that the head signs, looked for from the end: what comes before it is vouched for by the signature, and `audit verify`
 * reads it. Undefined when it is not there.
 */
function signedLine(octets: Buffer, head: HeadFields): { readonly frame: LineFrame; readonly end: number } | undefined {
  for (let end = octets.lastIndexOf(NEWLINE); end >= 0; ) {
    const before = end === 0 ? -1 : octets.lastIndexOf(NEWLINE, end - 1);
    const frame = frameOf(octets.subarray(before + 1, end));
    if (frame?.n === head.upTo && frame.hash === head.hashUpTo) return { frame, end: end + 1 };
    if (frame !== undefined && frame.n <= head.upTo) return undefined;
    end = before;
  }
  return undefined;
}

function previousOf(line: Buffer): string {
  const record = readAuditRecord(line);
  return record?.kind === 'file' ? record.previous.hash : ORIGIN;
}

/** A file that a crash left without its first line is moved out of the chain's way. */
function setAsideIfTorn(file: TrailFile): readonly TornTail[] {
  if (statSync(file.path).size > LONGEST_LINE) return [];
  const octets = readFileSync(file.path);
  if (octets.includes(NEWLINE)) return [];
  const torn = `${file.path}.torn`;
  renameSync(file.path, torn);
  return [tornTail(basename(torn), octets)];
}

export function tornTail(file: string, octets: Buffer): TornTail {
  return { file, octets: octets.length, digest: hash('sha256', octets, 'base64url') };
}
