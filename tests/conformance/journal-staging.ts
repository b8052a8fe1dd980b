/** Part of the conformance suite of journal stores: content that takes the place of the present one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type JournalFixture, object, put, transaction } from './journal-fixture.ts';

export function journalStaging(home: JournalFixture): void {
  describe('staged content', () => {
    it('takes the place of the present one whole, under a new generation', async () => {
      await home.write('c1', put('old', '1'));
      const { generation } = home.store;
      const staged = await home.store.stage();
      await staged.add([object('b', '2'), object('a', '1')]);
      await staged.add([object('a', '3', 'member')]);
      assert.deepEqual(await home.objects(), ['entry old=1']);
      assert.equal(await staged.commit('import'), 'committed');
      assert.deepEqual(await home.objects(), ['entry a=1', 'entry b=2', 'member a=3']);
      assert.notEqual(home.store.generation, generation);
      assert.deepEqual([home.store.head(), home.store.csn(), await home.records(2)], [2, 'import', []]);
      await assert.rejects(home.store.journal(1), { code: 'STORE_TRIMMED' });
      assert.deepEqual((await home.store.verify()).damage, []);
    });

    it('is appended to, and is there when opened again', async () => {
      const staged = await home.store.stage();
      await staged.add(Array.from({ length: 5000 }, (_, at) => object(`k${at}`, `${at}`)));
      await staged.commit('import');
      const { generation } = home.store;
      await home.write('c', put('k1', 'new'));
      await home.reopen();
      assert.equal(home.store.generation, generation);
      const objects = await home.objects();
      assert.equal(objects.length, 5000);
      assert.ok(objects.includes('entry k1=new'));
      assert.deepEqual(await home.records(home.store.head() - 1), [`${home.store.head()} c: entry k1=new`]);
      assert.deepEqual((await home.store.verify()).damage, []);
    });

    it('never takes what is appended meanwhile away unseen', async () => {
      await home.write('c1', put('a', '1'));
      const staged = await home.store.stage();
      const swap = staged.commit('import');
      const appends = Array.from({ length: 30 }, (_, at) =>
        home.store.append(1 + at, [transaction('late', put('a', '2'))]),
      );
      const [swapped, ...appended] = await Promise.all([swap, ...appends]);
      const committed = appended.filter((outcome) => outcome === 'committed').length;
      assert.equal(swapped, committed === 0 ? 'committed' : 'behind');
      assert.deepEqual(await home.objects(), committed === 0 ? [] : ['entry a=2']);
      assert.equal(await home.store.append(1, [transaction('late', put('a', '3'))]), 'behind');
    });

    it('is behind, and dropped, when something was appended since it was begun', async () => {
      const { generation } = home.store;
      const staged = await home.store.stage();
      await staged.add([object('b', '2')]);
      await home.write('c1', put('a', '1'));
      assert.equal(await staged.commit('import'), 'behind');
      assert.deepEqual([home.store.generation, await home.objects()], [generation, ['entry a=1']]);
      await home.write('c2', put('c', '1'));
      await home.reopen();
      assert.deepEqual(await home.objects(), ['entry a=1', 'entry c=1']);
    });

    it('may be discarded', async () => {
      await home.write('c1', put('a', '1'));
      const staged = await home.store.stage();
      await staged.add([object('b', '2')]);
      await staged.discard();
      await home.write('c2', put('c', '1'));
      await home.reopen();
      assert.deepEqual(await home.objects(), ['entry a=1', 'entry c=1']);
    });

    it('is discarded by the next one', async () => {
      const first = await home.store.stage();
      await first.add([object('a', '1')]);
      const second = await home.store.stage();
      await second.add([object('b', '2')]);
      await assert.rejects(first.add([object('c', '1')]), { code: 'STORE_CLOSED' });
      await assert.rejects(first.commit('c'), { code: 'STORE_CLOSED' });
      assert.equal(await second.commit('import'), 'committed');
      assert.deepEqual(await home.objects(), ['entry b=2']);
    });

    it('refuses a key that comes twice, and leaves the present content', async () => {
      await home.write('c1', put('a', '1'));
      const staged = await home.store.stage();
      await assert.rejects(
        async () => {
          await staged.add([object('b', '1'), object('c', '1')]);
          await staged.add([object('c', '2')]);
          await staged.commit('import');
        },
        { code: 'STORE_BAD_KEY', message: /added twice/ },
      );
      await assert.rejects(staged.commit('import'), { code: 'STORE_BAD_KEY' });
      assert.deepEqual(await home.objects(), ['entry a=1']);
      await staged.discard();
      const again = await home.store.stage();
      assert.equal(await again.commit('import'), 'committed');
    });

    it('refuses what can never be kept', async () => {
      const staged = await home.store.stage();
      await assert.rejects(staged.add([object('', '1')]), { code: 'STORE_BAD_KEY' });
      await assert.rejects(staged.commit(''), { code: 'STORE_BAD_KEY' });
      assert.equal(await staged.commit('import'), 'committed');
    });

    it('ends the snapshots of the old content', async () => {
      await home.write('c1', ...Array.from({ length: 5000 }, (_, at) => put(`k${at}`, '1')));
      const snapshot = await home.store.objects();
      await (await home.store.stage()).commit('import');
      await assert.rejects(
        async () => {
          for await (const _ of snapshot);
        },
        { code: 'STORE_CLOSED' },
      );
      assert.deepEqual(await home.objects(), []);
    });
  });
}
