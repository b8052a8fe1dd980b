/** LoginContext against the JDK's own: every stack of control flags, result and order of calls. Needs a JDK. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { LoginContext } from '../../src/realm/index.ts';
import { contextOfLogin, noCalls, printed, scriptedStack } from '../realm/scripted-module.ts';
import { recordFigure } from '../support/figure.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('LoginContext against the JDK', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'realmgate-jaas-'));
    execFileSync('javac', ['-d', folder, 'tests/realm/jdk/FlagStacks.java']);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const linesOf = (which: string) =>
    execFileSync('java', ['-cp', folder, 'FlagStacks', which], { encoding: 'utf8', maxBuffer: 2 ** 26 })
      .trim()
      .split('\n');

  it('agrees on all 22,620 stacks of up to four modules', () => {
    const { compared, different } = compare(linesOf('login'));
    recordFigure('jaas-stacks', compared, compared - different.length);
    assert.deepEqual(different.slice(0, 10), []);
    assert.equal(compared, 12 + 144 + 1_728 + 20_736);
  });

  it('agrees on all 47,988 stacks of up to three modules with every commit outcome', () => {
    const { compared, different } = compare(linesOf('commit'));
    assert.deepEqual(different.slice(0, 10), []);
    assert.equal(compared, 36 + 1_296 + 46_656);
  });
});

function compare(lines: readonly string[]): { readonly compared: number; readonly different: readonly string[] } {
  const clock = new ManualClock();
  const different: string[] = [];
  for (const line of lines) {
    const [stack = ''] = line.split(' ', 1);
    const calls = noCalls();
    const context = new LoginContext(scriptedStack(stack, calls), contextOfLogin(), clock);
    const result = context.login();
    assert.ok(!(result instanceof Promise), 'a stack of synchronous modules is not to be awaited');
    let left = 'ok';
    if (result.kind === 'success') {
      const out = context.logout();
      assert.ok(!(out instanceof Promise));
      left = printed(out);
    }
    const column = (called: string) => called || '-';
    const ours = [
      stack,
      printed(result),
      column(calls.login),
      column(calls.commit),
      column(calls.abort),
      column(calls.logout),
      left,
    ].join(' ');
    if (ours !== line) different.push(`JDK ${line}, here ${ours}`);
  }
  return { compared: lines.length, different };
}
