/**
 * What every Store must do, whatever keeps it: the promises of src/store/store.ts as a suite.
 *
 * An implementation's own test calls `storeConformance` with a way to open an empty store, and to open the same one again.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BATCH_LIMIT, KEY_LIMIT, VALUE_LIMIT } from '../../src/store/index.ts';
import { storeConditions } from './store-conditions.ts';
import { bytes, put, StoreFixture, type StoreHome } from './store-fixture.ts';

export function storeConformance(kind: string, makeHome: () => StoreHome): void {
  describe(`${kind} store`, () => {
    const home = new StoreFixture(makeHome);
    storeRecords(home);
    storeConditions(home);
    storeLimits(home);
    storeEnd(home);
  });
}

function storeRecords(home: StoreFixture): void {
  describe('records', () => {
    it('gives back the octets, the key and no expiry', async () => {
      await home.store.commit([put('k', bytes(0, 255, 10))]);
      const record = await home.store.get('b', 'k');
      assert.deepEqual(record, { key: 'k', value: bytes(0, 255, 10), revision: record?.revision });
    });

    it('has nothing where nothing was put', async () => {
      assert.equal(await home.store.get('b', 'k'), undefined);
      assert.deepEqual(await home.keys(), []);
    });

    it('keeps a value of no octets apart from no value', async () => {
      await home.store.commit([put('k', bytes())]);
      assert.deepEqual(await home.value('k'), bytes());
      await home.store.commit([put('k', bytes(1), { value: undefined })]);
      assert.equal(await home.store.get('b', 'k'), undefined);
    });

    it('keeps its own copy of what it was given', async () => {
      const given = bytes(1);
      const done = home.store.commit([put('k', given)]);
      given[0] = 9;
      await done;
      assert.deepEqual(await home.value('k'), bytes(1));
    });

    it('keeps the view of a larger buffer and not the buffer', async () => {
      const large = Buffer.from('secret-value-secret');
      await home.store.commit([put('k', large.subarray(7, 12))]);
      assert.equal(Buffer.from((await home.value('k'))!).toString(), 'value');
      assert.equal(large.toString(), 'secret-value-secret');
    });

    it('gives each reader a copy of its own', async () => {
      await home.store.commit([put('k', bytes(1))]);
      (await home.value('k'))![0] = 9;
      assert.deepEqual(await home.value('k'), bytes(1));
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
      await home.store.commit(names.map((name, at) => put(name, bytes(at), { bucket: name })));
      for (const [at, name] of names.entries()) {
        assert.deepEqual(await home.value(name, name), bytes(at), JSON.stringify(name));
        assert.deepEqual(await home.keys(name), [name]);
      }
    });

    it('tells keys of different case and different buckets apart', async () => {
      await home.store.commit([put('k', bytes(1)), put('K', bytes(2)), put('k', bytes(3), { bucket: 'B' })]);
      assert.deepEqual(
        [await home.value('k'), await home.value('K'), await home.value('k', 'B')],
        [bytes(1), bytes(2), bytes(3)],
      );
    });
  });

  describe('list', () => {
    it('is ordered by the octets of the keys and confined to the bucket', async () => {
      await home.store.commit([
        put('b', bytes(1)),
        put('é', bytes(2)),
        put('a', bytes(3)),
        put('B', bytes(4)),
        put('a\0', bytes(5)),
      ]);
      await home.store.commit([put('x', bytes(1), { bucket: 'other' })]);
      assert.deepEqual(await home.keys(), ['B', 'a', 'a\0', 'b', 'é']);
    });

    it('gives every record of a bucket larger than a page, once', async () => {
      const every = Array.from({ length: 1234 }, (_, at) => `k${String(at).padStart(4, '0')}`);
      await home.store.commit(every.slice(0, 1000).map((key) => put(key, bytes(1))));
      await home.store.commit(every.slice(1000).map((key) => put(key, bytes(1))));
      assert.deepEqual(await home.keys(), every);
    });

    it('lets the caller write, and delete what it was given, while iterating', async () => {
      await home.store.commit(Array.from({ length: 700 }, (_, at) => put(`k${at}`, bytes(1))));
      for await (const { key } of home.store.list('b'))
        await home.store.commit([put(key, bytes(), { value: undefined })]);
      assert.deepEqual(await home.keys(), []);
    });

    it('may be left early', async () => {
      await home.store.commit([put('a', bytes(1)), put('b', bytes(2))]);
      for await (const record of home.store.list('b')) {
        assert.equal(record.key, 'a');
        break;
      }
      assert.equal(await home.store.commit([put('c', bytes(3))]), 'committed');
    });
  });
}

function storeLimits(home: StoreFixture): void {
  describe('limits', () => {
    const code = (expected: string) => ({ name: 'CodedError', code: expected });

    it('keeps a key and a value of the longest length', async () => {
      const key = 'é'.repeat(KEY_LIMIT / 2);
      await home.store.commit([put(key, new Uint8Array(VALUE_LIMIT).fill(7))]);
      assert.equal((await home.value(key))?.byteLength, VALUE_LIMIT);
    });

    it('refuses what can never be kept, with a code', async () => {
      const long = `${'é'.repeat(KEY_LIMIT / 2)}x`;
      await assert.rejects(home.store.commit([put(long, bytes(1))]), code('STORE_BAD_KEY'));
      await assert.rejects(home.store.commit([put('k', bytes(1), { bucket: long })]), code('STORE_BAD_KEY'));
      await assert.rejects(home.store.commit([put('', bytes(1))]), code('STORE_BAD_KEY'));
      await assert.rejects(home.store.commit([put('\ud800', bytes(1))]), code('STORE_BAD_KEY'));
      await assert.rejects(home.store.get('b', long), code('STORE_BAD_KEY'));
      await assert.rejects(
        home.store.commit([put('k', new Uint8Array(VALUE_LIMIT + 1))]),
        code('STORE_VALUE_TOO_LARGE'),
      );
      for (const expiresAt of [Number.NaN, Number.POSITIVE_INFINITY, 1.5]) {
        await assert.rejects(home.store.commit([put('k', bytes(1), { expiresAt })]), code('STORE_BAD_EXPIRY'));
      }
      const many = Array.from({ length: BATCH_LIMIT + 1 }, (_, at) => put(`k${at}`, bytes(1)));
      await assert.rejects(home.store.commit(many), code('STORE_BATCH_TOO_LARGE'));
      assert.deepEqual(await home.keys(), []);
      assert.equal(await home.store.commit(many.slice(1)), 'committed');
    });
  });
}

function storeEnd(home: StoreFixture): void {
  describe('durability and end', () => {
    it('has everything, revisions and expiries too, when opened again', async () => {
      await home.store.commit([put('k', bytes(1), { expiresAt: home.clock.now() + 10 }), put('l', bytes(2))]);
      const before = await home.all();
      await home.reopen();
      assert.deepEqual(await home.all(), before);
    });

    it('completes what was committed before it closes', async () => {
      const outcomes = Array.from({ length: 50 }, (_, at) => home.store.commit([put(`k${at}`, bytes(at))]));
      await home.store.close();
      assert.deepEqual(await Promise.all(outcomes), new Array(50).fill('committed'));
      await home.reopen();
      assert.equal((await home.keys()).length, 50);
    });

    it('refuses everything once closed, and may be closed twice', async () => {
      await home.store.commit([put('a', bytes(1)), put('b', bytes(2))]);
      await Promise.all([home.store.close(), home.store.close()]);
      await assert.rejects(home.store.get('b', 'a'), { code: 'STORE_CLOSED' });
      await assert.rejects(home.store.commit([put('a', bytes(1))]), { code: 'STORE_CLOSED' });
      await assert.rejects(home.store.sweep(1), { code: 'STORE_CLOSED' });
      await assert.rejects(home.keys(), { code: 'STORE_CLOSED' });
    });
  });
}
