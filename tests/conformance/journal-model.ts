/** Part of the conformance suite of journal stores: whatever is appended, it is what a map would be. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ObjectWrite } from '../../src/store/index.ts';
import type { JournalFixture } from './journal-fixture.ts';

const WRITE: fc.Arbitrary<ObjectWrite> = fc.record({
  space: fc.constantFrom('entry', 'member', 'meta'),
  key: fc.uint8Array({ minLength: 1, maxLength: 2, max: 3 }),
  value: fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined }),
});

const name = ({ space, key }: ObjectWrite) => `${space} ${Buffer.from(key).toString('hex')}`;

export function journalModel(home: JournalFixture): void {
  describe('whatever is appended', () => {
    it('is what a map would be, and what a replay of the journal is', async () => {
      const model = new Map<string, string>();
      const replayed = new Map<string, string>();
      const apply = (map: Map<string, string>, writes: readonly ObjectWrite[]) => {
        for (const write of writes) {
          if (write.value === undefined) map.delete(name(write));
          else map.set(name(write), Buffer.from(write.value).toString('hex'));
        }
      };
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(WRITE, { maxLength: 5 }), { maxLength: 5 }), async (batch) => {
          const before = home.store.head();
          const transactions = batch.map((writes, at) => ({ csn: `c${before + at}`, writes }));
          assert.equal(await home.store.append(before, transactions), 'committed');
          for (const writes of batch) apply(model, writes);
          for (const { writes } of await home.store.journal(before)) apply(replayed, writes);
          const objects: [string, string][] = [];
          for await (const part of await home.store.objects()) {
            for (const each of part) objects.push([name(each), Buffer.from(each.value).toString('hex')]);
          }
          const sorted = [...model].toSorted(([a], [b]) => (a < b ? -1 : 1));
          assert.deepEqual(objects, sorted);
          assert.deepEqual(new Map(objects), replayed);
        }),
        { numRuns: 60 },
      );
      assert.deepEqual((await home.store.verify()).damage, []);
    });
  });
}
