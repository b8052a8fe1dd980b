/**
 * Verifies the databases of a data folder, or of a backup: everything is read and every checksum checked. A server may run meanwhile.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../base/index.ts';
import { JOURNAL_FILE } from '../journal/journal-form.ts';
import { JournalReader } from '../journal/journal-reader.ts';
import { verifyContent } from '../journal/verify-content.ts';
import { RECORD_FILE } from '../records/sqlite-store.ts';
import { verifyRecords } from '../records/verify-records.ts';
import { openDatabase, sqliteFailure } from '../sqlite/database.ts';
import { checkOwnership, type Form, formOf } from '../sqlite/form.ts';
import { type DatabaseName, databasesIn, type FolderDatabase } from './databases.ts';

export interface DatabaseReport {
  readonly name: DatabaseName;
  /** The number of the file's form; 0 when it cannot be told. */
  readonly form: number;
  readonly octets: number;
  /** Objects and journal records, or records. */
  readonly rows: number;
  /** Of the directory. */
  readonly generation?: string;
  readonly head?: number;
  readonly csn?: string;
  /** What is wrong, in plain words; empty when nothing is. */
  readonly damage: readonly string[];
}

/** `progress` is told how many rows of which database were read. */
export type Progress = (name: DatabaseName, rows: number) => void;

export function verifyDataFolder(folder: string, progress: Progress = () => {}): readonly DatabaseReport[] {
  const reports = databasesIn(folder).map((database) =>
    verifyDatabase(join(folder, database.name), database, progress),
  );
  const isLost = !reports.some(({ name }) => name === JOURNAL_FILE) && existsSync(join(folder, `${JOURNAL_FILE}-head`));
  const damage = ['the file is missing, but its -head file is there'];
  return isLost ? [...reports, { name: JOURNAL_FILE, form: 0, octets: 0, rows: 0, damage }] : reports;
}

/** Verifies the database at `path`; answers with what is wrong, also when hardly anything can be read. */
export function verifyDatabase(path: string, { name, form }: FolderDatabase, progress: Progress): DatabaseReport {
  const octets = statSync(path).size;
  try {
    const version = versionOf(path, form);
    const told = (rows: number) => progress(name, rows);
    if (version < form.steps.length) {
      const damage = [`has the older form ${version}, of ${form.steps.length}: run store migrate first`];
      return { name, form: version, octets, rows: 0, damage };
    }
    if (name === RECORD_FILE) return { name, form: version, octets, ...verifyRecords(path, told) };
    const { objects, records, ...journal } = verifyJournal(path, told);
    return { name, form: version, octets, rows: objects + records, ...journal };
  } catch (error) {
    return { name, form: 0, octets, rows: 0, damage: [messageOf(sqliteFailure(error, path))] };
  }
}

function versionOf(path: string, form: Form): number {
  const db = openDatabase(path, { readOnly: true, patience: 1_000 });
  try {
    checkOwnership(db, form);
    return formOf(db);
  } finally {
    db.close();
  }
}

function verifyJournal(path: string, progress: (rows: number) => void) {
  const reader = new JournalReader(path);
  try {
    return verifyContent(reader, progress);
  } finally {
    reader.close();
  }
}
