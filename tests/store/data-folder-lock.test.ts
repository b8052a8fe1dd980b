/** The lock on the data folder: one holder, and none after the holder's death. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lockDataFolder } from '../../src/store/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

const locked = (pid: number | string) => ({ code: 'STORE_LOCKED', message: new RegExp(`is in use by .*${pid}`) });

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function holder(folder: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'holding-process.ts'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('the lock on the data folder', () => {
  it('is refused a second time within the process, each time', (t) => {
    const folder = temporaryFolder(t);
    const lock = lockDataFolder(folder);
    assert.throws(() => lockDataFolder(folder), locked(process.pid));
    assert.throws(() => lockDataFolder(join(folder, '..', folder.split('/').at(-1)!)), locked(process.pid));
    lock.release();
    lockDataFolder(folder).release();
  });

  it('is refused while another process holds it, and free at once when that is killed', async (t) => {
    const folder = temporaryFolder(t);
    const child = await holder(folder);
    t.after(() => child.kill('SIGKILL'));
    assert.throws(() => lockDataFolder(folder), locked(child.pid!));
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(readFileSync(join(folder, 'lock.pid'), 'utf8'), `${child.pid}\n`);
    lockDataFolder(folder).release();
  });

  it('is held also when nobody refers to it and the garbage is collected', async (t) => {
    const folder = temporaryFolder(t);
    lockDataFolder(folder);
    await turn();
    collectGarbage();
    await turn();
    assert.throws(() => lockDataFolder(folder), locked(process.pid));
  });

  it('still keeps other processes out after it was refused within its own', async (t) => {
    const folder = temporaryFolder(t);
    const lock = lockDataFolder(folder);
    assert.throws(() => lockDataFolder(folder), locked(process.pid));
    const child = spawn(process.execPath, [join(import.meta.dirname, 'holding-process.ts'), folder], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    const complaint = (await child.stderr.toArray()).join('');
    assert.match(complaint, new RegExp(`is in use by process ${process.pid}; end it first`));
    lock.release();
  });

  it('may be released twice, and the second time takes nothing from the next holder', (t) => {
    const folder = temporaryFolder(t);
    const first = lockDataFolder(folder);
    first.release();
    const second = lockDataFolder(folder);
    first.release();
    assert.throws(() => lockDataFolder(folder), locked(process.pid));
    second.release();
  });

  it('makes a private folder and leaves only the empty lock file behind', (t) => {
    const folder = join(temporaryFolder(t), 'data');
    const lock = lockDataFolder(folder);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    lock.release();
    assert.deepEqual(readdirSync(folder), ['lock']);
  });

  it('names nobody when the pid cannot be read', (t) => {
    const folder = temporaryFolder(t);
    const lock = lockDataFolder(folder);
    for (const content of ['', 'x; rm -rf /', '1\n2']) {
      writeFileSync(join(folder, 'lock.pid'), content);
      assert.throws(() => lockDataFolder(folder), locked('another process'));
    }
    rmSync(join(folder, 'lock.pid'));
    assert.throws(() => lockDataFolder(folder), locked('another process'));
    lock.release();
  });

  it('is refused with a code where a folder cannot be', (t) => {
    const path = join(temporaryFolder(t), 'file');
    writeFileSync(path, '');
    assert.throws(() => lockDataFolder(path), { code: 'STORE_IO' });
  });
});
