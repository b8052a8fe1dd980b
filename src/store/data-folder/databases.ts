/**
 * The databases of a data folder: what is verified, backed up, restored and migrated.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL_FILE, journalForm } from '../journal/journal-form.ts';
import { RECORD_FORM } from '../records/record-form.ts';
import { RECORD_FILE } from '../records/sqlite-store.ts';
import type { Form } from '../sqlite/form.ts';

export interface FolderDatabase {
  readonly name: DatabaseName;
  readonly form: Form;
}

export type DatabaseName = typeof RECORD_FILE | typeof JOURNAL_FILE;

export const DATABASES: readonly FolderDatabase[] = [
  { name: RECORD_FILE, form: RECORD_FORM },
  // The generation is that of a file made anew, which none of these commands does.
  { name: JOURNAL_FILE, form: journalForm('') },
];

/** Those that the folder has. */
export function databasesIn(folder: string): readonly FolderDatabase[] {
  return DATABASES.filter(({ name }) => existsSync(join(folder, name)));
}
