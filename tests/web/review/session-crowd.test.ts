/** One account fills neither memory nor store with sessions: a child session costs its owner nothing but requests. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { systemRandom } from '../../../src/base/index.ts';
import { SessionRegistry } from '../../../src/realm/index.ts';
import { openSqliteStore, type Store } from '../../../src/store/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';

let folder: string;
let store: Store;
let registry: SessionRegistry;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'realmgate-crowd-'));
  const clock = new ManualClock(Date.UTC(2026, 10, 20, 9, 0, 0));
  store = await openSqliteStore({ folder, clock });
  registry = await SessionRegistry.open({ store, clock, random: systemRandom });
  registry.adopt(new Map([['staff', { idle: 60_000, maximum: 3_600_000, validators: [] }]]));
});
afterEach(async () => {
  await registry.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function begin(name: string) {
  const subject = { realm: 'staff', domain: 'local', name, principals: [], wrapped: [] };
  return registry.begin({ subject, attempt: 'a', host: 'login.example' });
}

async function stored(): Promise<number> {
  let count = 0;
  for await (const _ of store.list('sessions')) count += 1;
  return count;
}

describe('the sessions of one login', () => {
  it('are few on each host, the newest of them', async () => {
    const { session } = await begin('alice');
    const tokens: string[] = [];
    for (let round = 0; round < 30; round++) {
      for (const host of ['app.example', 'lab.example']) {
        const child = await registry.redeemTicket(await registry.issueTicket(session.id, host, 'n'), host, 'n');
        if (host === 'app.example') tokens.push(child!.token);
      }
    }
    const found = tokens.map((token) => registry.find(token, 'app.example') !== undefined);
    assert.deepEqual([found.lastIndexOf(false), found.length], [21, 30]);
    assert.deepEqual([[...registry.list()].length, await stored()], [17, 17]);
  });
});

describe('the logins of one user', () => {
  it('are a thousand at most, the newest of them, and nobody else loses one', async () => {
    const first = await begin('alice');
    const bob = await begin('bob');
    const second = await begin('alice');
    await Promise.all(Array.from({ length: 999 }, () => begin('alice')));
    assert.equal(registry.find(first.token, 'login.example'), undefined);
    assert.notEqual(registry.find(second.token, 'login.example'), undefined);
    assert.notEqual(registry.find(bob.token, 'login.example'), undefined);
    assert.deepEqual([[...registry.list()].length, await stored()], [1001, 1001]);
    assert.equal(await registry.endUser({ realm: 'staff', domain: 'local', name: 'alice' }), 1000);
    assert.deepEqual([[...registry.list()].length, await stored()], [1, 1]);
  });
});
