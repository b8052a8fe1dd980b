/** A record that is not what was written is found, at the start or when it is read, and never served. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { openSqliteStore, type Write } from '../../../src/store/index.ts';
import { openRecords } from '../../../src/store/records/open-records.ts';
import { Reader } from '../../../src/store/records/reader.ts';
import { sqliteFailure } from '../../../src/store/sqlite/database.ts';
import { flipped, numbers } from '../../store/random-flips.ts';
import { temporaryFolder } from '../../store/temporary-folder.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const FLIPS = 500;
const open = (folder: string) => openSqliteStore({ folder, clock: new ManualClock() });

async function filled(t: TestContext): Promise<string> {
  const folder = temporaryFolder(t);
  const store = await open(folder);
  const put = (n: number): Write => ({
    bucket: n % 3 === 0 ? 'lockout' : 'session',
    key: `key-${n}`,
    value: Buffer.alloc(20 + ((n * 37) % 300), `${n} `),
    expect: 'any',
    expiresAt: n % 2 === 0 ? 2 ** 42 + n : undefined,
  });
  for (let n = 0; n < 200; n += 5) await store.commit([0, 1, 2, 3, 4].map((more) => put(n + more)));
  await store.commit([put(7), { ...put(8), value: undefined }]);
  await store.close();
  return folder;
}

function content(path: string): string {
  const reader = new Reader(path);
  try {
    return JSON.stringify(
      ['lockout', 'session'].map((bucket) =>
        reader.page(bucket, '', 0).map((each) => ({ ...each, value: [...each.value] })),
      ),
    );
  } finally {
    reader.close();
  }
}

describe('damage to the records of the sqlite store', () => {
  it(`is found, or harmless, for ${FLIPS} bits flipped at random`, async (t) => {
    const path = join(await filled(t), 'store.db');
    const files = new Map([['store.db', readFileSync(path)]]);
    const right = content(path);
    const below = numbers('records');
    let detected = 0;
    for (let flip = 0; flip < FLIPS; flip += 1) {
      writeFileSync(path, flipped(files, 'store.db', below).get('store.db')!);
      try {
        openRecords(path).close();
        assert.equal(content(path), right);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        assert.match(sqliteFailure(error, path).code, /^STORE_(?:CORRUPT|NEWER)$/);
        detected += 1;
      }
    }
    assert.ok(detected > FLIPS / 2, `only ${detected} detected`);
  });

  for (const [what, sql] of [
    ['lost', "DELETE FROM record WHERE key = 'key-3'"],
    ['of other octets', "UPDATE record SET value = x'00' WHERE key = 'key-3'"],
    ['of another expiry', "UPDATE record SET expires_at = NULL WHERE key = 'key-4'"],
    ['of another revision', "UPDATE record SET revision = revision + 1 WHERE key = 'key-3'"],
    ['of a bucket that is no text', "UPDATE record SET bucket = CAST(x'f66572' AS TEXT)"],
    ['of a key that is no text', "UPDATE record SET key = CAST(x'f6' || key AS TEXT) WHERE bucket = 'session'"],
    ['of a revision that is too large', 'UPDATE record SET revision = 9223372036854775807'],
    ['there twice', "INSERT INTO record SELECT 'other', key, value, revision, expires_at, sum FROM record LIMIT 1"],
    ['with a sequence that went back', 'UPDATE sequence SET revision = revision - 1'],
  ] as const) {
    it(`is found at the start: ${what}`, async (t) => {
      const folder = await filled(t);
      const db = new DatabaseSync(join(folder, 'store.db'));
      db.exec(sql);
      db.close();
      await assert.rejects(open(folder), { code: 'STORE_CORRUPT', message: /restore it from a backup/ });
    });
  }

  it('is found when the record is read, if it came while the store was open', async (t) => {
    const folder = await filled(t);
    const store = await open(folder);
    const db = new DatabaseSync(join(folder, 'store.db'));
    db.exec("UPDATE record SET value = x'00' WHERE key = 'key-3'");
    db.close();
    await assert.rejects(store.get('lockout', 'key-3'), { code: 'STORE_CORRUPT' });
    await assert.rejects(
      async () => {
        for await (const _ of store.list('lockout'));
      },
      { code: 'STORE_CORRUPT' },
    );
    assert.ok(await store.get('lockout', 'key-6'));
    await store.close();
  });
});
