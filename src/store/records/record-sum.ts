/**
 * The checksum of a record's row, and the octets that it is taken of: everything in the row but the checksum.
 */
import { checksum } from '../sqlite/checksum.ts';

/** A row of the table, as SQLite hands it over. */
export interface RecordRow {
  readonly bucket: string;
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: number;
  readonly expires_at: number | null;
  readonly sum: number;
}

/** The same octets in SQL, as text that nothing looks into. */
export const IMAGE = `revision || ' ' || ifnull(expires_at, '-') || ' ' || length(CAST(bucket AS BLOB)) || ' '
  || length(CAST(key AS BLOB)) || ' ' || bucket || key || CAST(value AS TEXT)`;

/** Nearly every row fits; it saves a buffer a read. */
const scratch = Buffer.allocUnsafeSlow(16 * 1024);

export function recordSum({ bucket, key, value, revision, expires_at }: Omit<RecordRow, 'sum'>): number {
  const head = `${revision} ${expires_at ?? '-'} ${Buffer.byteLength(bucket)} ${Buffer.byteLength(key)} ${bucket}${key}`;
  // A character is at most three octets of UTF-8 for each of its UTF-16 units.
  if (head.length * 3 + value.length > scratch.length) return checksum(Buffer.concat([Buffer.from(head), value]));
  const at = scratch.write(head);
  scratch.set(value, at);
  return checksum(scratch.subarray(0, at + value.length));
}
