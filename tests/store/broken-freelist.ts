/** Damage that no row shows: the pages that SQLite takes for free are fewer than it has counted. */
import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Where the header of a database counts its free pages (SQLite file format, 1.3). */
const FREE_PAGES = 36;

/** Breaks the database at `path`, which nobody has open. */
export function withBrokenFreelist(path: string): void {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = DELETE; CREATE TABLE gone (octets BLOB)');
  for (let each = 0; each < 8; each += 1) db.exec('INSERT INTO gone VALUES (zeroblob(4000))');
  db.exec('DROP TABLE gone');
  db.close();
  const octets = readFileSync(path);
  octets.writeUInt32BE(octets.readUInt32BE(FREE_PAGES) + 1, FREE_PAGES);
  writeFileSync(path, octets);
}
