/**
 * store, floor 1: durable records in buckets, with transactions, compare-and-set and expiry, and the lock on the data folder.
 *
 * The store keeps opaque octets and knows nothing of what they mean. What a Store promises is written on the port
 * (store.ts) and held by one conformance suite; SQLite is the implementation that needs no server.
 */
export { type BackupOptions, backupDataFolder } from './data-folder/backup.ts';
export type { DatabaseName } from './data-folder/databases.ts';
export { type DataFolderLock, lockDataFolder } from './data-folder/lock.ts';
export type { BackedUpDatabase, BackupManifest } from './data-folder/manifest.ts';
export { type MigratedDatabase, type MigrateOptions, migrateDataFolder } from './data-folder/migrate.ts';
export { type RestoredDatabase, type RestoreOptions, restoreDataFolder } from './data-folder/restore.ts';
export { type DatabaseReport, type Progress, verifyDataFolder } from './data-folder/verify.ts';
export type { StoreErrorCode } from './errors.ts';
export { followedObjects, followedRecords } from './journal/journal-follower.ts';
export type {
  AppendOutcome,
  JournalRecord,
  JournalReport,
  JournalStore,
  JournalTransaction,
  ObjectSnapshot,
  ObjectWrite,
  StagedContent,
  StoredObject,
} from './journal/journal-store.ts';
export { APPEND_LIMIT, APPEND_OCTETS_LIMIT, OBJECT_KEY_LIMIT, OBJECT_VALUE_LIMIT } from './journal/limits.ts';
export { type JournalStoreOptions, openJournalStore } from './journal/sqlite-journal.ts';
export { BATCH_LIMIT, KEY_LIMIT, VALUE_LIMIT } from './limits.ts';
export { openSqliteStore } from './records/sqlite-store.ts';
export type { CommitOutcome, Revision, Store, StoredRecord, Write } from './store.ts';
