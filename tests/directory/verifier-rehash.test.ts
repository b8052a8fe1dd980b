/** Old forms are hashed anew in the background, and never at the cost of a login or of a change (RELIABILITY S23). */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Secret } from '../../src/base/index.ts';
import { needsRehash } from '../../src/password/index.ts';
import { Accounts, settled, ssha } from './verifier-fixture.ts';

const open: Accounts[] = [];
const accounts = (...parts: ConstructorParameters<typeof Accounts>): Accounts => {
  const made = new Accounts(...parts);
  open.push(made);
  return made;
};
after(async () => {
  for (const each of open) await each.close();
});

describe('an old form', () => {
  it('is hashed anew after a login, in the background, and once', async () => {
    const site = accounts();
    const uuid = site.add([ssha('right'), ssha('other')]);
    assert.equal(await site.login(uuid, 'wrong'), 'wrong-password');
    site.clock.advance(1000);
    assert.equal(site.keys.hashed, 0);
    assert.equal(await site.login(uuid, 'right'), 'verified');
    assert.equal(await site.login(uuid, 'right'), 'verified');
    assert.equal(site.commits.length, 0, 'not before the answer');
    site.clock.advance(300);
    await settled(() => site.commits.length > 0);
    const [fresh = '', kept] = site.verifiers.formsOf(uuid)!.forms;
    assert.equal(needsRehash(fresh), false);
    assert.equal(kept, ssha('other'));
    assert.equal(await site.login(uuid, 'right'), 'verified');
    assert.equal(await site.login(uuid, 'other'), 'verified');
    site.clock.advance(300);
    await settled(() => site.commits.length > 1);
    assert.equal(site.keys.hashed, 2);
  });

  it('never overwrites a password that was changed in the meantime', async () => {
    const site = accounts();
    const uuid = site.add(ssha('right'));
    const next = await site.keys.hash(new Secret('another'));
    assert.equal(await site.login(uuid, 'right'), 'verified');
    site.clock.advance(300);
    site.store(uuid, next);
    await settled(() => site.keys.isIdle);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(site.verifiers.formsOf(uuid)?.forms, [next]);
    assert.deepEqual(site.commits, []);
  });

  it('stays while there is no time for it, and where the policy says so', async () => {
    const site = accounts();
    const uuids = Array.from({ length: 100 }, (_, index) => site.add(ssha(`right ${index}`)));
    for (const [index, uuid] of uuids.entries()) assert.equal(await site.login(uuid, `right ${index}`), 'verified');
    // A hundred logins in a moment are a busy time: nothing is hashed, and what waits too long is dropped.
    site.clock.advance(200);
    assert.equal(site.keys.hashed, 0);
    const kept = accounts({ rehash: false });
    const uuid = kept.add(ssha('right'));
    assert.equal(await kept.login(uuid, 'right'), 'verified');
    kept.clock.advance(60_000);
    assert.equal(kept.keys.hashed, 0);
  });
});
