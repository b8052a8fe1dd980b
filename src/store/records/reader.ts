/**
 * Reader is the connection that the main thread reads with. In write-ahead mode it never waits for the writer, and it sees a
 * transaction from the moment the writer has it on stable storage. A read is some microseconds from the page cache.
 */
import type { Instant } from '../../base/index.ts';
import { damaged } from '../sqlite/damage.ts';
import { type Database, openDatabase, type Statement, sqliteFailure } from '../sqlite/database.ts';
import type { Revision, StoredRecord } from '../store.ts';
import { type RecordRow, recordSum } from './record-sum.ts';

/** A page ends after so many octets or records, so that no read holds the thread or the write-ahead log for long. */
const PAGE_OCTETS = 1024 * 1024;
const PAGE_RECORDS = 500;

const COLUMNS = 'bucket, key, value, revision, expires_at, sum';
const LIVE = '(expires_at IS NULL OR expires_at > ?)';

export class Reader {
  readonly #path: string;
  readonly #db: Database;
  readonly #get: Statement;
  readonly #page: Statement;

  constructor(path: string) {
    this.#path = path;
    this.#db = openDatabase(path, { readOnly: true, patience: 1_000 });
    this.#db.exec('PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384');
    this.#get = this.#db.prepare(`SELECT ${COLUMNS} FROM record WHERE bucket = ? AND key = ? AND ${LIVE}`);
    this.#page = this.#db.prepare(
      `SELECT ${COLUMNS} FROM record WHERE bucket = ? AND key > ? AND ${LIVE} ORDER BY key LIMIT ${PAGE_RECORDS}`,
    );
  }

  get(bucket: string, key: string, now: Instant): StoredRecord | undefined {
    try {
      const row = this.#get.get(bucket, key, now);
      return row === undefined ? undefined : this.#recordOf(row);
    } catch (error) {
      throw sqliteFailure(error, this.#path);
    }
  }

  /** The next live records after the key `after`, in order; none when there are no more. */
  page(bucket: string, after: string, now: Instant): StoredRecord[] {
    try {
      const records: StoredRecord[] = [];
      let octets = 0;
      for (const row of this.#page.iterate(bucket, after, now)) {
        const record = this.#recordOf(row);
        records.push(record);
        octets += record.value.byteLength;
        if (octets >= PAGE_OCTETS) break;
      }
      return records;
    } catch (error) {
      throw sqliteFailure(error, this.#path);
    }
  }

  close(): void {
    this.#db.close();
  }

  /** Throws STORE_CORRUPT when the row is not what was written. */
  #recordOf(found: Record<string, unknown>): StoredRecord {
    const row = found as unknown as RecordRow;
    if (recordSum(row) !== row.sum) throw damaged(this.#db, `a record of ${row.bucket} has a wrong checksum`);
    const record = { key: row.key, value: row.value, revision: row.revision as Revision };
    return row.expires_at === null ? record : { ...record, expiresAt: row.expires_at };
  }
}
