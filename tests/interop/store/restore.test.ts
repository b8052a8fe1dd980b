/** `store restore`: the directory goes back under a new generation, whole or not at all. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { lockDataFolder, verifyDataFolder } from '../../../src/store/index.ts';
import { backUp, breakFile, filled, read, restore, write } from '../../store/filled-data-folder.ts';

describe('a restore', () => {
  it('puts the directory back under a new generation, and keeps the sessions', async (t) => {
    const { folder, backup } = await filled(t);
    backUp(folder, backup);
    const before = await read(folder);
    await write(folder, 'two');
    const [records, directory] = restore(folder, backup);
    assert.deepEqual([records?.outcome, directory?.outcome, directory?.replaced?.head], ['kept', 'restored', 2]);
    const after = await read(folder);
    assert.deepEqual(after, { ...before, record: 'two', generation: directory?.generation });
    assert.notEqual(after.generation, before.generation);
    await write(folder, 'three');
    assert.deepEqual((await read(folder)).objects, ['entry key=three']);
    assert.ok(verifyDataFolder(folder).every(({ damage: found }) => found.length === 0));
  });

  it('puts the sessions back when it is told to, and where there are none', async (t) => {
    const { folder, backup } = await filled(t);
    backUp(folder, backup);
    await write(folder, 'two');
    restore(folder, backup, { withSessions: true });
    assert.equal((await read(folder)).record, 'one');
    const other = join(folder, '..', 'other');
    restore(other, backup);
    const { record, objects } = await read(other);
    assert.deepEqual([record, objects], ['one', ['entry key=one']]);
  });

  it('replaces what is damaged, lost, or has lost its log', async (t) => {
    const { folder, backup } = await filled(t);
    backUp(folder, backup);
    const path = join(folder, 'directory.db');
    const breaks: readonly (() => void)[] = [
      () => breakFile(path),
      () => rmSync(path),
      () => writeFileSync(path, ''),
      () => writeFileSync(path, 'no database at all'),
      () => writeFileSync(`${path}-wal`, 'a log of something else'),
    ];
    for (const breakIt of breaks) {
      breakIt();
      restore(folder, backup);
      assert.deepEqual((await read(folder)).objects, ['entry key=one']);
    }
  });

  it('is refused while a server runs, and changes nothing', async (t) => {
    const { folder, backup } = await filled(t);
    backUp(folder, backup);
    await write(folder, 'two');
    const lock = lockDataFolder(folder);
    assert.throws(() => restore(folder, backup), { code: 'STORE_LOCKED' });
    lock.release();
    assert.deepEqual((await read(folder)).objects, ['entry key=two']);
  });

  it('of a dry run changes nothing', async (t) => {
    const { folder, backup } = await filled(t);
    backUp(folder, backup);
    await write(folder, 'two');
    const before = await read(folder);
    const [, directory] = restore(folder, backup, { dryRun: true });
    assert.equal(directory?.backup.head, 1);
    assert.deepEqual(
      [await read(folder), readdirSync(folder)],
      [before, ['directory.db', 'directory.db-head', 'lock', 'store.db']],
    );
  });

  it('is refused, and changes nothing, when the backup is not whole', async (t) => {
    const { folder, backup } = await filled(t);
    backUp(folder, backup);
    await write(folder, 'two');
    const manifest = readFileSync(join(backup, 'backup.json'), 'utf8');
    const database = readFileSync(join(backup, 'directory.db'));
    const breaks: readonly (() => void)[] = [
      () => breakFile(join(backup, 'directory.db')),
      () => appendFileSync(join(backup, 'directory.db'), 'x'),
      () => rmSync(join(backup, 'directory.db')),
      () => writeFileSync(join(backup, 'backup.json'), manifest.slice(0, 100)),
      () => writeFileSync(join(backup, 'backup.json'), manifest.replace('directory.db', '../directory.db')),
      () => rmSync(join(backup, 'backup.json')),
      () => rmSync(backup, { recursive: true }),
    ];
    for (const breakIt of breaks) {
      breakIt();
      assert.throws(() => restore(folder, backup), { code: 'STORE_BAD_BACKUP' });
      if (!existsSync(backup)) break;
      writeFileSync(join(backup, 'backup.json'), manifest);
      writeFileSync(join(backup, 'directory.db'), database);
    }
    const { objects, record } = await read(folder);
    assert.deepEqual([objects, record], [['entry key=two'], 'two']);
  });
});
