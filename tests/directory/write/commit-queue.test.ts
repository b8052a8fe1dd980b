/** Changes are made durable together, seen in order, and never judged by a tree that is about to change. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { silentLogger, systemRandom } from '../../../src/base/index.ts';
import { type CheckOutcome, CommitQueue } from '../../../src/directory/write/commit-queue.ts';
import { Refusal } from '../../../src/directory/write/refusal.ts';
import { Touches } from '../../../src/directory/write/touches.ts';
import { type JournalStore, openJournalStore } from '../../../src/store/index.ts';
import { temporaryMount } from '../../store/temporary-folder.ts';

/** A directory of counters: what the queue is told to write, and what it showed. */
class Counters {
  readonly queue: CommitQueue;
  readonly seen = new Map<string, number>();
  readonly order: string[] = [];
  #csn = 0;

  constructor(store: JournalStore) {
    this.queue = new CommitQueue({
      store,
      logger: silentLogger,
      apply: (writes, csn) => {
        this.order.push(csn);
        for (const { key, value } of writes) this.seen.set(text(key), Number(text(value!)));
      },
    });
  }

  /** Adds one to the counter, as a change that reads it and writes it. */
  increment(name: string, limit = Number.POSITIVE_INFINITY): ReturnType<CommitQueue['submit']> {
    return this.queue.submit((): CheckOutcome => {
      const touches = new Touches();
      touches.take(name);
      const next = (this.seen.get(name) ?? 0) + 1;
      if (next > limit) return { touches, outcome: new Refusal('constraintViolation', 'enough') };
      return { touches, outcome: this.put(name, next) };
    });
  }

  put(name: string, value: number) {
    this.#csn += 1;
    const csn = String(this.#csn).padStart(6, '0');
    return { csn, writes: [{ space: 'entry', key: Buffer.from(name), value: Buffer.from(String(value)) }] };
  }
}

function text(octets: Uint8Array): string {
  return Buffer.from(octets).toString();
}

async function open(t: TestContext, folder = mkdtempSync(join(tmpdir(), 'realmgate-queue-'))): Promise<JournalStore> {
  const store = await openJournalStore({ folder, random: systemRandom });
  t.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return store;
}

describe('the commit queue', () => {
  it('lets changes that touch the same wait for one another', async (t) => {
    const counters = new Counters(await open(t));
    const results = await Promise.all(Array.from({ length: 40 }, (_, at) => counters.increment(`c${at % 3}`)));
    assert.ok(results.every(({ code }) => code === 'success'));
    assert.deepEqual([...counters.seen.values()].sort(), [13, 13, 14]);
  });

  it('shows changes in the order of their numbers, which is the order of the journal', async (t) => {
    const store = await open(t);
    const counters = new Counters(store);
    await Promise.all(Array.from({ length: 200 }, (_, at) => counters.increment(`c${at % 50}`)));
    assert.deepEqual(counters.order, [...counters.order].sort());
    assert.deepEqual(
      (await store.journal(0)).map(({ csn }) => csn),
      counters.order,
    );
  });

  it('judges no change by what is about to change', async (t) => {
    const counters = new Counters(await open(t));
    const results = await Promise.all(Array.from({ length: 20 }, () => counters.increment('c', 7)));
    assert.equal(results.filter(({ code }) => code === 'success').length, 7);
    assert.equal(counters.seen.get('c'), 7);
  });

  it('gives up what waits when it is told to, and not what is on its way', async (t) => {
    const counters = new Counters(await open(t));
    const abort = new AbortController();
    const submit = (name: string) =>
      counters.queue.submit(() => {
        const touches = new Touches();
        touches.take(name);
        return { touches, outcome: counters.put(name, 1) };
      }, abort.signal);
    const sent = submit('a');
    const waiting = submit('a');
    abort.abort();
    assert.equal((await sent).code, 'success');
    assert.equal((await waiting).code, 'canceled');
  });

  it('rejects with what a check throws and goes on', async (t) => {
    const counters = new Counters(await open(t));
    const broken = counters.queue.submit(() => {
      throw new Error('a defect');
    });
    await assert.rejects(broken, /a defect/);
    assert.equal((await counters.increment('c')).code, 'success');
  });

  it('follows another writer, and checks again what was checked before', async (t) => {
    const store = await open(t);
    const counters = new Counters(store);
    await counters.increment('c');
    await store.append(1, [{ csn: '000001x', writes: counters.put('c', 10).writes }]);
    const results = await Promise.all([counters.increment('c'), counters.increment('d'), counters.increment('c')]);
    assert.ok(results.every(({ code }) => code === 'success'));
    assert.deepEqual([counters.seen.get('c'), counters.seen.get('d')], [12, 1]);
    assert.equal(store.head(), 5);
  });

  it('refuses while the disk is full, changes nothing, and goes on by itself', async (t) => {
    const mount = temporaryMount(t, 4);
    const store = await openJournalStore({ folder: join(mount, 'data'), random: systemRandom });
    t.after(() => store.close());
    const counters = new Counters(store);
    const write = (name: string, octets: number) =>
      counters.queue.submit(() => {
        const touches = new Touches();
        touches.take(name);
        const { csn } = counters.put(name, 0);
        return {
          touches,
          outcome: { csn, writes: [{ space: 'entry', key: Buffer.from(name), value: Buffer.alloc(octets, '1') }] },
        };
      });
    assert.equal((await counters.increment('c')).code, 'success');
    writeFileSync(join(mount, 'ballast'), Buffer.alloc(2_500_000));
    const refused = await Promise.all([write('x', 900_000), write('y', 900_000), write('z', 900_000)]);
    const full = refused.find(({ code }) => code !== 'success');
    assert.equal(full?.code, 'unwillingToPerform');
    assert.match(full?.message ?? '', /no space/);
    rmSync(join(mount, 'ballast'));
    assert.equal((await counters.increment('c')).code, 'success');
    assert.equal(counters.seen.get('c'), 2);
    assert.equal(counters.queue.down, undefined);
  });

  it('writes nothing more once the store is closed', async (t) => {
    const store = await open(t);
    const counters = new Counters(store);
    await counters.increment('c');
    await store.close();
    assert.equal((await counters.increment('c')).code, 'unavailable');
    assert.equal((await counters.increment('d')).code, 'unwillingToPerform');
    assert.equal(counters.seen.get('c'), 1);
  });

  it('closes when everything is settled, and takes nothing new', async (t) => {
    const counters = new Counters(await open(t));
    const results = Array.from({ length: 10 }, (_, at) => counters.increment(`c${at % 2}`));
    const closed = counters.queue.close();
    assert.equal((await counters.increment('c0')).code, 'unavailable');
    await closed;
    assert.deepEqual([...counters.seen.values()], [5, 5]);
    assert.ok((await Promise.all(results)).every(({ code }) => code === 'success'));
  });
});
