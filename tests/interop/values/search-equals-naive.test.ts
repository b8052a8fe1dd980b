/** Every answer of the view is what looking at each entry gives: random trees, filters, rights, scopes and writes in between. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DirectoryView, type SearchRequest, type SearchScope, search } from '../../../src/directory/index.ts';
import type { ObjectWrite, StoredObject } from '../../../src/store/index.ts';
import { BerWriter, formatFilter } from '../../../src/x500/index.ts';
import type { NaiveEntry } from '../../directory/search/naive-directory.ts';
import { RandomDirectory, schemaOfTests } from '../../directory/search/random-directory.ts';

const schema = schemaOfTests();
const SCOPES: readonly SearchScope[] = ['base', 'one', 'subtree', 'subtree', 'subtree'];

function loaded(random: RandomDirectory, size: number): DirectoryView {
  const view = new DirectoryView(schema);
  view.load(random.fill(size) as StoredObject[]);
  return view;
}

function inScope(random: RandomDirectory, base: NaiveEntry, scope: SearchScope): NaiveEntry[] {
  const { naive } = random;
  if (scope === 'base') return [base];
  return scope === 'one' ? naive.children(base) : [...naive.entries].filter((entry) => naive.isWithin(entry, base));
}

function request(random: RandomDirectory, base: NaiveEntry, scope: SearchScope): SearchRequest {
  const filter = random.filter();
  const name = Buffer.from(random.naive.dn(base));
  return { base: name, scope, filter, attributes: ['1.1'], typesOnly: false, sizeLimit: 0 };
}

/** The identities that are answered, sorted. */
function answered(
  view: DirectoryView,
  asked: SearchRequest,
  rights: Parameters<typeof search>[2],
  now: number,
): string[] {
  const run = search(view, asked, rights, now);
  const out = new BerWriter();
  const found: string[] = [];
  for (let step = run.next(out); step !== 'end'; step = run.next(out)) {
    if (step === 'entry') found.push(hex(view.uuid(run.entry)));
    out.reset();
  }
  assert.equal(run.outcome.code, 'success');
  return found.sort();
}

function hex(uuid: Uint8Array): string {
  return Buffer.from(uuid).toString('hex');
}

function compare(seed: number, size: number, rounds: number, writesARound: number): void {
  const random = new RandomDirectory(schema, seed);
  const view = loaded(random, size);
  for (let round = 0; round < rounds; round += 1) {
    for (let count = random.dice.below(writesARound + 1); count > 0; count -= 1) view.apply(random.change());
    const base = random.dice.chance(60) ? [...random.naive.entries][0]! : random.anyEntry();
    const asked = request(random, base, random.dice.pick(SCOPES));
    const now = random.dice.pick([0, 100, 200]);
    const rights = random.rights(view);
    const expected = inScope(random, base, asked.scope)
      .filter((entry) => rights.sees(entry))
      .filter((entry) => random.naive.evaluate(entry, asked.filter, rights.mayRead, now) === true)
      .map(({ uuid }) => hex(uuid))
      .sort();
    const found = answered(view, asked, rights.view, now);
    assert.deepEqual(found, expected, `seed ${seed} round ${round}: ${asked.scope} ${formatFilter(asked.filter)}`);
  }
  assert.equal(view.size, random.naive.entries.size);
}

describe('a search', () => {
  it('answers what looking at each entry gives, in small trees that change', () => {
    for (let seed = 1; seed <= 20; seed += 1) compare(seed, 30, 400, 1);
  });

  it('answers the same from ordering indexes, which larger trees have', () => {
    compare(1001, 1000, 120, 2);
  });

  it('survives changes between two entries of its answer', () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const random = new RandomDirectory(schema, seed + 5000);
      const view = loaded(random, 120);
      const { naive } = random;
      for (let round = 0; round < 10; round += 1) {
        const base = [...naive.entries][0]!;
        const asked = request(random, base, 'subtree');
        const { view: rights, mayRead, sees } = random.rights(view);
        const isMatch = (entry: NaiveEntry) =>
          sees(entry) && naive.evaluate(entry, asked.filter, mayRead, 100) === true;
        let always = new Set([...naive.entries].filter(isMatch));
        const answers = new Set<string>();
        const run = search(view, asked, rights, 100);
        const out = new BerWriter();
        for (let step = run.next(out); step !== 'end'; step = run.next(out)) {
          if (step === 'entry') {
            const uuid = hex(view.uuid(run.entry));
            const entry = [...naive.entries].find((one) => hex(one.uuid) === uuid);
            assert.ok(entry !== undefined && isMatch(entry), 'an answer matches when it is given');
            assert.ok(!answers.has(uuid), 'no entry is answered twice');
            answers.add(uuid);
          }
          if (random.dice.chance(40)) {
            const writes: readonly ObjectWrite[] = random.change();
            view.apply(writes);
            always = new Set([...always].filter((entry) => naive.entries.has(entry) && isMatch(entry)));
          }
          if (random.dice.chance(20)) assert.match(run.peek(), /^(entry|more|end)$/);
        }
        for (const entry of always) assert.ok(answers.has(hex(entry.uuid)), 'what matched all the time is answered');
      }
    }
  });
});
