/**
 * A journal store whose files are not what was written: a flipped bit, a cut, a row lost, hidden, or of yesterday is found, never served.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { before, describe, it, type TestContext } from 'node:test';
import { systemRandom } from '../../src/base/index.ts';
import { openJournalStore } from '../../src/store/index.ts';
import { openJournal } from '../../src/store/journal/open-journal.ts';
import { checksum } from '../../src/store/sqlite/checksum.ts';
import { DamagedStore, type Finding, journalSample, type Sample } from '../store/journal-sample.ts';
import { damaged, flipped, numbers } from '../store/random-flips.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { recordFigure } from '../support/figure.ts';

const FLIPS = 2000;
const [DATABASE, LOG, HEAD] = ['directory.db', 'directory.db-wal', 'directory.db-head'];

let sample: Sample;
before(async (t) => {
  sample = await journalSample(temporaryFolder(t as TestContext));
});

/** The sample in a folder of its own: the path of its database. */
function placed(t: TestContext): string {
  const folder = temporaryFolder(t);
  for (const [name, octets] of sample.files) writeFileSync(join(folder, name), octets);
  return join(folder, DATABASE);
}

const count = (findings: readonly Finding[], finding: Finding) => findings.filter((each) => each === finding).length;

describe('damage to a journal store', () => {
  it(`is found at a restart, or harmless, for ${FLIPS} bits flipped at random in the file and its log`, async (t) => {
    const store = new DamagedStore(t, sample);
    assert.equal(store.restart(sample.files), 'harmless', 'the sample itself is right');
    const below = numbers('restart');
    const findings = Array.from({ length: FLIPS }, (_, flip) =>
      store.restart(flipped(sample.files, flip % 2 === 0 ? DATABASE : LOG, below)),
    );
    const [detected, wrong] = [count(findings, 'detected'), count(findings, 'wrong')];
    t.diagnostic(`${detected} detected, ${FLIPS - detected - wrong} harmless, ${wrong} wrong`);
    recordFigure('directory-bit-flips', FLIPS, FLIPS - wrong);
    assert.equal(wrong, 0);
    assert.ok(detected > FLIPS / 2, 'most bits mean something');
  });

  it('is found by verify, or harmless, wherever a bit is flipped', async (t) => {
    const store = new DamagedStore(t, sample);
    assert.equal(store.verify(sample.files), 'harmless', 'the sample itself is right');
    const below = numbers('verify');
    const findings = Array.from({ length: 300 }, (_, flip) =>
      store.verify(flipped(sample.files, flip % 2 === 0 ? DATABASE : LOG, below)),
    );
    assert.equal(count(findings, 'wrong'), 0);
    assert.ok(count(findings, 'detected') > 150);
  });

  it('is found, or harmless, where the file or its log is cut, at each 4 KiB', async (t) => {
    const store = new DamagedStore(t, sample);
    for (const name of [DATABASE, LOG]) {
      const whole = sample.files.get(name)!;
      for (let end = 0; end < whole.length; end += 4096) {
        const cut = damaged(sample.files, name, whole.subarray(0, end));
        assert.notEqual(store.restart(cut), 'wrong', `${name} cut at ${end}`);
      }
      assert.equal(store.restart(damaged(sample.files, name, whole.subarray(0, 4096))), 'detected', name);
    }
  });

  it('never takes a right store for a damaged one because of one bit in what was acknowledged', async (t) => {
    const store = new DamagedStore(t, sample);
    const below = numbers('head');
    for (let flip = 0; flip < 50; flip += 1) {
      assert.equal(store.restart(flipped(sample.files, HEAD, below)), 'harmless');
    }
    assert.equal(store.restart(damaged(sample.files, HEAD, Buffer.alloc(1024, 'x'))), 'detected');
  });

  it('is found when the file, its log, or all of it is gone', async (t) => {
    const store = new DamagedStore(t, sample);
    const without = (...names: string[]) => new Map([...sample.files].filter(([name]) => !names.includes(name)));
    for (const names of [[DATABASE], [LOG], [DATABASE, LOG]]) {
      assert.equal(store.restart(without(...names)), 'detected', names.join());
    }
  });

  it('is found when an older copy is in the place of the file', async (t) => {
    const path = placed(t);
    openJournal(path, 'unused').close();
    const copy = readFileSync(path);
    const journal = openJournal(path, 'unused');
    journal.run([{ kind: 'append', expectedHead: 300, transactions: [{ csn: 'c', writes: new Uint8Array() }] }]);
    journal.close();
    writeFileSync(path, copy);
    assert.throws(() => openJournal(path, 'unused'), {
      code: 'STORE_CORRUPT',
      message: /300, but 301 was acknowledged/,
    });
  });
});

