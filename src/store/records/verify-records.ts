/**
 * Verifies the file of a record store: its structure, its tables and its records.
 */
import { messageOf } from '../../base/index.ts';
import { openDatabase } from '../sqlite/database.ts';
import { checkTables } from '../sqlite/form.ts';
import { RECORD_FORM } from './record-form.ts';
import { scanRecords } from './scan-records.ts';

/** Opens the file for reading. `progress` is told how many records were read. */
export function verifyRecords(
  path: string,
  progress: (rows: number) => void,
): { readonly rows: number; readonly damage: readonly string[] } {
  const db = openDatabase(path, { readOnly: true, patience: 1_000 });
  const damage: string[] = [];
  let rows = 0;
  try {
    checkTables(db, RECORD_FORM);
    for (const finding of db.prepare('PRAGMA integrity_check(20)').all()) {
      const text = String(Object.values(finding)[0]);
      if (text !== 'ok') damage.push(text);
    }
    db.exec('BEGIN');
    rows = scanRecords(db, (what) => damage.push(what));
    progress(rows);
  } catch (error) {
    damage.push(messageOf(error));
  } finally {
    db.close();
  }
  return { rows, damage };
}
