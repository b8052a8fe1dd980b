/**
 * What every JournalStore must do, whatever keeps it: the promises of src/store/journal/journal-store.ts as a suite.
 *
 * An implementation's own test calls `journalConformance` with a way to open an empty store, and to open the same one again.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { APPEND_LIMIT, OBJECT_KEY_LIMIT, OBJECT_VALUE_LIMIT } from '../../src/store/index.ts';
import { JournalFixture, type JournalHome, object, octets, put, remove, transaction } from './journal-fixture.ts';
import { journalModel } from './journal-model.ts';
import { journalStaging } from './journal-staging.ts';

export function journalConformance(kind: string, makeHome: () => JournalHome): void {
  describe(`${kind} journal store`, () => {
    const home = new JournalFixture(makeHome);
    journalAppends(home);
    journalRecords(home);
    journalSnapshots(home);
    journalStaging(home);
    journalModel(home);
    journalLimits(home);
    journalEnd(home);
  });
}

function journalAppends(home: JournalFixture): void {
  describe('append', () => {
    it('begins with nothing, at sequence 0', async () => {
      assert.match(home.store.generation, /^[0-9a-f]{32}$/);
      assert.deepEqual([home.store.head(), home.store.csn()], [0, '']);
      assert.deepEqual([await home.objects(), await home.records()], [[], []]);
    });

    it('keeps objects, records and the CSN of a batch', async () => {
      const outcome = await home.store.append(0, [
        transaction('c1', put('alice', '1'), put('bob', '2')),
        transaction('c2', put('alice', '3'), put('alice', '4', 'verifier')),
      ]);
      assert.equal(outcome, 'committed');
      assert.deepEqual([home.store.head(), home.store.csn()], [2, 'c2']);
      assert.deepEqual(await home.objects(), ['entry alice=3', 'entry bob=2', 'verifier alice=4']);
      assert.deepEqual(await home.records(), [
        '1 c1: entry alice=1, entry bob=2',
        '2 c2: entry alice=3, verifier alice=4',
      ]);
    });

    it('takes the writes of a transaction in order', async () => {
      await home.write('c1', put('a', '1'), remove('a'), put('a', '2'), put('b', '1'), remove('b'));
      assert.deepEqual(await home.objects(), ['entry a=2']);
    });

    it('deletes, also what is not there', async () => {
      await home.write('c1', put('a', '1'), put('b', '1'));
      await home.write('c2', remove('a'), remove('c'), remove('b', 'member'));
      assert.deepEqual(await home.objects(), ['entry b=1']);
      assert.equal((await home.records(1))[0], '2 c2: entry a=gone, entry c=gone, member b=gone');
    });

    it('keeps a value of no octets apart from no value', async () => {
      await home.write('c1', put('a', ''));
      assert.deepEqual(await home.objects(), ['entry a=']);
    });

    it('keeps a transaction without writes, and an append without transactions changes nothing', async () => {
      await home.write('c1');
      assert.equal(await home.store.append(1, []), 'committed');
      assert.deepEqual([home.store.head(), home.store.csn(), await home.records()], [1, 'c1', ['1 c1: ']]);
    });

    it('is behind, and writes nothing, on another head', async () => {
      await home.write('c1', put('a', '1'));
      for (const head of [0, 2, -1]) {
        assert.equal(await home.store.append(head, [transaction('x', put('b', '1'))]), 'behind');
      }
      assert.equal(await home.store.append(0, []), 'behind');
      assert.deepEqual([await home.objects(), home.store.head(), home.store.csn()], [['entry a=1'], 1, 'c1']);
    });

    it('lets one of those that race for a head win', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, at) => home.store.append(0, [transaction(`c${at}`, put(`k${at}`, '1'))])),
      );
      assert.equal(outcomes.filter((outcome) => outcome === 'committed').length, 1);
      assert.equal((await home.objects()).length, 1);
      assert.equal(home.store.head(), 1);
    });

    it('may be called again with the head that it will leave', async () => {
      const outcomes = Array.from({ length: 50 }, (_, at) =>
        home.store.append(at * 2, [transaction(`a${at}`, put('k', `${at}`)), transaction(`b${at}`)]),
      );
      assert.deepEqual(await Promise.all(outcomes), new Array(50).fill('committed'));
      assert.deepEqual([home.store.head(), home.store.csn(), await home.objects()], [100, 'b49', ['entry k=49']]);
    });

    it('keeps its own copy of what it was given', async () => {
      const [key, value] = [octets('key'), octets('value')];
      const done = home.store.append(0, [transaction('c', { space: 'entry', key, value })]);
      key.fill(120);
      value.fill(120);
      await done;
      assert.deepEqual(await home.objects(), ['entry key=value']);
    });
  });
}

function journalRecords(home: JournalFixture): void {
  describe('journal', () => {
    const fill = async (count: number) => {
      const transactions = Array.from({ length: count }, (_, at) => transaction(`c${at + 1}`, put('k', `${at + 1}`)));
      assert.equal(await home.store.append(0, transactions), 'committed');
    };
    const sequences = async (after: number, limit?: number) =>
      (await home.store.journal(after, limit)).map(({ sequence }) => sequence);

    it('yields what comes after, in order and without gaps, at most so many', async () => {
      await fill(30);
      assert.deepEqual(await sequences(27), [28, 29, 30]);
      assert.deepEqual(await sequences(10, 3), [11, 12, 13]);
      assert.deepEqual(await sequences(30), []);
      assert.equal((await sequences(0)).length, 30);
    });

    it('yields fewer than asked for when they are large, and the rest when asked again', async () => {
      const large = 'x'.repeat(1024 * 1024);
      for (let n = 1; n <= 12; n += 1) await home.write(`c${n}`, put('k', large));
      const seen: number[] = [];
      for (let after = 0; after < 12; after = seen.at(-1)!) seen.push(...(await sequences(after)));
      assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    });

    it('is trimmed to what is to be kept, and says so to whoever asks for more', async () => {
      await fill(5000);
      const objects = await home.objects();
      assert.equal(await home.store.trim(4990), 4989);
      assert.equal(await home.store.trim(4990), 0);
      await assert.rejects(home.store.journal(4988), { code: 'STORE_TRIMMED' });
      assert.deepEqual(await sequences(4989), [4990, 4991, 4992, 4993, 4994, 4995, 4996, 4997, 4998, 4999, 5000]);
      assert.deepEqual(await home.objects(), objects);
      await home.write('more', put('l', '1'));
      await home.reopen();
      assert.deepEqual(await sequences(5000), [5001]);
      assert.deepEqual((await home.store.verify()).damage, []);
    });

    it('may be trimmed of everything, and goes on', async () => {
      await fill(3);
      assert.equal(await home.store.trim(1000), 3);
      assert.deepEqual([home.store.head(), home.store.csn(), await sequences(3)], [3, 'c3', []]);
      await home.write('c4', put('k', '4'));
      assert.deepEqual(await home.records(3), ['4 c4: entry k=4']);
    });

    it('has nothing beyond its head', async () => {
      await fill(3);
      await assert.rejects(home.store.journal(4), { code: 'STORE_TRIMMED' });
      await assert.rejects(home.store.journal(-1), { code: 'STORE_TRIMMED' });
    });
  });
}

function journalSnapshots(home: JournalFixture): void {
  describe('objects', () => {
    it('are ordered by space and by the octets of the key', async () => {
      await home.write('c1', put('b', '1'), put('a', '2', 'member'), put('a', '3'), put('\xff', '4'), put('a\0', '5'));
      assert.deepEqual(await home.objects(), ['entry a=3', 'entry a\0=5', 'entry b=1', 'entry \xff=4', 'member a=2']);
    });

    it('come back as every octet that was written', async () => {
      const every = String.fromCharCode(...Array.from({ length: 256 }, (_, octet) => octet));
      const values = [
        '',
        '\0',
        '\0\0a',
        '\x80',
        '\xc3\x28',
        '\xff\xfe',
        '\xed\xa0\x80',
        "':1:",
        every,
        every.repeat(70),
      ];
      const writes = values.flatMap((value, at) => [put(`k${at}`, value), put(`${at}${value}`.slice(0, 600), value)]);
      await home.write('c', ...writes);
      const expected = writes.map(({ key, value }) => `entry ${latin1(key)}=${latin1(value!)}`);
      assert.deepEqual((await home.objects()).toSorted(), expected.toSorted());
    });

    it('are one instant, with the head it belongs to, whatever is appended meanwhile', async () => {
      const writes = Array.from({ length: 6000 }, (_, at) => put(`k${String(at).padStart(5, '0')}`, 'old'));
      await home.write('c1', ...writes);
      const snapshot = await home.store.objects();
      await home.write('c2', ...writes.slice(3000).map(({ key }) => ({ space: 'entry', key, value: octets('new') })));
      let [count, old] = [0, 0];
      for await (const batch of snapshot) {
        await home.write('c', put('another', '1'), remove('k00000'));
        for (const { value } of batch) old += latin1(value) === 'old' ? 1 : 0;
        count += batch.length;
      }
      assert.deepEqual([snapshot.head, snapshot.csn, snapshot.count, count, old], [1, 'c1', 6000, 6000, 6000]);
    });

    it('may be left early, and another time be read from the start', async () => {
      await home.write('c1', ...Array.from({ length: 5000 }, (_, at) => put(`k${at}`, '1')));
      for await (const batch of await home.store.objects()) {
        assert.ok(batch.length > 0);
        break;
      }
      assert.equal((await home.objects()).length, 5000);
    });

    it('may be as large as one may be', async () => {
      const value = new Uint8Array(OBJECT_VALUE_LIMIT).fill(7);
      await home.write('c1', put('a', '1'), { space: 'entry', key: octets('b'), value }, put('c', '3'));
      const sizes: number[] = [];
      for await (const batch of await home.store.objects()) sizes.push(...batch.map((each) => each.value.byteLength));
      assert.deepEqual(sizes, [1, OBJECT_VALUE_LIMIT, 1]);
    });
  });
}

function journalLimits(home: JournalFixture): void {
  describe('limits', () => {
    const refused = async (code: string, ...transactions: Parameters<typeof home.store.append>[1]) => {
      await assert.rejects(home.store.append(0, transactions), { name: 'CodedError', code });
      assert.equal(home.store.head(), 0);
    };

    it('refuses what can never be kept, with a code', async () => {
      for (const space of ['', 'Entry', 'a:b', 'a b', 'é', '1a', 'a'.repeat(65)]) {
        await refused('STORE_BAD_KEY', transaction('c', put('a', '1', space)));
      }
      await refused('STORE_BAD_KEY', transaction('c', put('', '1')));
      await refused('STORE_BAD_KEY', transaction('c', put('k'.repeat(OBJECT_KEY_LIMIT + 1), '1')));
      for (const csn of ['', 'c'.repeat(129), '\ud800'])
        await refused('STORE_BAD_KEY', transaction(csn, put('a', '1')));
      const large = { space: 'entry', key: octets('a'), value: new Uint8Array(OBJECT_VALUE_LIMIT + 1) };
      await refused('STORE_VALUE_TOO_LARGE', transaction('c', large));
      const value = new Uint8Array(OBJECT_VALUE_LIMIT);
      const five = [1, 2, 3, 4, 5].map((at) => ({ space: 'entry', key: octets(`${at}`), value }));
      await refused('STORE_BATCH_TOO_LARGE', transaction('c', ...five));
      await refused('STORE_BATCH_TOO_LARGE', ...new Array(APPEND_LIMIT + 1).fill(transaction('c')));
      assert.deepEqual(await home.objects(), []);
    });

    it('keeps the longest names', async () => {
      const [space, key, csn] = ['a'.repeat(64), 'k'.repeat(OBJECT_KEY_LIMIT), 'c'.repeat(128)];
      await home.write(csn, put(key, '1', space));
      assert.deepEqual([await home.objects(), home.store.csn()], [[`${space} ${key}=1`], csn]);
    });

    it('takes a transaction of a whole subtree', async () => {
      await home.write('c1', ...Array.from({ length: 30_000 }, (_, at) => put(`k${at}`, '1')));
      await home.write('c2', ...Array.from({ length: 30_000 }, (_, at) => remove(`k${at}`)));
      assert.deepEqual(await home.objects(), []);
    });
  });
}

function journalEnd(home: JournalFixture): void {
  describe('durability and end', () => {
    it('has everything, the generation too, when opened again', async () => {
      await home.write('c1', put('a', '1'), put('b', '2'));
      await home.write('c2', remove('a'));
      const before = [await home.objects(), await home.records(), home.store.generation, home.store.csn()];
      await home.reopen();
      assert.deepEqual([await home.objects(), await home.records(), home.store.generation, home.store.csn()], before);
      assert.equal(home.store.head(), 2);
    });

    it('finds nothing wrong with what it wrote, and counts it', async () => {
      await home.write('c1', ...Array.from({ length: 5000 }, (_, at) => put(`k${at}`, '1')));
      await home.write('c2', remove('k1'));
      const told: number[] = [];
      const { generation } = home.store;
      const report = await home.store.verify((rows) => told.push(rows));
      assert.deepEqual(report, { generation, head: 2, csn: 'c2', objects: 4999, records: 2, damage: [] });
      assert.equal(told.at(-1), 5001);
    });

    it('completes what was appended before it closes', async () => {
      const outcomes = Array.from({ length: 50 }, (_, at) => home.store.append(at, [transaction(`c${at}`)]));
      await home.store.close();
      assert.deepEqual(await Promise.all(outcomes), new Array(50).fill('committed'));
      await home.reopen();
      assert.equal(home.store.head(), 50);
    });

    it('refuses everything once closed, and may be closed twice', async () => {
      await home.write('c1', put('a', '1'));
      const snapshot = await home.store.objects();
      const staged = await home.store.stage();
      await Promise.all([home.store.close(), home.store.close()]);
      const closed = { code: 'STORE_CLOSED' };
      await assert.rejects(home.store.objects(), closed);
      await assert.rejects(home.store.journal(0), closed);
      await assert.rejects(home.store.append(1, [transaction('c2')]), closed);
      await assert.rejects(home.store.stage(), closed);
      await assert.rejects(home.store.trim(1), closed);
      await assert.rejects(home.store.verify(), closed);
      await assert.rejects(staged.add([object('a', '1')]), closed);
      await assert.rejects(staged.commit('c'), closed);
      await assert.rejects(async () => {
        for await (const _ of snapshot);
      }, closed);
    });
  });
}

const latin1 = (value: Uint8Array) => Buffer.from(value).toString('latin1');
