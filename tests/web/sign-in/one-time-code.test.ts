/** A login in two steps through the pages of the whole server (RELIABILITY S33). */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { AuditRecord } from '../../../src/audit/index.ts';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { ASSERTED, htpasswdLine } from '../../support/lab-site.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { basic, hiddenFields, type Page, received, send, TestBrowser, titleOf } from '../../support/test-browser.ts';
import { WholeServer } from '../../support/whole-server.ts';

/** 20 octets, as RFC 4226 has them; in base32 for the file. */
const KEY = Buffer.from('12345678901234567890');
const BASE32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const [STEP, MINUTE] = [30_000, 60_000];
const TOM = { name: 'tom', password: 'tom-secret' };

let backEnd: EchoBackEnd;
let server: WholeServer;
let clock: ManualClock;

before(async () => {
  backEnd = await EchoBackEnd.start();
});

beforeEach(async () => {
  clock = new ManualClock();
  server = await WholeServer.start({
    clock,
    configuration: `data: ./data
listen: { web: { address: "127.0.0.1:PORT", publicUrl: "http://login.localhost:PORT" } }
realms:
  two:
    modules:
      - { use: lockout, flag: requisite, failures: 3, lock: 30m }
      - { use: htpasswd, flag: required, domain: local, file: htpasswd }
      - { use: totp, flag: required, secretsFile: totp }
services:
  app: { match: { host: app.localhost }, realm: two, assert: { preset: bonfire }, upstream: "${backEnd.url}" }
`,
    files: {
      htpasswd: htpasswdLine(TOM.name, TOM.password) + htpasswdLine('ann', 'ann-secret'),
      totp: `tom:${BASE32}\n`,
    },
  });
});

afterEach(() => server.close());
after(() => backEnd.stop());

/** RFC 6238 of the clock that the test holds. */
function code(after = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor((clock.now() + after) / STEP)));
  const mac = createHmac('sha1', KEY).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1)! & 15) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

const asserted = (page: Page) => received(page, ASSERTED)?.join(' and ');

async function firstStep(): Promise<{ browser: TestBrowser; page: Page }> {
  const browser = new TestBrowser();
  const page = await browser.logIn(server.at('app'), TOM.name, TOM.password);
  assert.equal(titleOf(page), 'One-time code');
  return { browser, page };
}

/** The attempts in the audit trail, oldest first. */
async function attempts(): Promise<readonly (AuditRecord & { kind: 'attempt' })[]> {
  const { stdout } = await server.command('audit', 'search', '--output', 'json');
  return (JSON.parse(stdout) as readonly AuditRecord[]).filter((record) => record.kind === 'attempt').reverse();
}