describe('a row of a journal store that is not what was written', () => {
  /** Changes the rows as somebody with a database shell would, and says what reading then comes to. */
  function changed(t: TestContext, change: (db: DatabaseSync) => void): Finding {
    const path = placed(t);
    const db = new DatabaseSync(path);
    change(db);
    db.close();
    const files = new Map([DATABASE, HEAD].map((name) => [name, readFileSync(join(dirname(path), name))]));
    const store = new DamagedStore(t, sample);
    const found = store.restart(files);
    assert.equal(store.verify(files), found);
    return found;
  }

  for (const [what, sql] of [
    ['lost', "DELETE FROM object WHERE key = CAST('key-3' AS BLOB)"],
    ['of other octets', "UPDATE object SET value = x'00' WHERE key = CAST('key-3' AS BLOB)"],
    ['of another key', "UPDATE object SET key = x'00' WHERE key = CAST('key-3' AS BLOB) AND space = 'entry'"],
    ['of another space', "UPDATE object SET space = 'other' WHERE key = CAST('key-3' AS BLOB) AND space = 'entry'"],
    ['of a space that is no text', "UPDATE object SET space = CAST(x'f66572' AS TEXT) WHERE space = 'verifier'"],
    ['there twice', "INSERT INTO object SELECT 'other', key, value, sum FROM object LIMIT 1"],
    ['of another checksum', 'UPDATE object SET sum = sum + 1 WHERE key = (SELECT min(key) FROM object)'],
    ['a record lost in the middle', 'DELETE FROM journal WHERE sequence = 200'],
    ['a record lost at the end', 'DELETE FROM journal WHERE sequence = 300'],
    ['a record lost at the start', 'DELETE FROM journal WHERE sequence = 150'],
    ['a record of another CSN', "UPDATE journal SET csn = 'other' WHERE sequence = 200"],
    ['a record of other writes', "UPDATE journal SET writes = x'' WHERE sequence = 200"],
    ['a head of another number', 'UPDATE state SET head = head - 1'],
    ['a state of another count', 'UPDATE state SET objects = objects - 1'],
    ['no state', 'DELETE FROM state'],
    ['all objects gone', 'DELETE FROM object'],
    ['another table', 'CREATE TABLE other (x)'],
    ['a number that is too large', 'UPDATE journal SET sum = 9223372036854775807 WHERE sequence = 200'],
    ['an object with such a checksum', 'UPDATE object SET sum = 9223372036854775807'],
    ['a state with such a head', 'UPDATE state SET head = 9223372036854775807'],
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON object BEGIN DELETE FROM object; END'],
  ] as const) {
    it(`is found: ${what}`, async (t) => {
      assert.equal(
        changed(t, (db) => db.exec(sql)),
        'detected',
      );
    });
  }

  it('is found when it is an older one, whose own checksum is right', async (t) => {
    const found = changed(t, (db) => {
      const image = Buffer.from('entry:5:key-3older');
      const sum = checksum(image);
      db.prepare(
        "UPDATE object SET value = CAST('older' AS BLOB), sum = ? WHERE space = 'entry' AND key = CAST('key-3' AS BLOB)",
      ).run(sum);
    });
    assert.equal(found, 'detected');
  });

  it('is found when two rows have changed places', async (t) => {
    const found = changed(t, (db) => {
      db.exec(`CREATE TEMP TABLE kept AS SELECT * FROM object WHERE space = 'entry' LIMIT 2;
        UPDATE object SET (value, sum) = (SELECT value, sum FROM kept WHERE kept.key <> object.key)
          WHERE space = 'entry' AND key IN (SELECT key FROM kept)`);
    });
    assert.equal(found, 'detected');
  });
});

it('damage that comes while the store is open is found at the next read', async (t) => {
  const path = placed(t);
  const store = await openJournalStore({ folder: dirname(path), random: systemRandom });
  writeFileSync(path, readFileSync(path).fill(0xa5, 10 * 4096));
  await assert.rejects(
    async () => {
      for await (const _ of await store.objects());
    },
    { code: 'STORE_CORRUPT' },
  );
  assert.notDeepEqual((await store.verify()).damage, []);
  await store.close();
});
