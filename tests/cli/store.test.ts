/** `realmgate store`: what is printed, and the exit codes that scripts can rely on. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemRandom } from '../../src/base/index.ts';
import { lockDataFolder, openJournalStore } from '../../src/store/index.ts';
import { labConfiguration, labFiles } from '../support/lab-site.ts';
import { runCommand } from '../support/whole-server.ts';

let folder: string;
let data: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'realmgate-cli-store-'));
  const configuration = labConfiguration({ upstream: 'http://127.0.0.1:9' }).replaceAll('PORT', '18080');
  for (const [name, text] of Object.entries({ ...labFiles(), 'realmgate.yaml': configuration })) {
    writeFileSync(join(folder, name), text);
  }
  data = join(folder, /^data: (.+)$/m.exec(configuration)?.[1] ?? 'var');
  const store = await openJournalStore({ folder: data, random: systemRandom });
  await store.append(0, [
    { csn: 'c1', writes: [{ space: 'entry', key: Buffer.from('alice'), value: Buffer.from('the octets of alice') }] },
  ]);
  await store.close();
});

after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: readonly string[]) =>
  runCommand(['--config', join(folder, 'realmgate.yaml'), 'store', ...args], '');

describe('realmgate store', () => {
  it('backs up, verifies the backup and restores it', async () => {
    const backup = join(folder, 'backup');
    const made = await run('backup', backup);
    assert.deepEqual([made.code, made.stderr], [0, '']);
    assert.match(made.stdout, /^directory\.db +2 +\d+ +1$/m);
    const verified = await run('verify', backup);
    assert.equal(verified.code, 0);
    assert.match(verified.stdout, /^directory\.db +1 +2 +\d+ +1 +[0-9a-f]{32} +sound$/m);
    const dry = await run('restore', backup, '--dry-run');
    assert.match(dry.stdout, /^directory\.db +would be restored +1 +1$/m);
    const restored = await run('-o', 'json', 'restore', backup);
    assert.equal(JSON.parse(restored.stdout)[0].outcome, 'restored');
    assert.equal((await run('backup', backup)).code, 1);
  });

  it('says 1 and what is wrong when something is', async () => {
    const path = join(data, 'directory.db');
    const whole = readFileSync(path);
    const octets = Buffer.from(whole);
    octets[octets.indexOf('the octets of alice')] = 0x54;
    writeFileSync(path, octets);
    const { code, stdout } = await run('verify');
    assert.equal(code, 1);
    assert.match(stdout, /DAMAGED/);
    assert.match(stdout, /^directory\.db: an object of the space entry .* has a wrong checksum$/m);
    assert.equal((await run('backup', join(folder, 'never'))).code, 1);
    writeFileSync(path, whole);
  });

  it('says 3 when a server has the folder', async () => {
    const lock = lockDataFolder(data);
    for (const args of [['restore', join(folder, 'backup')], ['migrate']]) {
      const { code, stderr } = await run(...args);
      assert.equal(code, 3);
      assert.match(stderr, /is in use by process \d+.*STORE_LOCKED/);
    }
    lock.release();
    assert.equal((await run('migrate')).code, 0);
  });

  it('says 1 of what is no backup, and 2 of a wrong command line', async () => {
    const { code, stderr } = await run('restore', folder);
    assert.deepEqual([code, /STORE_BAD_BACKUP/.test(stderr)], [1, true]);
    assert.equal((await run('backup')).code, 2);
    assert.equal((await run('nonsense')).code, 2);
  });
});
