/** `store backup`: one instant of every database, under load, whole or not there. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { verifyDataFolder } from '../../../src/store/index.ts';
import { put, transaction } from '../../conformance/journal-fixture.ts';
import { backUp, breakFile, filled, openJournal, read, restore } from '../../store/filled-data-folder.ts';
import { KEYS, SPACES } from '../../store/journal-kill-cycles.ts';
import { temporaryMount } from '../../store/temporary-folder.ts';

const mode = (path: string) => statSync(path).mode & 0o777;

describe('a backup', () => {
  it('is a private folder with every database and what each must be', async (t) => {
    const { folder, backup } = await filled(t);
    const manifest = backUp(folder, backup);
    assert.deepEqual(readdirSync(backup), ['backup.json', 'directory.db', 'store.db']);
    for (const name of readdirSync(backup)) assert.equal(mode(join(backup, name)), 0o600, name);
    assert.equal(mode(backup), 0o700);
    assert.deepEqual(JSON.parse(readFileSync(join(backup, 'backup.json'), 'utf8')), manifest);
    const { generation } = await read(folder);
    assert.equal(manifest.made, '2026-11-22T09:00:00.000Z');
    assert.deepEqual(
      manifest.databases.map(({ name, form, rows, head, csn, generation: of }) => ({
        name,
        form,
        rows,
        head,
        csn,
        of,
      })),
      [
        { name: 'store.db', form: 2, rows: 1, head: undefined, csn: undefined, of: undefined },
        { name: 'directory.db', form: 1, rows: 2, head: 1, csn: 'c-one', of: generation },
      ],
    );
  });

  it('is made while the stores are open, and of a folder that a killed process left', async (t) => {
    const { folder, backup } = await filled(t);
    const journal = await openJournal(folder);
    await journal.append(1, [transaction('c2', put('key', 'two'))]);
    backUp(folder, backup);
    await journal.append(2, [transaction('c3', put('key', 'three'))]);
    await journal.close();
    restore(folder, backup);
    assert.deepEqual((await read(folder)).objects, ['entry key=two']);
  });

  it('is refused where something is, and leaves nothing when it fails', async (t) => {
    const { folder, backup } = await filled(t);
    mkdirSync(backup, { recursive: true });
    assert.throws(() => backUp(folder, backup), { code: 'STORE_TARGET_EXISTS', message: /made in a new folder/ });
    breakFile(join(folder, 'directory.db'));
    const other = `${backup}-2`;
    assert.throws(() => backUp(folder, other), { code: 'STORE_CORRUPT' });
    const mount = temporaryMount(t, 1);
    assert.throws(() => writeFileSync(join(mount, 'ballast'), new Uint8Array(2 * 1024 * 1024)), { code: 'ENOSPC' });
    rmSync(join(folder, 'directory.db'));
    assert.throws(() => backUp(folder, join(mount, 'backup')), { code: 'STORE_FULL' });
    assert.deepEqual([readdirSync(join(backup, '..')), readdirSync(mount)], [['monday'], ['ballast']]);
  });

  it('under write load has all that was acknowledged before it, no half transaction, and nothing made up', async (t) => {
    const { folder, backup } = await filled(t);
    const log = join(folder, '..', 'acknowledged');
    const descriptor = openSync(log, 'a');
    const program = join(import.meta.dirname, '../../store/journal-writing-process.ts');
    const child = spawn(process.execPath, [program, folder, '0'], { stdio: ['ignore', 'pipe', 'inherit', descriptor] });
    t.after(() => child.kill('SIGKILL'));
    closeSync(descriptor);
    await once(child.stdout!, 'data');
    const acknowledged = () => readFileSync(log, 'utf8').trim().split('\n').map(Number);
    for (let round = 0; round < 5; round += 1) {
      await wait(50);
      const target = `${backup}-${round}`;
      const before = Math.max(...acknowledged());
      backUp(folder, target);
      const { numbers, last } = replayed(target);
      assert.ok(last >= before, 'has everything acknowledged before it was begun');
      for (const [key, values] of numbers) {
        const newest = last - ((((last - key) % KEYS) + KEYS) % KEYS);
        assert.deepEqual(
          values,
          SPACES.map(() => newest),
          `key ${key} is what the last transaction made it`,
        );
      }
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    const spared = join(folder, '..', 'spared');
    restore(spared, `${backup}-4`);
    assert.ok(verifyDataFolder(spared).every(({ damage: found }) => found.length === 0));
  });

  /** The number that each key has in each space, and the last transaction, by reading the copy as plain SQL. */
  function replayed(target: string): { numbers: Map<number, number[]>; last: number } {
    const db = new DatabaseSync(join(target, 'directory.db'), { readOnly: true });
    const numbers = new Map<number, number[]>();
    const rows = db.prepare(
      "SELECT CAST(key AS TEXT) AS key, CAST(value AS TEXT) AS value FROM object WHERE space <> 'odd' AND key <> CAST('key' AS BLOB)",
    );
    for (const { key, value } of rows.all()) {
      numbers.set(Number(key), [...(numbers.get(Number(key)) ?? []), Number(value)]);
    }
    const last = Number(db.prepare('SELECT csn FROM state').get()?.['csn']);
    db.close();
    return { numbers, last };
  }
});
