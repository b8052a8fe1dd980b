/** Generations: what brings a new one into force, and what never does. */
import assert from 'node:assert/strict';
import { appendFileSync, renameSync, rmSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as realTime } from 'node:timers/promises';
import { z } from 'zod';
import { CodedError, systemClock } from '../../src/base/index.ts';
import {
  type ApplyResult,
  type ConfigurationText,
  ConfigurationWatcher,
  formatProblem,
  loadFromText,
  type ReadFile,
  type ReloadOutcome,
  secretShape,
} from '../../src/config/index.ts';
import { readRegularFile } from '../../src/config/read-file.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryFolder, writeFiles } from './example.ts';

const schema = z.strictObject({
  workers: z.int().default(1),
  allow: z.array(z.string()).default([]),
  deny: z.array(z.string()).default([]),
  ...secretShape('token', 'a token'),
});
type Value = z.output<typeof schema>;

const APPLIED: ApplyResult = { kind: 'applied', restartKeys: [] };

interface Setting {
  readonly folder: string;
  readonly file: string;
  readonly clock: ManualClock;
  readonly applied: Value[];
  readonly outcomes: ReloadOutcome[];
  readonly watcher: ConfigurationWatcher<typeof schema>;
  /** Lets `span` pass in tenths of a second, with time for the disk between them. */
  pass(span: number): Promise<void>;
  /** Lets time pass until there are `count` outcomes. */
  until(count: number): Promise<void>;
}

async function watching(
  test: TestContext,
  text: string,
  apply: (value: Value) => Promise<ApplyResult> = async () => APPLIED,
  readFile: ReadFile = readRegularFile,
): Promise<Setting> {
  const folder = writeFiles(temporaryFolder(test), { 'realmgate.yaml': text });
  const file = join(folder, 'realmgate.yaml');
  const clock = new ManualClock();
  const applied: Value[] = [];
  const outcomes: ReloadOutcome[] = [];
  const watcher = new ConfigurationWatcher({
    paths: [file],
    environment: {},
    schema,
    clock,
    readFile,
    report: (outcome) => void outcomes.push(outcome),
    apply: async (next) => {
      const result = await apply(next.value);
      if (result.kind === 'applied') applied.push(next.value);
      return result;
    },
  });
  test.after(() => watcher.close());
  const pass = async (span: number) => {
    for (let left = span; left > 0; left -= 100) {
      await realTime(4);
      clock.advance(100);
    }
    await realTime(4);
  };
  const until = async (count: number) => {
    for (let turn = 0; outcomes.length < count; turn++) {
      assert.ok(turn < 500, `waited for outcome ${count} of ${JSON.stringify(outcomes)}`);
      await pass(100);
    }
  };
  await watcher.start();
  return { folder, file, clock, applied, outcomes, watcher, pass, until };
}