describe('a login with a one-time code', () => {
  it('asks for name and password, then for the code, and lets in', async () => {
    const { browser, page } = await firstStep();
    assert.equal(browser.cookies(server.at('login')).has('realmgate.sso.two'), false, 'no session before the code');
    assert.equal(asserted(await browser.submit(page, { code: code() })), 'tom');
  });

  it('runs no module twice, and writes one record for each step', async () => {
    const { browser, page } = await firstStep();
    await browser.submit(page, { code: code() });
    const [first, second, ...more] = await attempts();
    assert.deepEqual([first?.outcome, second?.outcome, more.length], ['challenged', 'authenticated', 0]);
    assert.deepEqual(
      first?.modules.map(({ use, result }) => [use, result]),
      [
        ['lockout', 'ignored'],
        ['htpasswd', 'success'],
      ],
    );
    assert.deepEqual(
      second?.modules.map(({ use, result }) => [use, result]),
      [
        ['lockout', 'ignored'],
        ['htpasswd', 'success'],
        ['totp', 'success'],
      ],
    );
    assert.equal(second.modules[1]?.ms, first.modules[1]?.ms, 'the password was looked at once');
  });

  it('takes a wrong code for a refusal, and the login begins anew', async () => {
    for (const wrong of ['000000', '12345', 'abcdef', '', '١٢٣٤٥٦', ' 123456', code(5 * MINUTE)]) {
      const { browser, page } = await firstStep();
      const answer = await browser.post(page, { code: wrong });
      assert.deepEqual([answer.status, titleOf(answer)], [401, 'Log in to app'], wrong);
      const again = await browser.post(page, { code: code() });
      assert.equal(again.status, 401, 'the parked login was for one answer');
      assert.equal((await browser.visit(server.at('app'))).status, 200);
      assert.equal(browser.cookies(server.at('app')).has('realmgate-two'), false);
      clock.advance(31 * MINUTE); // three failures in a row would lock
    }
  });

  it('takes a code once', async () => {
    const used = code();
    const first = await firstStep();
    const second = await firstStep();
    assert.equal(asserted(await first.browser.submit(first.page, { code: used })), 'tom');
    assert.equal((await second.browser.post(second.page, { code: used })).status, 401);
    const third = await firstStep();
    assert.equal((await third.browser.post(third.page, { code: used })).status, 401);
    clock.advance(STEP);
    const fourth = await firstStep();
    assert.equal(asserted(await fourth.browser.submit(fourth.page, { code: code() })), 'tom');
  });

  it('takes a code once also across a restart', async () => {
    const used = code();
    const first = await firstStep();
    assert.equal(asserted(await first.browser.submit(first.page, { code: used })), 'tom');
    await server.stop();
    await server.start();
    const second = await firstStep();
    assert.equal((await second.browser.post(second.page, { code: used })).status, 401);
  });

  it('waits two minutes', async () => {
    const [early, late] = [await firstStep(), await firstStep()];
    clock.advance(2 * MINUTE - 1);
    assert.equal(asserted(await early.browser.submit(early.page, { code: code() })), 'tom');
    clock.advance(1);
    assert.equal((await late.browser.post(late.page, { code: code() })).status, 401);
  });

  it('is over after a restart', async () => {
    const { browser, page } = await firstStep();
    await server.stop();
    await server.start();
    assert.equal((await browser.post(page, { code: code() })).status, 401);
  });

  it('goes on only in the browser that began it, and is not ended by another one', async () => {
    const { browser, page } = await firstStep();
    const thief = new TestBrowser();
    const form = await thief.visit(server.at('app'));
    const stolen = { ...hiddenFields(page), csrf: hiddenFields(form)['csrf']! };
    for (const fields of [stolen, hiddenFields(page)]) {
      const answer = await thief.ask(server.at('login', '/.realmgate/login/code'), {
        method: 'POST',
        headers: ['Content-Type', 'application/x-www-form-urlencoded'],
        body: new URLSearchParams({ ...fields, code: code() }).toString(),
      });
      assert.ok([400, 401].includes(answer.status));
      assert.equal(answer.headers['set-cookie']?.some((line) => line.includes('.sso.')) ?? false, false);
    }
    assert.equal(asserted(await browser.submit(page, { code: code() })), 'tom');
  });

  it('cannot be gone around: by Basic, without a secret, with a wrong password', async () => {
    assert.equal((await send(server.at('app'), { headers: basic(TOM.name, TOM.password) })).status, 401);
    const browser = new TestBrowser();
    assert.equal((await browser.logIn(server.at('app'), 'ann', 'ann-secret')).status, 401);
    assert.equal((await browser.logIn(server.at('app'), TOM.name, 'wrong')).status, 401);
    const reasons = (await attempts()).map(({ reason }) => reason);
    assert.deepEqual(reasons, ['missing-credential', 'unknown-user', 'wrong-credential']);
  });

  it('counts wrong codes at the lockout', async () => {
    for (let count = 0; count < 3; count += 1) {
      const { browser, page } = await firstStep();
      assert.equal((await browser.post(page, { code: '000000' })).status, 401);
    }
    const locked = await new TestBrowser().logIn(server.at('app'), TOM.name, TOM.password);
    assert.deepEqual([locked.status, titleOf(locked)], [401, 'Log in to app']);
  });
});
