/** The part of the store suite about what a commit depends on: conditions, and time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytes, put, type StoreFixture } from './store-fixture.ts';

export function storeConditions(home: StoreFixture): void {
  describe('compare-and-set', () => {
    it('writes an absent record once', async () => {
      assert.equal(await home.store.commit([put('k', bytes(1), { expect: 'absent' })]), 'committed');
      assert.equal(await home.store.commit([put('k', bytes(2), { expect: 'absent' })]), 'conflict');
      assert.deepEqual(await home.value('k'), bytes(1));
    });

    it('replaces only the revision that was read', async () => {
      await home.store.commit([put('k', bytes(1))]);
      const read = await home.revision('k');
      assert.equal(await home.store.commit([put('k', bytes(2), { expect: read })]), 'committed');
      assert.equal(await home.store.commit([put('k', bytes(3), { expect: read })]), 'conflict');
      assert.deepEqual(await home.value('k'), bytes(2));
    });

    it('gives a new revision also for an equal value', async () => {
      await home.store.commit([put('k', bytes(1))]);
      const read = await home.revision('k');
      await home.store.commit([put('k', bytes(1))]);
      assert.ok((await home.revision('k')) > read);
    });

    it('never takes a record made anew for the one that was deleted', async () => {
      await home.store.commit([put('k', bytes(1))]);
      const read = await home.revision('k');
      await home.store.commit([put('k', bytes(), { value: undefined })]);
      await home.reopen();
      await home.store.commit([put('k', bytes(1))]);
      assert.equal(await home.store.commit([put('k', bytes(2), { expect: read })]), 'conflict');
    });

    it('deletes only the revision that was read', async () => {
      await home.store.commit([put('k', bytes(1))]);
      const read = await home.revision('k');
      await home.store.commit([put('k', bytes(2))]);
      assert.equal(await home.store.commit([put('k', bytes(), { value: undefined, expect: read })]), 'conflict');
      assert.deepEqual(await home.value('k'), bytes(2));
    });

    it('has a conflict where a revision is expected and nothing is there', async () => {
      await home.store.commit([put('k', bytes(1))]);
      const read = await home.revision('k');
      assert.equal(await home.store.commit([put('other', bytes(2), { expect: read })]), 'conflict');
    });

    it('keeps nothing of a batch when its last condition fails', async () => {
      await home.store.commit([put('taken', bytes(1)), put('old', bytes(2))]);
      const outcome = await home.store.commit([
        put('new', bytes(3)),
        put('old', bytes(), { value: undefined }),
        put('taken', bytes(4), { expect: 'absent' }),
      ]);
      assert.equal(outcome, 'conflict');
      assert.deepEqual(await home.keys(), ['old', 'taken']);
      assert.deepEqual(await home.value('taken'), bytes(1));
    });

    it('judges each condition after the writes before it in the batch', async () => {
      assert.equal(
        await home.store.commit([
          put('k', bytes(1), { expect: 'absent' }),
          put('k', bytes(), { value: undefined }),
          put('k', bytes(2), { expect: 'absent' }),
        ]),
        'committed',
      );
      assert.deepEqual(await home.value('k'), bytes(2));
      assert.equal(await home.store.commit([put('n', bytes(1)), put('n', bytes(2), { expect: 'absent' })]), 'conflict');
      assert.equal(await home.value('n'), undefined);
    });

    it('lets exactly one of many parallel takers win', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 200 }, (_, at) => home.store.commit([put('ticket', bytes(at), { expect: 'absent' })])),
      );
      assert.equal(outcomes.filter((outcome) => outcome === 'committed').length, 1);
      assert.deepEqual(await home.value('ticket'), bytes(outcomes.indexOf('committed')));
    });

    it('counts exactly under parallel increments', async () => {
      const increment = async (): Promise<void> => {
        const record = await home.store.get('b', 'counter');
        const next = bytes((record?.value[0] ?? 0) + 1);
        const outcome = await home.store.commit([put('counter', next, { expect: record?.revision ?? 'absent' })]);
        if (outcome === 'conflict') await increment();
      };
      await Promise.all(Array.from({ length: 20 }, increment));
      assert.deepEqual(await home.value('counter'), bytes(20));
    });

    it('leaves the neighbours of a conflict alone', async () => {
      await home.store.commit([put('taken', bytes(0))]);
      const outcomes = await Promise.all(
        Array.from({ length: 30 }, (_, at) =>
          home.store.commit([
            put(`n${at}`, bytes(at)),
            put('taken', bytes(1), { expect: at % 3 === 0 ? 'absent' : 'any' }),
          ]),
        ),
      );
      for (const [at, outcome] of outcomes.entries()) {
        assert.equal(outcome, at % 3 === 0 ? 'conflict' : 'committed');
        assert.deepEqual(await home.value(`n${at}`), at % 3 === 0 ? undefined : bytes(at));
      }
    });

    it('commits an empty batch', async () => {
      assert.equal(await home.store.commit([]), 'committed');
    });
  });

  describe('expiry', () => {
    it('hides a record from its instant on', async () => {
      const expiresAt = home.clock.now() + 1000;
      await home.store.commit([put('k', bytes(1), { expiresAt }), put('stays', bytes(2))]);
      assert.equal((await home.store.get('b', 'k'))?.expiresAt, expiresAt);
      home.clock.advance(999);
      assert.deepEqual(await home.keys(), ['k', 'stays']);
      home.clock.advance(1);
      assert.equal(await home.store.get('b', 'k'), undefined);
      assert.deepEqual(await home.keys(), ['stays']);
    });

    it('takes an expired record for absent, whichever condition is asked', async () => {
      await home.store.commit([put('k', bytes(1), { expiresAt: home.clock.now() + 10 })]);
      const read = await home.revision('k');
      home.clock.advance(10);
      assert.equal(await home.store.commit([put('k', bytes(2), { expect: read })]), 'conflict');
      assert.equal(await home.store.commit([put('k', bytes(3), { expect: 'absent' })]), 'committed');
      assert.deepEqual(await home.store.get('b', 'k'), {
        key: 'k',
        value: bytes(3),
        revision: await home.revision('k'),
      });
    });

    it('sweeps what has expired and nothing else', async () => {
      const now = home.clock.now();
      await home.store.commit([
        put('past', bytes(1), { expiresAt: now - 1 }),
        put('present', bytes(2), { expiresAt: now }),
        put('future', bytes(3), { expiresAt: now + 1 }),
        put('ever', bytes(4)),
      ]);
      assert.equal(await home.store.sweep(now), 2);
      assert.equal(await home.store.sweep(now), 0);
      assert.deepEqual(await home.keys(), ['ever', 'future']);
    });

    it('sweeps more than one round of records', async () => {
      for (let round = 0; round < 3; round += 1) {
        await home.store.commit(
          Array.from({ length: 900 }, (_, at) => put(`${round}-${at}`, bytes(1), { expiresAt: 1 })),
        );
      }
      assert.equal(await home.store.sweep(2), 2700);
    });
  });
}
