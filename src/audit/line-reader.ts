/** Reading the lines of a trail's file: forward from an offset, backward from one, and the place of an instant in it. */
import type { FileHandle } from 'node:fs/promises';
import { CodedError, type Instant } from '../base/index.ts';
import { instantOf, LONGEST_LINE } from './record-codec.ts';
import { splitLines } from './trail-folder.ts';

/** Two longest lines, so that every window but the last holds the beginning of one. */
const WINDOW = 2 * (LONGEST_LINE + 1);
const BLOCK = 256 * 1024;
/** Holds a few lines of usual length. */
const GLANCE = 8 * 1024;
/** A file that goes on for so long without a newline is not read to its end. */
const LARGEST_GARBAGE = 256 * BLOCK;
const NEWLINE = 0x0a;

/** Octets read from `offset`, fewer at the end of the file. */
export async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const octets = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(octets, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return octets.subarray(0, filled);
}

export interface Block {
  /** Whole lines, each with its newline. */
  readonly octets: Buffer;
  /** What follows the last newline of the file; empty before the last block. */
  readonly rest: Buffer;
  readonly isLast: boolean;
}

const NOTHING = Buffer.alloc(0);

/** The file as long as it is now, from `offset`, which must begin a line, in blocks of whole lines. */
export async function* blocksFrom(handle: FileHandle, offset: number): AsyncGenerator<Block> {
  const { size } = await handle.stat();
  let carried: Buffer = NOTHING;
  for (let position = offset; ; ) {
    const octets = await readAt(handle, position, Math.min(BLOCK, Math.max(0, size - position)));
    position += octets.length;
    const isLast = position >= size || octets.length === 0;
    const joined = carried.length === 0 ? octets : Buffer.concat([carried, octets]);
    const end = joined.lastIndexOf(NEWLINE) + 1;
    if (end === 0 && joined.length > LARGEST_GARBAGE)
      throw new CodedError('AUDIT_NOT_A_TRAIL', 'the file has no lines');
    carried = joined.subarray(end);
    yield { octets: joined.subarray(0, end), rest: isLast ? carried : NOTHING, isLast };
    if (isLast) return;
  }
}

/** The whole lines that end before `end`, last first. */
export async function* linesBackward(handle: FileHandle, end: number): AsyncGenerator<Buffer> {
  let carried: Buffer = NOTHING;
  for (let position = end; position > 0; ) {
    const length = Math.min(position === end ? GLANCE : BLOCK, position);
    position -= length;
    const joined = Buffer.concat([await readAt(handle, position, length), carried]);
    const first = position === 0 ? 0 : joined.indexOf(NEWLINE) + 1;
    yield* splitLines(joined.subarray(first)).lines.toReversed();
    carried = joined.length > LARGEST_GARBAGE ? NOTHING : joined.subarray(0, first);
  }
}

/**
 * Where to begin and end reading for the records written at `instant`: every line that begins before `from` was written
 * earlier, no line that begins after `to` was.
 */
export async function placeOf(
  handle: FileHandle,
  size: number,
  instant: Instant,
): Promise<{ readonly from: number; readonly to: number }> {
  let from = 0;
  let to = size;
  while (to - from > WINDOW) {
    const middle = from + Math.floor((to - from) / 2);
    const line = await lineAfter(handle, middle);
    if (line === undefined || line.at >= instant) to = middle;
    else from = line.start;
  }
  return { from, to };
}

/** The first line of a trail that begins after `offset` and within a window. */
async function lineAfter(
  handle: FileHandle,
  offset: number,
): Promise<{ readonly start: number; readonly at: Instant } | undefined> {
  for (const length of [GLANCE, WINDOW]) {
    const window = await readAt(handle, offset, length);
    for (let start = window.indexOf(NEWLINE) + 1; start > 0; start = window.indexOf(NEWLINE, start) + 1) {
      const at = instantOf(window.subarray(start));
      if (at !== undefined) return { start: offset + start, at };
    }
  }
  return undefined;
}

/** When the last whole line of a file was written; undefined when it has none. */
export async function lastInstant(handle: FileHandle, size: number): Promise<Instant | undefined> {
  for await (const line of linesBackward(handle, size)) {
    const at = instantOf(line);
    if (at !== undefined) return at;
  }
  return undefined;
}
