/** Every act on accounts is in the audit trail with who it was about, and no secret is in the trail or the log. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AccountSite, generatedIn, person } from '../../support/account-site.ts';

interface Act {
  readonly kind: string;
  readonly action: string;
  readonly by: string;
  readonly target?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

const TYPED = 'three lanterns under water';
const REFUSED = 'hunter2';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq5vXB6bYxS2Zl8R5cDfQ5xq0X0k3h6uJ2m0v1w9x8y alice@laptop';

describe('acts on accounts in the trail', () => {
  let site: AccountSite;
  const secrets: string[] = [TYPED, REFUSED];
  before(async () => {
    site = await AccountSite.start({ more: 'log: { level: debug }' });
  });
  after(() => site.close());

  const lines = () =>
    readdirSync(join(site.whole.folder, 'data', 'audit'))
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) =>
        readFileSync(join(site.whole.folder, 'data', 'audit', name), 'utf8')
          .trim()
          .split('\n'),
      );
  const acts = () =>
    lines()
      .map((line) => JSON.parse(line) as Act)
      .filter(({ kind, by }) => kind === 'act' && by === 'operator')
      .map(({ action, target, detail }) => [action, target, ...(detail === undefined ? [] : [detail])]);

  it('are there, one each, with names and dates', async () => {
    secrets.push(generatedIn(await site.run('user', 'add', 'alice', '--group', 'administrators', '--generate')));
    await site.run('group', 'add', 'labs', '--member', 'alice', '--owner', 'alice');
    await site.run('user', 'add', 'bob');
    await site.run('group', 'members', 'labs', '--add', 'bob', '--end', '2027-06-30');
    await site.run('group', 'members', 'labs', '--remove', 'alice');
    await site.run('group', 'owners', 'labs', '--remove', 'alice');
    await site.run('user', 'set', 'alice', 'telephoneNumber', '+49 711 1');
    await site.run('user', 'keys', 'alice', '--add', KEY);
    await site.run('user', 'keys', 'alice', '--remove', 'alice@laptop');
    await site.runWith(TYPED, 'user', 'passwd', 'alice', '--password-stdin');
    await site.run('user', 'disable', 'alice');
    await site.run('user', 'enable', 'alice');
    await site.run('user', 'delete', 'alice');
    secrets.push(generatedIn(await site.run('host', 'add', 'Portal')));
    secrets.push(generatedIn(await site.run('host', 'passwd', 'Portal', '--generate')));
    await site.run('host', 'delete', 'Portal');
    await site.run('group', 'delete', 'labs');
    assert.deepEqual(acts(), [
      ['user.add', 'alice', { groups: 'administrators' }],
      ['group.add', 'labs', { members: 'alice', owners: 'alice' }],
      ['user.add', 'bob'],
      ['group.members', 'labs', { add: 'bob', end: '2027-07-01T00:00:00.000Z' }],
      ['group.members', 'labs', { remove: 'alice' }],
      ['group.owners', 'labs', { remove: 'alice' }],
      ['user.set', 'alice', { attribute: 'telephoneNumber', operation: 'replace' }],
      ['user.keys', 'alice', { add: 'alice@laptop' }],
      ['user.keys', 'alice', { remove: 'alice@laptop' }],
      ['user.passwd', 'alice'],
      ['user.disable', 'alice'],
      ['user.enable', 'alice'],
      ['user.delete', 'alice'],
      ['host.add', 'Portal'],
      ['host.passwd', 'Portal'],
      ['host.delete', 'Portal'],
      ['group.delete', 'labs'],
    ]);
  });

  it('are not there for what was only looked at, tried or refused', async () => {
    const before = acts().length;
    for (const command of [
      ['user', 'list'],
      ['user', 'show', 'bob'],
      ['user', 'keys', 'bob'],
      ['group', 'list'],
      ['group', 'members', 'administrators'],
      ['group', 'owners', 'administrators'],
      ['host', 'list'],
      ['user', 'delete', 'bob', '--dry-run'],
      ['user', 'add', 'carol', '--generate', '--dry-run'],
    ]) {
      await site.run(...command);
    }
    await site.refused('user', 'delete', 'zed');
    await site.refusedWith(REFUSED, 'user', 'passwd', 'bob', '--password-stdin');
    assert.equal(acts().length, before);
  });

  it('record imports and exports with what came of them', async () => {
    const { folder } = site.whole;
    secrets.push(generatedIn(await site.run('user', 'passwd', 'bob', '--generate')));
    await site.run('ldif', 'export', join(folder, 'tree.ldif'), '--with-passwords');
    const [form = ''] =
      /(?<=^userPassword: )\{ARGON2\}\S+/m.exec(readFileSync(join(folder, 'tree.ldif'), 'utf8')) ?? [];
    assert.ok(form.length > 40);
    secrets.push(form.slice(-20));
    await site.run('ldif', 'import', join(folder, 'tree.ldif'), '--replace', '--dry-run');
    await site.run('ldif', 'import', join(folder, 'tree.ldif'), '--replace');
    assert.deepEqual(acts().slice(-2), [
      ['directory.export', join(folder, 'tree.ldif'), { entries: 6, passwords: true }],
      ['directory.import', join(folder, 'tree.ldif'), { entries: 6, mode: 'replace' }],
    ]);
  });

  it('hold no secret, nor does the log', async () => {
    await site.bind(person('bob'), `${TYPED}-wrong`);
    secrets.push(`${TYPED}-wrong`);
    assert.ok(secrets.length >= 7);
    const written = [...lines(), JSON.stringify(site.whole.log)].join('\n');
    for (const secret of secrets) assert.ok(!written.includes(secret), `a secret of ${secret.length} characters`);
    assert.match(await site.run('audit', 'verify'), /^sound: 1 chains\n$/);
  });
});
