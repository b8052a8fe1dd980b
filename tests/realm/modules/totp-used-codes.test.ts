/** The memory of used one-time codes. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { storedUsedCodes } from '../../../src/realm/modules/totp-used-codes.ts';
import { openSqliteStore } from '../../../src/store/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryFolder } from './module-run.ts';

describe('the memory of used one-time codes', () => {
  it('lets exactly one of many use a code, and outlives a restart', async () => {
    const folder = temporaryFolder();
    const clock = new ManualClock();
    const alice = { domain: 'campus', name: 'alice' };
    const store = await openSqliteStore({ folder, clock });
    const codes = storedUsedCodes(store, clock);
    const answers = await Promise.all(Array.from({ length: 20 }, () => codes.use(alice, 42)));
    assert.equal(answers.filter((first) => first).length, 1);
    assert.equal(await codes.use(alice, 43), true);
    assert.equal(await codes.use({ ...alice, domain: 'guests' }, 42), true);
    assert.equal(await codes.use({ domain: 'campus', name: 'alice'.repeat(200) }, 42), true);
    await store.close();

    const again = await openSqliteStore({ folder, clock });
    after(() => again.close());
    clock.advance(150_000);
    assert.equal(await storedUsedCodes(again, clock).use(alice, 42), false);
  });
});