describe('ConfigurationWatcher', { concurrency: true }, () => {
  it('applies the first generation at once', async (t) => {
    const { watcher, applied, outcomes } = await watching(t, 'workers: 2\n');
    assert.equal(watcher.current?.number, 1);
    assert.equal(watcher.current?.value.workers, 2);
    assert.deepEqual(applied, [{ workers: 2, allow: [], deny: [] }]);
    assert.deepEqual(outcomes, [{ kind: 'applied', generation: 1, restartKeys: [], warnings: [] }]);
  });

  it('hands on the octets it read, from which another process makes the same value without the disk', async (t) => {
    const folder = writeFiles(temporaryFolder(t), {
      'realmgate.yaml': 'allow: [ a ]\ntokenFile: token\n',
      token: 'hush',
    });
    const texts: ConfigurationText[] = [];
    const watcher = new ConfigurationWatcher({
      paths: [folder],
      environment: { REALMGATE__WORKERS: '7' },
      schema,
      clock: new ManualClock(),
      report: () => {},
      apply: async ({ text }) => {
        texts.push(text);
        return APPLIED;
      },
    });
    await watcher.start();
    await watcher.close();
    rmSync(folder, { recursive: true });
    const again = await loadFromText(texts[0]!, { environment: { REALMGATE__WORKERS: '7' }, schema });
    assert.ok(again.kind === 'loaded');
    assert.deepEqual(again.value, watcher.current?.value);
    assert.equal(again.value.token?.reveal(), 'hush');
    assert.equal(again.value.workers, 7);
    const missing = await loadFromText({ ...texts[0]!, readings: new Map() }, { environment: {}, schema });
    assert.equal(missing.kind, 'refused');
  });

  it('starts nothing on a bad file', async (t) => {
    const { watcher, applied, outcomes } = await watching(t, 'workers: x\n');
    assert.equal(watcher.current, undefined);
    assert.deepEqual([applied.length, outcomes[0]?.kind, outcomes[0]?.generation], [0, 'refused', 0]);
  });

  it('brings in a changed file after it was still for a second', async (t) => {
    const { file, watcher, outcomes, applied, pass, until } = await watching(t, 'workers: 1\n');
    writeFileSync(file, 'workers: 2\n');
    await pass(900);
    assert.equal(applied.length, 1);
    await until(2);
    assert.deepEqual(outcomes[1], { kind: 'applied', generation: 2, restartKeys: [], warnings: [] });
    assert.equal(watcher.current?.value.workers, 2);
  });

  it('sees a file that is replaced, and a link that is turned', async (t) => {
    const { folder, file, watcher, until } = await watching(t, 'workers: 1\n');
    writeFiles(folder, { '.next': 'workers: 2\n', v3: 'workers: 3\n' });
    renameSync(join(folder, '.next'), file);
    await until(2);
    assert.equal(watcher.current?.value.workers, 2);
    unlinkSync(file);
    symlinkSync('v3', file);
    await until(3);
    assert.equal(watcher.current?.value.workers, 3);
  });

  it('finds by polling what no folder reports: a change behind a link', async (t) => {
    const { file, watcher, until } = await watching(t, 'workers: 1\n');
    const elsewhere = writeFiles(temporaryFolder(t), { 'real.yaml': 'workers: 2\n' });
    unlinkSync(file);
    symlinkSync(join(elsewhere, 'real.yaml'), file);
    await until(2);
    writeFileSync(join(elsewhere, 'real.yaml'), 'workers: 3\n');
    await until(3);
    assert.equal(watcher.current?.value.workers, 3);
  });

  it('never applies a half-saved file that lacks its last deny line', async (t) => {
    const complete = 'allow: [ staff ]\ndeny:\n  - games\n  - guests\n';
    const { file, applied, pass, until } = await watching(t, complete);
    for (let save = 2; save <= 4; save++) {
      // An editor that writes in place: truncates, writes a first part, stalls, writes the rest.
      truncateSync(file, 0);
      await pass(400);
      writeFileSync(file, 'allow: [ staff, students ]\ndeny:\n  - games\n');
      await pass(900);
      appendFileSync(file, `  - guests\n  - number${save}\n`);
      await until(save);
    }
    assert.deepEqual(
      applied.map((value) => value.deny),
      [
        ['games', 'guests'],
        ['games', 'guests', 'number2'],
        ['games', 'guests', 'number3'],
        ['games', 'guests', 'number4'],
      ],
    );
  });

  it('reads again when a file changes while it is read', async (t) => {
    let change: (() => void) | undefined;
    const readFile: ReadFile = async (file, limit) => {
      const reading = await readRegularFile(file, limit);
      change?.();
      change = undefined;
      return reading;
    };
    const { file, applied, until } = await watching(t, 'workers: 1\n', undefined, readFile);
    change = () => writeFileSync(file, 'workers: 3\ndeny: [ games ]\n');
    writeFileSync(file, 'workers: 2\n');
    await until(2);
    assert.deepEqual(
      applied.map((value) => value.workers),
      [1, 3],
    );
  });

  it('keeps the generation when a file is bad, and says where', async (t) => {
    const { file, watcher, outcomes, applied, until } = await watching(t, 'workers: 1\n');
    writeFileSync(file, 'workers: 1\ndenny: [ games ]\n');
    await until(2);
    const refused = outcomes[1];
    assert.ok(refused?.kind === 'refused' && refused.generation === 1);
    assert.deepEqual(refused.problems.map(formatProblem), [`${file}:2:1: unknown key "denny"; did you mean "deny"?`]);
    assert.deepEqual([watcher.current?.number, applied.length], [1, 1]);
    rmSync(file);
    await until(3);
    assert.equal(outcomes[2]?.kind, 'refused');
    writeFileSync(file, 'workers: 1\n');
    await until(4);
    assert.deepEqual(outcomes[3], { kind: 'unchanged', generation: 1 });
    writeFileSync(file, 'workers: 5\n');
    await until(5);
    assert.equal(watcher.current?.value.workers, 5);
  });

  it('keeps the generation when applying refuses or throws, and never uses a number twice', async (t) => {
    const { file, watcher, outcomes, until } = await watching(t, 'workers: 1\n', async ({ workers }) => {
      if (workers === 2) throw new CodedError('WEB_ADDRESS_IN_USE', 'address 127.0.0.1:80 is in use');
      if (workers === 3) {
        return {
          kind: 'refused',
          problems: [{ file: 'f', line: 1, column: 10, path: 'workers', message: 'too many' }],
        };
      }
      return workers === 4 ? { kind: 'applied', restartKeys: ['workers'] } : APPLIED;
    });
    for (const [workers, count] of [
      [2, 2],
      [3, 3],
      [4, 4],
    ] as const) {
      writeFileSync(file, `workers: ${workers}\n`);
      await until(count);
      if (workers < 4) assert.equal(watcher.current?.value.workers, 1);
    }
    const messages = outcomes.flatMap((outcome) =>
      outcome.kind === 'refused' ? outcome.problems.map((p) => p.message) : [],
    );
    assert.deepEqual(messages, [
      'could not be applied: address 127.0.0.1:80 is in use (WEB_ADDRESS_IN_USE)',
      'too many',
    ]);
    assert.deepEqual(outcomes[3], { kind: 'applied', generation: 4, restartKeys: ['workers'], warnings: [] });
  });

  it('does not apply what is already in force, unless it is asked to', async (t) => {
    const { file, watcher, outcomes, applied, pass, until } = await watching(t, 'workers: 1\n');
    writeFileSync(file, 'workers: 1\n');
    await until(2);
    assert.deepEqual([outcomes[1]?.kind, applied.length], ['unchanged', 1]);
    const asked = watcher.reload();
    await until(3);
    assert.deepEqual(await asked, { kind: 'applied', generation: 2, restartKeys: [], warnings: [] });
    await pass(5000);
    assert.equal(outcomes.length, 3);
  });

  it('waits for stillness also when it is asked to reload', async (t) => {
    const { file, watcher, applied, pass, until } = await watching(t, 'workers: 1\n');
    writeFileSync(file, 'workers: 2\n');
    const asked = watcher.reload();
    await pass(600);
    writeFileSync(file, 'workers: 2\ndeny: [ games ]\n');
    await pass(600);
    assert.equal(applied.length, 1);
    await until(2);
    await asked;
    assert.deepEqual(applied[1]?.deny, ['games']);
  });

  it('watches the files of secrets, also new ones', async (t) => {
    const { folder, file, watcher, outcomes, until } = await watching(t, 'workers: 1\n');
    writeFiles(folder, { 'secrets/token': 'one\n' });
    writeFileSync(file, 'tokenFile: secrets/token\n');
    await until(2);
    assert.equal(watcher.current?.value.token?.reveal(), 'one');
    writeFileSync(join(folder, 'secrets/token'), 'two\n');
    await until(3);
    assert.equal(watcher.current?.value.token?.reveal(), 'two');
    rmSync(join(folder, 'secrets/token'));
    await until(4);
    assert.equal(outcomes[3]?.kind, 'refused');
    assert.equal(watcher.current?.value.token?.reveal(), 'two');
    writeFileSync(join(folder, 'secrets/token'), 'three\n');
    await until(5);
    assert.equal(watcher.current?.value.token?.reveal(), 'three');
  });

  it('sees files that come to and go from a folder', async (t) => {
    const folder = writeFiles(temporaryFolder(t), { 'a.yaml': 'workers: 1\n' });
    const seen: number[] = [];
    const watcher = new ConfigurationWatcher({
      paths: [folder],
      environment: {},
      schema,
      clock: systemClock,
      report: () => {},
      apply: async (next) => {
        seen.push(next.value.workers);
        return APPLIED;
      },
    });
    t.after(() => watcher.close());
    await watcher.start();
    writeFiles(folder, { 'b.yaml': 'workers: 2\n', 'notes.txt': 'x' });
    for (let turn = 0; seen.length < 2 && turn < 100; turn++) await realTime(50);
    assert.deepEqual(seen, [1, 2]);
  });

  it('applies one generation at a time, and the last state wins', async (t) => {
    let running = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    const { file, watcher, applied, pass } = await watching(t, 'workers: 1\n', async ({ workers }) => {
      running += 1;
      most = Math.max(most, running);
      if (workers > 1) await new Promise<void>((open) => gates.push(open));
      running -= 1;
      return APPLIED;
    });
    const asked: Promise<ReloadOutcome>[] = [];
    for (let workers = 2; workers <= 6; workers++) {
      writeFileSync(file, `workers: ${workers}\n`);
      asked.push(watcher.reload(), watcher.reload());
      await pass(700 * (workers % 3));
    }
    for (let turn = 0; turn < 100 && watcher.current?.value.workers !== 6; turn++) {
      gates.shift()?.();
      await pass(300);
    }
    for (let turn = 0; turn < 40; turn++) {
      gates.shift()?.();
      await pass(100);
    }
    const outcomes = await Promise.all(asked);
    assert.equal(most, 1);
    assert.equal(applied.at(-1)?.workers, 6);
    assert.ok(outcomes.every((outcome) => outcome.kind === 'applied'));
    assert.equal(watcher.current?.number, applied.length);
  });

  it('reports a file that never rests, and reads it when it does', async (t) => {
    const { file, clock, outcomes, watcher, until } = await watching(t, 'workers: 1\n');
    let write = 0;
    for (; outcomes.length < 2; write++) {
      assert.ok(write < 500, 'was never reported');
      writeFileSync(file, `workers: ${write}\n`);
      await realTime(5);
      clock.advance(900);
      await realTime(5);
    }
    assert.match(outcomes[1]?.kind === 'refused' ? (outcomes[1].problems[0]?.message ?? '') : '', /^keeps changing/);
    await until(3);
    assert.equal(watcher.current?.value.workers, write - 1);
  });

  it('ends what waits when it is closed', async (t) => {
    const { file, watcher, applied, clock } = await watching(t, 'workers: 1\n');
    writeFileSync(file, 'workers: 2\n');
    const asked = watcher.reload();
    await realTime(10);
    await watcher.close();
    assert.deepEqual(await asked, { kind: 'unchanged', generation: 1 });
    clock.advance(10_000);
    await realTime(10);
    assert.equal(applied.length, 1);
  });
});
