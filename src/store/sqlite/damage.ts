/**
 * What is thrown when the content of a database is not what was written.
 */
import { storeError } from '../errors.ts';
import type { Database } from './database.ts';

export function damaged(db: Database, what: string): Error {
  return storeError(
    'STORE_CORRUPT',
    `${db.location()}: ${what}; restore it from a backup (store restore), or move it and its -wal and -head files away to start empty`,
  );
}
