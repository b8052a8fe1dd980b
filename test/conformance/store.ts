/**
 * What every Store must do, whatever keeps it: the promises of src/store/store.ts as a suite.
 *
 * An implementation's own test calls `storeConformance` with a way to open an empty store, and to open the same one again.
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  BATCH_LIMIT,
  KEY_LIMIT,
  type Revision,
  type Store,
  type StoredRecord,
  VALUE_LIMIT,
  type Write,
} from '../../src/store/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

export interface StoreHome {
  /** Opens the store of this home; the first time it is empty, later it has what was committed. */
  open(clock: ManualClock): Promise<Store>;
  /** Removes the home; its store is closed by then. */
  remove(): Promise<void>;
}

const bytes = (...octets: number[]) => Uint8Array.from(octets);
const put = (key: string, value: Uint8Array, more: Partial<Write> = {}): Write => ({
  bucket: 'b',
  key,
  value,
  expect: 'any',
  ...more,
});

export function storeConformance(kind: string, home: () => StoreHome): void {
  describe(`${kind} store`, () => {
    let place: StoreHome;
    let clock: ManualClock;
    let store: Store;

    beforeEach(async () => {
      place = home();
      clock = new ManualClock();
      store = await place.open(clock);
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    const value = async (key: string, bucket = 'b') => (await store.get(bucket, key))?.value;
    const all = async (bucket = 'b') => {
      const records: StoredRecord[] = [];
      for await (const record of store.list(bucket)) records.push(record);
      return records;
    };
    const keys = async (bucket = 'b') => (await all(bucket)).map((record) => record.key);
    const revision = async (key: string): Promise<Revision> => (await store.get('b', key))!.revision;

    describe('records', () => {
      it('gives back the octets, the key and no expiry', async () => {
        await store.commit([put('k', bytes(0, 255, 10))]);
        const record = await store.get('b', 'k');
        assert.deepEqual(record, { key: 'k', value: bytes(0, 255, 10), revision: record?.revision });
      });

      it('has nothing where nothing was put', async () => {
        assert.equal(await store.get('b', 'k'), undefined);
        assert.deepEqual(await keys(), []);
      });

      it('keeps a value of no octets apart from no value', async () => {
        await store.commit([put('k', bytes())]);
        assert.deepEqual(await value('k'), bytes());
        await store.commit([put('k', bytes(1), { value: undefined })]);
        assert.equal(await store.get('b', 'k'), undefined);
      });

      it('keeps its own copy of what it was given', async () => {
        const given = bytes(1);
        const done = store.commit([put('k', given)]);
        given[0] = 9;
        await done;
        assert.deepEqual(await value('k'), bytes(1));
      });

      it('keeps the view of a larger buffer and not the buffer', async () => {
        const large = Buffer.from('secret-value-secret');
        await store.commit([put('k', large.subarray(7, 12))]);
        assert.equal(Buffer.from((await value('k'))!).toString(), 'value');
        assert.equal(large.toString(), 'secret-value-secret');
      });

      it('gives each reader a copy of its own', async () => {
        await store.commit([put('k', bytes(1))]);
        (await value('k'))![0] = 9;
        assert.deepEqual(await value('k'), bytes(1));
      });

      it('takes any well-formed text as a name', async () => {
        const names = [
          '__proto__',
          'constructor',
          'toString',
          'a\0b',
          'a',
          '%',
          "'; DROP TABLE record; --",
          '\u00e9',
          'e\u0301',
          '😀',
          ' ',
        ];
        await store.commit(names.map((name, at) => put(name, bytes(at), { bucket: name })));
        for (const [at, name] of names.entries()) {
          assert.deepEqual(await value(name, name), bytes(at), JSON.stringify(name));
          assert.deepEqual(await keys(name), [name]);
        }
      });

      it('tells keys of different case and different buckets apart', async () => {
        await store.commit([put('k', bytes(1)), put('K', bytes(2)), put('k', bytes(3), { bucket: 'B' })]);
        assert.deepEqual([await value('k'), await value('K'), await value('k', 'B')], [bytes(1), bytes(2), bytes(3)]);
      });
    });

    describe('list', () => {
      it('is ordered by the octets of the keys and confined to the bucket', async () => {
        await store.commit([
          put('b', bytes(1)),
          put('é', bytes(2)),
          put('a', bytes(3)),
          put('B', bytes(4)),
          put('a\0', bytes(5)),
        ]);
        await store.commit([put('x', bytes(1), { bucket: 'other' })]);
        assert.deepEqual(await keys(), ['B', 'a', 'a\0', 'b', 'é']);
      });

      it('gives every record of a bucket larger than a page, once', async () => {
        const every = Array.from({ length: 1234 }, (_, at) => `k${String(at).padStart(4, '0')}`);
        await store.commit(every.slice(0, 1000).map((key) => put(key, bytes(1))));
        await store.commit(every.slice(1000).map((key) => put(key, bytes(1))));
        assert.deepEqual(await keys(), every);
      });

      it('lets the caller write, and delete what it was given, while iterating', async () => {
        await store.commit(Array.from({ length: 700 }, (_, at) => put(`k${at}`, bytes(1))));
        for await (const { key } of store.list('b')) await store.commit([put(key, bytes(), { value: undefined })]);
        assert.deepEqual(await keys(), []);
      });

      it('may be left early', async () => {
        await store.commit([put('a', bytes(1)), put('b', bytes(2))]);
        for await (const record of store.list('b')) {
          assert.equal(record.key, 'a');
          break;
        }
        assert.equal(await store.commit([put('c', bytes(3))]), 'committed');
      });
    });

    describe('compare-and-set', () => {
      it('writes an absent record once', async () => {
        assert.equal(await store.commit([put('k', bytes(1), { expect: 'absent' })]), 'committed');
        assert.equal(await store.commit([put('k', bytes(2), { expect: 'absent' })]), 'conflict');
        assert.deepEqual(await value('k'), bytes(1));
      });

      it('replaces only the revision that was read', async () => {
        await store.commit([put('k', bytes(1))]);
        const read = await revision('k');
        assert.equal(await store.commit([put('k', bytes(2), { expect: read })]), 'committed');
        assert.equal(await store.commit([put('k', bytes(3), { expect: read })]), 'conflict');
        assert.deepEqual(await value('k'), bytes(2));
      });

      it('gives a new revision also for an equal value', async () => {
        await store.commit([put('k', bytes(1))]);
        const read = await revision('k');
        await store.commit([put('k', bytes(1))]);
        assert.ok((await revision('k')) > read);
      });

      it('never takes a record made anew for the one that was deleted', async () => {
        await store.commit([put('k', bytes(1))]);
        const read = await revision('k');
        await store.commit([put('k', bytes(), { value: undefined })]);
        await store.close();
        store = await place.open(clock);
        await store.commit([put('k', bytes(1))]);
        assert.equal(await store.commit([put('k', bytes(2), { expect: read })]), 'conflict');
      });

      it('deletes only the revision that was read', async () => {
        await store.commit([put('k', bytes(1))]);
        const read = await revision('k');
        await store.commit([put('k', bytes(2))]);
        assert.equal(await store.commit([put('k', bytes(), { value: undefined, expect: read })]), 'conflict');
        assert.deepEqual(await value('k'), bytes(2));
      });

      it('has a conflict where a revision is expected and nothing is there', async () => {
        await store.commit([put('k', bytes(1))]);
        const read = await revision('k');
        assert.equal(await store.commit([put('other', bytes(2), { expect: read })]), 'conflict');
      });

      it('keeps nothing of a batch when its last condition fails', async () => {
        await store.commit([put('taken', bytes(1)), put('old', bytes(2))]);
        const outcome = await store.commit([
          put('new', bytes(3)),
          put('old', bytes(), { value: undefined }),
          put('taken', bytes(4), { expect: 'absent' }),
        ]);
        assert.equal(outcome, 'conflict');
        assert.deepEqual(await keys(), ['old', 'taken']);
        assert.deepEqual(await value('taken'), bytes(1));
      });

      it('judges each condition after the writes before it in the batch', async () => {
        assert.equal(
          await store.commit([
            put('k', bytes(1), { expect: 'absent' }),
            put('k', bytes(), { value: undefined }),
            put('k', bytes(2), { expect: 'absent' }),
          ]),
          'committed',
        );
        assert.deepEqual(await value('k'), bytes(2));
        assert.equal(await store.commit([put('n', bytes(1)), put('n', bytes(2), { expect: 'absent' })]), 'conflict');
        assert.equal(await value('n'), undefined);
      });

      it('lets exactly one of many parallel takers win', async () => {
        const outcomes = await Promise.all(
          Array.from({ length: 200 }, (_, at) => store.commit([put('ticket', bytes(at), { expect: 'absent' })])),
        );
        assert.equal(outcomes.filter((outcome) => outcome === 'committed').length, 1);
        assert.deepEqual(await value('ticket'), bytes(outcomes.indexOf('committed')));
      });

      it('counts exactly under parallel increments', async () => {
        const increment = async (): Promise<void> => {
          const record = await store.get('b', 'counter');
          const next = bytes((record?.value[0] ?? 0) + 1);
          const outcome = await store.commit([put('counter', next, { expect: record?.revision ?? 'absent' })]);
          if (outcome === 'conflict') await increment();
        };
        await Promise.all(Array.from({ length: 20 }, increment));
        assert.deepEqual(await value('counter'), bytes(20));
      });

      it('leaves the neighbours of a conflict alone', async () => {
        await store.commit([put('taken', bytes(0))]);
        const outcomes = await Promise.all(
          Array.from({ length: 30 }, (_, at) =>
            store.commit([
              put(`n${at}`, bytes(at)),
              put('taken', bytes(1), { expect: at % 3 === 0 ? 'absent' : 'any' }),
            ]),
          ),
        );
        for (const [at, outcome] of outcomes.entries()) {
          assert.equal(outcome, at % 3 === 0 ? 'conflict' : 'committed');
          assert.deepEqual(await value(`n${at}`), at % 3 === 0 ? undefined : bytes(at));
        }
      });

      it('commits an empty batch', async () => {
        assert.equal(await store.commit([]), 'committed');
      });
    });

    describe('expiry', () => {
      it('hides a record from its instant on', async () => {
        const expiresAt = clock.now() + 1000;
        await store.commit([put('k', bytes(1), { expiresAt }), put('stays', bytes(2))]);
        assert.equal((await store.get('b', 'k'))?.expiresAt, expiresAt);
        clock.advance(999);
        assert.deepEqual(await keys(), ['k', 'stays']);
        clock.advance(1);
        assert.equal(await store.get('b', 'k'), undefined);
        assert.deepEqual(await keys(), ['stays']);
      });

      it('takes an expired record for absent, whichever condition is asked', async () => {
        await store.commit([put('k', bytes(1), { expiresAt: clock.now() + 10 })]);
        const read = await revision('k');
        clock.advance(10);
        assert.equal(await store.commit([put('k', bytes(2), { expect: read })]), 'conflict');
        assert.equal(await store.commit([put('k', bytes(3), { expect: 'absent' })]), 'committed');
        assert.deepEqual(await store.get('b', 'k'), { key: 'k', value: bytes(3), revision: await revision('k') });
      });

      it('sweeps what has expired and nothing else', async () => {
        const now = clock.now();
        await store.commit([
          put('past', bytes(1), { expiresAt: now - 1 }),
          put('present', bytes(2), { expiresAt: now }),
          put('future', bytes(3), { expiresAt: now + 1 }),
          put('ever', bytes(4)),
        ]);
        assert.equal(await store.sweep(now), 2);
        assert.equal(await store.sweep(now), 0);
        assert.deepEqual(await keys(), ['ever', 'future']);
      });

      it('sweeps more than one round of records', async () => {
        for (let round = 0; round < 3; round += 1) {
          await store.commit(Array.from({ length: 900 }, (_, at) => put(`${round}-${at}`, bytes(1), { expiresAt: 1 })));
        }
        assert.equal(await store.sweep(2), 2700);
      });
    });

    describe('limits', () => {
      const code = (expected: string) => ({ name: 'CodedError', code: expected });

      it('keeps a key and a value of the longest length', async () => {
        const key = 'é'.repeat(KEY_LIMIT / 2);
        await store.commit([put(key, new Uint8Array(VALUE_LIMIT).fill(7))]);
        assert.equal((await value(key))?.byteLength, VALUE_LIMIT);
      });

      it('refuses what can never be kept, with a code', async () => {
        const long = `${'é'.repeat(KEY_LIMIT / 2)}x`;
        await assert.rejects(store.commit([put(long, bytes(1))]), code('STORE_BAD_KEY'));
        await assert.rejects(store.commit([put('k', bytes(1), { bucket: long })]), code('STORE_BAD_KEY'));
        await assert.rejects(store.commit([put('', bytes(1))]), code('STORE_BAD_KEY'));
        await assert.rejects(store.commit([put('\ud800', bytes(1))]), code('STORE_BAD_KEY'));
        await assert.rejects(store.get('b', long), code('STORE_BAD_KEY'));
        await assert.rejects(store.commit([put('k', new Uint8Array(VALUE_LIMIT + 1))]), code('STORE_VALUE_TOO_LARGE'));
        for (const expiresAt of [Number.NaN, Number.POSITIVE_INFINITY, 1.5]) {
          await assert.rejects(store.commit([put('k', bytes(1), { expiresAt })]), code('STORE_BAD_EXPIRY'));
        }
        const many = Array.from({ length: BATCH_LIMIT + 1 }, (_, at) => put(`k${at}`, bytes(1)));
        await assert.rejects(store.commit(many), code('STORE_BATCH_TOO_LARGE'));
        assert.deepEqual(await keys(), []);
        assert.equal(await store.commit(many.slice(1)), 'committed');
      });
    });

    describe('durability and end', () => {
      it('has everything, revisions and expiries too, when opened again', async () => {
        await store.commit([put('k', bytes(1), { expiresAt: clock.now() + 10 }), put('l', bytes(2))]);
        const before = await all();
        await store.close();
        store = await place.open(clock);
        assert.deepEqual(await all(), before);
      });

      it('completes what was committed before it closes', async () => {
        const outcomes = Array.from({ length: 50 }, (_, at) => store.commit([put(`k${at}`, bytes(at))]));
        await store.close();
        assert.deepEqual(await Promise.all(outcomes), new Array(50).fill('committed'));
        store = await place.open(clock);
        assert.equal((await keys()).length, 50);
      });

      it('refuses everything once closed, and may be closed twice', async () => {
        await store.commit([put('a', bytes(1)), put('b', bytes(2))]);
        await Promise.all([store.close(), store.close()]);
        await assert.rejects(store.get('b', 'a'), { code: 'STORE_CLOSED' });
        await assert.rejects(store.commit([put('a', bytes(1))]), { code: 'STORE_CLOSED' });
        await assert.rejects(store.sweep(1), { code: 'STORE_CLOSED' });
        await assert.rejects(keys(), { code: 'STORE_CLOSED' });
      });
    });
  });
}
