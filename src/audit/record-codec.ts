/**
 * One record as one line of JSON, and back.
 *
 * A line is `{"n":…,"at":"…","kind":"…","id":"…", … ,"hash":"…"}`. The hash is the last member and covers the previous
 * record's hash and everything before itself, octet for octet, so that a verifier needs no canonical JSON.
 * No line holds a control character, a line separator or a character that turns the direction of writing: a login
 * name cannot forge a line, whatever program splits or shows the file (CVE-2024-45808).
 */
import { hash } from 'node:crypto';
import type { Instant } from '../base/index.ts';
import type { AuditRecord, UnnumberedRecord } from './record.ts';
import { recordSchema } from './record-schema.ts';

/** The longest line, newline excluded, in octets. */
export const LONGEST_LINE = 65_536;
/** What stands for the previous hash in the first record of a chain. */
export const ORIGIN = 'A'.repeat(43);

const HASH_MEMBER = ',"hash":"';
/** Octets from the comma before the hash to the end of the line, newline excluded. */
const HASH_PART = HASH_MEMBER.length + ORIGIN.length + 2;
const PREFIX = /^\{"n":(\d{1,15}),"at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","kind":"([a-z]{1,9})",/;
const SUFFIX = /^,"hash":"([A-Za-z0-9_-]{43})"\}$/;
const LONGEST_PREFIX = 84;

/** Characters that JSON leaves as they are, but that end lines or steer terminals and readers. */
const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const EVERY_UNSAFE = new RegExp(UNSAFE, 'g');
/** Ever shorter limits for a record too long for a line: characters of a text, items of a list. */
const CLIPS = [
  [1024, 256],
  [256, 64],
  [64, 16],
] as const;

export interface EncodedLine {
  /** With its newline. */
  readonly octets: Buffer;
  readonly hash: string;
}

/**
 * Encodes a record as the line after the one with `previousHash`. Texts and lists that do not fit are cut, and the
 * record then says so (`cut`): a login is neither refused nor left out for being too long to write down.
 */
export function encodeLine(record: UnnumberedRecord, n: number, at: Instant, previousHash: string): EncodedLine {
  const { kind, id, ...others } = record;
  const prefix = `{"n":${n},"at":"${isoOf(at)}","kind":"${kind}","id":"${id}",`;
  let rest = escapeUnsafe(JSON.stringify(others));
  for (const [characters, items] of CLIPS) {
    if (!isTooLong(rest)) break;
    rest = escapeUnsafe(JSON.stringify({ ...others, cut: true }, clip(characters, items)));
  }
  // What the hash covers and the line are encoded at once; the hash then takes the place that was left for it.
  const octets = Buffer.from(`${previousHash}\n${prefix}${rest.slice(1, -1)}${HASH_MEMBER}${ORIGIN}"}\n`);
  const covered = octets.subarray(0, octets.length - HASH_PART - 1);
  const own = hash('sha256', covered, 'base64url');
  octets.write(own, covered.length + HASH_MEMBER.length, 'latin1');
  return { octets: octets.subarray(previousHash.length + 1), hash: own };
}

/** The text of an instant; many records of a busy time share one. */
function isoOf(at: Instant): string {
  if (at !== lastIso.at) lastIso = { at, text: new Date(at).toISOString() };
  return lastIso.text;
}

let lastIso: { readonly at: Instant; readonly text: string } = { at: 0, text: new Date(0).toISOString() };

/** The hash of a record with this body (its line up to the hash) after the record with `previousHash`. */
export function hashOf(previousHash: string, body: Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${previousHash}\n`), body]), 'base64url');
}

export interface LineFrame {
  readonly n: number;
  readonly at: Instant;
  readonly kind: string;
  readonly hash: string;
  /** What the hash covers besides the previous hash. */
  readonly body: Buffer;
}

/** Number, instant, kind and hash of a line, without reading the rest; undefined when it is not a line of a trail. */
export function frameOf(line: Buffer): LineFrame | undefined {
  if (line.length > LONGEST_LINE || line.length <= HASH_PART) return undefined;
  const prefix = PREFIX.exec(line.toString('latin1', 0, LONGEST_PREFIX));
  const suffix = SUFFIX.exec(line.toString('latin1', line.length - HASH_PART));
  if (prefix === null || suffix === null) return undefined;
  const at = Date.parse(prefix[2]!);
  if (Number.isNaN(at)) return undefined;
  const body = line.subarray(0, line.length - HASH_PART);
  return { n: Number(prefix[1]), at, kind: prefix[3]!, hash: suffix[1]!, body };
}

/** When a line was written; undefined when it is not a line of a trail. */
export function instantOf(line: Buffer): Instant | undefined {
  const at = Date.parse(PREFIX.exec(line.toString('latin1', 0, LONGEST_PREFIX))?.[2] ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** The record of a line; undefined for anything but a record as the trail writes it. Does not check the hash. */
export function readAuditRecord(line: string | Buffer): AuditRecord | undefined {
  if (line.length > LONGEST_LINE) return undefined;
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line.toString()));
    if (!parsed.success) return undefined;
    const { hash: _, ...record } = parsed.data;
    return record;
  } catch {
    return undefined;
  }
}

function escapeUnsafe(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text.replace(EVERY_UNSAFE, (unsafe) => `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Leaves room for number, instant and hash. */
function isTooLong(text: string): boolean {
  return text.length > LONGEST_LINE / 4 && Buffer.byteLength(text) > LONGEST_LINE - 256;
}

function clip(characters: number, items: number) {
  return (_: string, value: unknown): unknown => {
    if (typeof value === 'string' && value.length > characters) return `${value.slice(0, characters)}…`;
    if (Array.isArray(value) && value.length > items) return value.slice(0, items);
    return value;
  };
}
