/**
 * The octets of a transaction's writes: what the journal keeps, and what goes to the writer thread.
 *
 * A write is a head and an image. The head is the length of the space (1 octet), of the key (2) and of the value (4; all ones for a
 * delete), big-endian. The image is `space:length of the key:key value`, exactly what an object's checksum is taken of, so
 * that nothing is copied to take it.
 */
import { storeError } from '../errors.ts';
import type { ObjectWrite } from './journal-store.ts';
import { APPEND_OCTETS_LIMIT } from './limits.ts';

const HEAD = 7;
const DELETED = 0xff_ff_ff_ff;

/** A write with the octets that its checksum is taken of. */
export interface EncodedWrite extends ObjectWrite {
  readonly image: Uint8Array;
}

/** What stands before key and value in an image. */
export function imageHead(space: string, keyLength: number): string {
  return `${space}:${keyLength}:`;
}

/** Encodes lists of writes into one buffer, and gives a view of it for each list. Throws STORE_BATCH_TOO_LARGE. */
export function encodeWrites(lists: readonly (readonly ObjectWrite[])[]): {
  readonly buffer: ArrayBuffer;
  readonly views: readonly Uint8Array[];
} {
  let size = 0;
  for (const writes of lists) for (const write of writes) size += encodedLength(write);
  if (size > APPEND_OCTETS_LIMIT) {
    throw storeError(
      'STORE_BATCH_TOO_LARGE',
      `writes of ${size} octets at once, at most ${APPEND_OCTETS_LIMIT} are kept`,
    );
  }
  const octets = Buffer.from(new ArrayBuffer(size));
  let at = 0;
  const views = lists.map((writes) => {
    const start = at;
    for (const write of writes) at = encodeWrite(octets, at, write);
    return octets.subarray(start, at);
  });
  return { buffer: octets.buffer, views };
}

function encodedLength({ space, key, value }: ObjectWrite): number {
  return HEAD + imageHead(space, key.byteLength).length + key.byteLength + (value?.byteLength ?? 0);
}

function encodeWrite(octets: Buffer, start: number, { space, key, value }: ObjectWrite): number {
  let at = octets.writeUInt8(space.length, start);
  at = octets.writeUInt16BE(key.byteLength, at);
  at = octets.writeUInt32BE(value === undefined ? DELETED : value.byteLength, at);
  at += octets.write(imageHead(space, key.byteLength), at, 'latin1');
  octets.set(key, at);
  at += key.byteLength;
  if (value === undefined) return at;
  octets.set(value, at);
  return at + value.byteLength;
}

/** The writes of encoded octets, as views of them; undefined when they are not what `encodeWrites` makes. */
export function decodeWrites(encoded: Uint8Array): EncodedWrite[] | undefined {
  const octets = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const writes: EncodedWrite[] = [];
  for (let at = 0; at < octets.length; ) {
    if (octets.length - at < HEAD) return undefined;
    const spaceLength = octets.readUInt8(at);
    const keyLength = octets.readUInt16BE(at + 1);
    const valueLength = octets.readUInt32BE(at + 3);
    const start = at + HEAD;
    const space = octets.toString('latin1', start, start + spaceLength);
    const keyStart = start + imageHead(space, keyLength).length;
    const keyEnd = keyStart + keyLength;
    const end = valueLength === DELETED ? keyEnd : keyEnd + valueLength;
    if (end > octets.length || octets.toString('latin1', start, keyStart) !== imageHead(space, keyLength))
      return undefined;
    writes.push({
      space,
      key: octets.subarray(keyStart, keyEnd),
      value: valueLength === DELETED ? undefined : octets.subarray(keyEnd, end),
      image: octets.subarray(start, end),
    });
    at = end;
  }
  return writes;
}
