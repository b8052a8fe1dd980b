/** The parts of a worker that need no process: its lease, its copy of the sessions, what crosses the pipe. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import { makeSubject } from '../../src/access/index.ts';
import type { AuditId } from '../../src/audit/index.ts';
import { Secret } from '../../src/base/index.ts';
import {
  type CertificateChainCallback,
  type HeaderCallback,
  type LoginRequest,
  type NameCallback,
  type OneTimeCodeCallback,
  type PasswordCallback,
  type Session,
  tokenDigest,
} from '../../src/realm/index.ts';
import type { FromWorker } from '../../src/realmgate/workers/messages.ts';
import { PrimaryLink } from '../../src/realmgate/workers/primary-link.ts';
import { SessionMirror } from '../../src/realmgate/workers/session-mirror.ts';
import { decodeLogin, encodeLogin } from '../../src/realmgate/workers/wire-login.ts';
import { chainOfWorker } from '../../src/realmgate/workers/worker-pool.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeCertificate } from '../support/openssl-certificates.ts';

describe('the lease of a worker', () => {
  const linked = () => {
    const clock = new ManualClock();
    const sent: FromWorker[] = [];
    const link = new PrimaryLink(
      clock,
      (message) => void sent.push(message),
      () => ['used'],
    );
    const pings = () => sent.filter((message) => message.kind === 'ping');
    return { clock, sent, link, pings };
  };

  it('begins with the first answer and ends a second after the worker asked', () => {
    const { clock, link, pings } = linked();
    assert.equal(link.isLeased(), false);
    clock.advance(600);
    link.receive({ kind: 'pong', at: pings()[0]!.at });
    assert.equal(link.isLeased(), true);
    clock.advance(399);
    assert.equal(link.isLeased(), true);
    clock.advance(1);
    assert.equal(link.isLeased(), false);
  });

  it('is not renewed by an answer that was held up', () => {
    const { clock, link, pings } = linked();
    clock.advance(5_000);
    assert.equal(pings().length, 1, 'a primary that is held up finds one question');
    link.receive({ kind: 'pong', at: pings()[0]!.at });
    assert.equal(link.isLeased(), false);
    clock.advance(250);
    link.receive({ kind: 'pong', at: pings()[1]!.at });
    assert.equal(link.isLeased(), true);
  });

  it('lets no call wait beyond its end', async () => {
    const { clock, sent, link } = linked();
    await assert.rejects(link.call('issueTicket', { id: 'a', host: 'b', bind: 'c' }), { code: 'WORKER_CUT_OFF' });
    link.receive({ kind: 'pong', at: clock.monotonic() });
    const answered = link.call('issueTicket', { id: 'a', host: 'b', bind: 'c' });
    const waiting = link.call('issueTicket', { id: 'a', host: 'b', bind: 'c' });
    const failing = link.call('issueTicket', { id: 'a', host: 'b', bind: 'c' });
    const calls = sent.filter((message) => message.kind === 'call');
    link.receive({ kind: 'result', call: calls[0]!.call, value: 'ticket' });
    link.receive({ kind: 'error', call: calls[2]!.call, code: 'STORE_FULL', message: 'no room' });
    assert.equal(await answered, 'ticket');
    await assert.rejects(failing, { code: 'STORE_FULL' });
    clock.advance(1_250);
    await assert.rejects(waiting, { code: 'WORKER_CUT_OFF' });
  });

  it('lets only so many calls wait', async () => {
    const { clock, link } = linked();
    link.receive({ kind: 'pong', at: clock.monotonic() });
    const calls = Array.from({ length: 1_025 }, () => link.call('end', { id: 'a', why: 'logout' }));
    await assert.rejects(calls.pop()!, { code: 'WORKER_BUSY' });
    link.close();
    for (const call of await Promise.allSettled(calls)) assert.equal(call.status, 'rejected');
  });
});

describe("a worker's copy of the sessions", () => {
  const session = (id: string): Session => ({
    id,
    host: 'app.example.org',
    subject: makeSubject({ realm: 'staff', domain: 'campus', name: 'alice' }),
    attempt: 'attempt',
    createdAt: 0,
  });
  const mirror = () => new SessionMirror(() => Promise.reject(new Error('not asked')));

  it('finds what is live by its token, on its host, and reports each use once', () => {
    const copy = mirror();
    copy.apply([{ kind: 'live', session: session('one'), digest: tokenDigest('token') }]);
    assert.equal(copy.find('token', 'app.example.org')?.id, 'one');
    assert.equal(copy.find('token', 'app.example.org'), copy.find('token', 'app.example.org'));
    assert.equal(copy.find('token', 'other.example.org'), undefined);
    assert.equal(copy.find('other', 'app.example.org'), undefined);
    assert.deepEqual(copy.takeUsed(), ['one']);
    assert.deepEqual(copy.takeUsed(), []);
  });

  it('forgets the old token of a session that got a new one', () => {
    const copy = mirror();
    copy.apply([{ kind: 'live', session: session('one'), digest: tokenDigest('old') }]);
    copy.apply([{ kind: 'live', session: session('one'), digest: tokenDigest('new') }]);
    assert.equal(copy.find('old', 'app.example.org'), undefined);
    assert.equal(copy.find('new', 'app.example.org')?.id, 'one');
  });

  it('tells at once of an end, and of one that was before', () => {
    const copy = mirror();
    const ended: string[] = [];
    copy.apply([{ kind: 'live', session: session('one'), digest: tokenDigest('token') }]);
    copy.onEnd('one', () => ended.push('heard'));
    copy.onEnd('one', () => ended.push('not heard'))();
    copy.apply([{ kind: 'ended', id: 'one' }]);
    assert.deepEqual(ended, ['heard']);
    assert.equal(copy.find('token', 'app.example.org'), undefined);
    copy.onEnd('one', () => ended.push('was over'));
    assert.deepEqual(ended, ['heard', 'was over']);
  });
});

describe('a login on its way to the primary', () => {
  const request = (handler: LoginRequest['handler']): LoginRequest => ({
    id: 'ours' as AuditId,
    door: 'form',
    service: 'app',
    client: '192.0.2.1',
    handler,
    counted: true,
    now: 1,
    browserNonce: 'nonce',
  });

  it('takes along what the door has and nothing else', async () => {
    const wire = await encodeLogin(
      request((callbacks) => {
        for (const callback of callbacks) {
          if (callback.kind === 'name') callback.name = '__proto__';
          if (callback.kind === 'password') callback.password = new Secret('pässword');
          if (callback.kind === 'header' && callback.header === 'x-user') callback.value = 'alice';
        }
        return undefined;
      }),
      ['x-user', 'x-other'],
    );
    const { handler, ...rest } = decodeLogin(deserialize(serialize(wire)), 'theirs' as AuditId);
    assert.deepEqual({ ...rest, handler }, { ...request(handler), id: 'theirs' });
    const name: NameCallback = { kind: 'name' };
    const password: PasswordCallback = { kind: 'password' };
    const chain: CertificateChainCallback = { kind: 'certificate-chain' };
    const user: HeaderCallback = { kind: 'header', header: 'x-user' };
    const other: HeaderCallback = { kind: 'header', header: 'x-other' };
    const code: OneTimeCodeCallback = { kind: 'one-time-code', factor: 'totp' };
    handler([name, password, chain, user, other, code]);
    assert.equal(name.name, '__proto__');
    assert.equal(password.password?.reveal(), 'pässword');
    assert.equal(user.value, 'alice');
    assert.deepEqual([chain.chain, other.value, code.code], [undefined, undefined, undefined]);
  });

  it('takes a certificate chain along', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'realmgate-chain-'));
    const { certificateFile } = makeCertificate(folder, { name: 'alice', commonName: 'alice' });
    const certificate = new X509Certificate(readFileSync(certificateFile));
    rmSync(folder, { recursive: true });
    const wire = await encodeLogin(
      request((callbacks) => {
        for (const callback of callbacks) if (callback.kind === 'certificate-chain') callback.chain = [certificate];
        return undefined;
      }),
      [],
    );
    const chain: CertificateChainCallback = { kind: 'certificate-chain' };
    decodeLogin(deserialize(serialize(wire)), 'theirs' as AuditId).handler([chain]);
    assert.equal(chain.chain?.[0]?.fingerprint256, certificate.fingerprint256);
  });
});

describe('the chains of workers', () => {
  it('have names of their own, always the same', () => {
    const names = Array.from({ length: 64 }, (_, index) => chainOfWorker(index));
    assert.equal(new Set([...names, 'a']).size, 65);
    for (const name of names) assert.match(name, /^[0-9a-hjkmnp-tv-z]{1,3}$/);
    assert.deepEqual([names[0], names[20], names[21]], ['b', 'z', 'bb']);
  });
});
