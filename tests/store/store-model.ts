/** Random batches, times, sweeps and reopenings of a store, run on a Map as well: the two must always agree. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { openSqliteStore, type Revision, type Store, type StoredRecord, type Write } from '../../src/store/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A write whose condition is chosen when it runs: `current` is the revision last seen, `stale` one before that. */
interface Plan {
  readonly bucket: string;
  readonly key: string;
  readonly value: Uint8Array | undefined;
  readonly expect: 'any' | 'absent' | 'current' | 'stale';
  readonly lifetime: number | undefined;
}
type Step =
  | { readonly kind: 'commit'; readonly batches: readonly (readonly Plan[])[] }
  | { readonly kind: 'pass'; readonly span: number }
  | { readonly kind: 'sweep' }
  | { readonly kind: 'reopen' };

const plan: fc.Arbitrary<Plan> = fc.record({
  bucket: fc.constantFrom('b', 'B', '__proto__'),
  key: fc.constantFrom('k', 'k\0', 'constructor', 'é', '😀'),
  value: fc.option(fc.uint8Array({ maxLength: 2000 }), { nil: undefined, freq: 4 }),
  expect: fc.constantFrom('any', 'absent', 'current', 'stale'),
  lifetime: fc.option(fc.integer({ min: -5, max: 100 }), { nil: undefined }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      batches: fc.array(fc.array(plan, { maxLength: 5 }), { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), span: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'sweep' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
);

interface Kept {
  readonly value: Uint8Array;
  readonly expiresAt: number | undefined;
  /** Which writing of the model it is; the store's revisions are other numbers in the same order. */
  readonly revision: number;
}

/** What a store should be, in as few lines as it can be said. */
class Model {
  records = new Map<string, Kept>();
  #revision = 0;

  live(name: string, now: number): Kept | undefined {
    const kept = this.records.get(name);
    return kept?.expiresAt !== undefined && kept.expiresAt <= now ? undefined : kept;
  }

  commit(batch: readonly (Omit<Plan, 'expect'> & { expect: 'any' | 'absent' | number })[], now: number): string {
    const before = new Map(this.records);
    this.#revision += 1;
    for (const { bucket, key, value, expect, lifetime } of batch) {
      const name = JSON.stringify([bucket, key]);
      const current = this.live(name, now)?.revision;
      if (expect !== 'any' && current !== (expect === 'absent' ? undefined : expect)) {
        this.records = before;
        return 'conflict';
      }
      if (value === undefined) this.records.delete(name);
      else
        this.records.set(name, {
          value,
          expiresAt: lifetime === undefined ? undefined : now + lifetime,
          revision: this.#revision,
        });
    }
    return 'committed';
  }

  sweep(now: number): number {
    const before = this.records.size;
    for (const name of this.records.keys()) if (this.live(name, now) === undefined) this.records.delete(name);
    return before - this.records.size;
  }
}

/** Runs the steps on a store and on the model; throws at the first disagreement. */
async function compare(steps: readonly Step[], open: (clock: ManualClock) => Promise<Store>): Promise<void> {
  const clock = new ManualClock();
  const model = new Model();
  /** Of each name, the revisions seen so far: the store's beside the model's, oldest first. */
  const seen = new Map<string, { store: Revision; model: number }[]>();
  let store = await open(clock);

  async function agree(): Promise<void> {
    const found = new Map<string, StoredRecord>();
    for (const bucket of ['b', 'B', '__proto__']) {
      for await (const record of store.list(bucket)) found.set(JSON.stringify([bucket, record.key]), record);
    }
    const expected = [...model.records].filter(([name]) => model.live(name, clock.now()) !== undefined);
    assert.deepEqual([...found.keys()].sort(), expected.map(([name]) => name).sort());
    for (const [name, { value, expiresAt, revision }] of expected) {
      const record = found.get(name)!;
      assert.deepEqual([record.value, record.expiresAt], [value, expiresAt]);
      const [bucket, key] = JSON.parse(name) as [string, string];
      assert.deepEqual(await store.get(bucket, key), record);
      const history = seen.get(name) ?? [];
      const newest = history.at(-1);
      assert.equal(newest?.store === record.revision, newest?.model === revision, 'a revision stands for one writing');
      if (newest?.model !== revision) seen.set(name, [...history, { store: record.revision, model: revision }]);
    }
  }

  for (const next of steps) {
    if (next.kind === 'pass') clock.advance(next.span);
    else if (next.kind === 'sweep') assert.equal(await store.sweep(clock.now()), model.sweep(clock.now()));
    else if (next.kind === 'reopen') {
      await store.close();
      store = await open(clock);
    } else {
      const now = clock.now();
      const pairs = next.batches.map((batch) => batch.map((write) => resolve(write, seen, now)));
      const outcomes = pairs.map((batch) => store.commit(batch.map(({ write }) => write)));
      const expected = pairs.map((batch) =>
        model.commit(
          batch.map(({ planned }) => planned),
          now,
        ),
      );
      assert.deepEqual(await Promise.all(outcomes), expected);
    }
    await agree();
  }
  await store.close();
}

function resolve(plan: Plan, seen: ReadonlyMap<string, readonly { store: Revision; model: number }[]>, now: number) {
  const { bucket, key, value, lifetime } = plan;
  const history = seen.get(JSON.stringify([bucket, key])) ?? [];
  const revision = history.at(plan.expect === 'stale' ? -2 : -1);
  const isPlain = plan.expect === 'any' || plan.expect === 'absent';
  const [ofStore, ofModel] = isPlain
    ? [plan.expect, plan.expect]
    : [revision?.store ?? ('absent' as const), revision?.model ?? ('absent' as const)];
  const expiresAt = lifetime === undefined ? undefined : now + lifetime;
  const write: Write = { bucket, key, value, expect: ofStore as Write['expect'], expiresAt };
  return { write, planned: { ...plan, expect: ofModel as 'any' | 'absent' | number } };
}

/** Runs so many random programs on SQLite stores; fast-check shows the smallest one that goes wrong. */
export async function agreeWithModel(test: TestContext, programs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const folder = temporaryFolder(test);
      await compare(steps, (clock) => openSqliteStore({ folder, clock }));
    }),
    { numRuns: programs },
  );
}
