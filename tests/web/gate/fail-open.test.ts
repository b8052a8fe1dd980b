/**
 * Breaks what only code can break, one part at a time, in a server that runs, and asks over every route who passes
 * (RELIABILITY S07, F07). Disks, directories and configuration files: tests/interop/fail-open.test.ts.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { askEverywhere, type Caller, type Finding, garbageCallers, strangers } from '../../support/fail-open.ts';
import { recordFigure } from '../../support/figure.ts';
import { labConfiguration, labFiles, PASSWORDS } from '../../support/lab-site.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { basic, TestBrowser } from '../../support/test-browser.ts';
import { WholeServer } from '../../support/whole-server.ts';

const DAY = 86_400_000;

let backEnd: EchoBackEnd;
let server: WholeServer;
let clock: ManualClock;
let callers: readonly Caller[];
const asked = { questions: 0, wrong: 0 };

before(async () => {
  backEnd = await EchoBackEnd.start();
});

beforeEach(async () => {
  clock = new ManualClock();
  const configuration = labConfiguration({ upstream: backEnd.url });
  server = await WholeServer.start({ configuration, files: labFiles(), clock });
  callers = [
    ...strangers([]).filter(({ what }) => what !== 'unknown user'),
    { what: 'alice, wrong password', headers: basic('alice', 'wrong') },
    ...garbageCallers('staff'),
    { what: 'carol, who is denied, by Basic', headers: basic('carol', PASSWORDS.carol) },
    { what: 'carol, who is denied, by her session', headers: await sessionOf('carol', PASSWORDS.carol) },
    { what: 'bob', headers: basic('bob', PASSWORDS.bob), may: 'bob' },
    { what: 'the session of bob', headers: await sessionOf('bob', PASSWORDS.bob), may: 'bob' },
  ];
});

afterEach(async () => {
  for (const mend of mending.splice(0)) mend();
  await server.close();
});

after(async () => {
  await backEnd.stop();
  recordFigure('fail-open', asked.questions, asked.wrong);
});

const mending: (() => void)[] = [];

/** Puts `act` in the place of methods of a part of the server until the test is over. */
function broken<Part extends object>(part: Part, methods: readonly (keyof Part)[], act: () => unknown): void {
  for (const method of methods) {
    Object.defineProperty(part, method, { value: act, configurable: true });
    mending.push(() => void Reflect.deleteProperty(part, method));
  }
}

async function sessionOf(name: string, password: string): Promise<readonly string[]> {
  const browser = new TestBrowser();
  await browser.logIn(server.at('app'), name, password);
  return ['Cookie', `realmgate-staff=${browser.cookies(server.at('app')).get('realmgate-staff')}`];
}

async function nobodyPasses(): Promise<readonly Finding[]> {
  const findings = await askEverywhere(server.port, callers);
  asked.questions += findings.length;
  const wrong = findings.filter((finding) => finding.wrong !== undefined);
  asked.wrong += wrong.length;
  assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} wrong answers`);
  return findings;
}

/** The statuses that a caller got where a request is decided on. */
function statusesOf(findings: readonly Finding[], caller: string): readonly number[] {
  const of = findings.filter((finding) => finding.caller === caller && / GET$/.test(finding.route));
  return [...new Set(of.map(({ status }) => status))].sort();
}

describe('nobody passes who must not', () => {
  it('while nothing is broken, and bob does', async () => {
    const findings = await nobodyPasses();
    assert.deepEqual(statusesOf(findings, 'bob'), [200]);
    assert.deepEqual(statusesOf(findings, 'the session of bob'), [200]);
    assert.deepEqual(statusesOf(findings, 'carol, who is denied, by Basic'), [403]);
  });

  it('when the audit trail takes nothing: then nobody', async () => {
    broken(server.installation.trail, ['append', 'repeated'], () => {
      throw new Error('no');
    });
    const findings = await nobodyPasses();
    for (const name of ['bob', 'the session of bob']) assert.deepEqual(statusesOf(findings, name), [503]);
  });

  it('when the store answers nothing', async () => {
    broken(server.installation.store, ['get', 'commit', 'list'], () => Promise.reject(new Error('no')));
    await nobodyPasses();
  });

  it('when key derivation is over', async () => {
    await server.installation.passwords.close();
    await nobodyPasses();
  });

  it('when the keys of the assertion are gone: then nobody', async () => {
    const signer = { signJws: () => Promise.reject(new Error('no')) };
    Object.defineProperty(server.installation.keys, 'signer', { value: signer });
    const findings = await nobodyPasses();
    assert.deepEqual(statusesOf(findings, 'bob'), [503]);
  });

  it('when the sessions throw', async () => {
    broken(server.installation.sessions, ['find'], () => {
      throw new Error('no');
    });
    const findings = await nobodyPasses();
    assert.deepEqual(statusesOf(findings, 'the session of bob'), [503]);
    assert.deepEqual(statusesOf(findings, 'carol, who is denied, by her session'), [503]);
  });

  it('when the clock jumps, back and forth, or says nonsense', async () => {
    const start = clock.now();
    callers = callers.filter(({ what, may }) => may !== undefined || /^(?:carol|nobody|right shape)/.test(what));
    for (const instant of [start - DAY, start + 365 * DAY, 0, -1, start + 10_000 * 365 * DAY, Number.NaN, start]) {
      clock.jump(instant);
      clock.advance(1_000);
      await nobodyPasses();
    }
    assert.deepEqual(statusesOf(await nobodyPasses(), 'bob'), [200]);
  });
});
