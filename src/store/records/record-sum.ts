/**
 * The checksum of a record's row.
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

export function recordSum({ bucket, key, value, revision, expires_at }: Omit<RecordRow, 'sum'>): number {
  const head = Buffer.from(JSON.stringify([bucket, key, revision, expires_at]));
  return checksum(Buffer.concat([head, value]));
}
