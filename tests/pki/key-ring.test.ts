import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { systemRandom } from '../../src/base/index.ts';
import { type AssertionClaims, type KeyRingOptions, openKeyRing, verifyJws } from '../../src/pki/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('the key ring', () => {
  let folder: string;
  let clock: ManualClock;
  const open = (more: Partial<KeyRingOptions> = {}) => openKeyRing({ folder, clock, random: systemRandom, ...more });
  const keyFile = () => join(folder, 'assertion-keys.json');
  const claims = (more: Partial<AssertionClaims> = {}): AssertionClaims => {
    const iat = Math.floor(clock.now() / 1000);
    return { iss: 'https://idm.example.org', sub: 'alice', aud: 'portal', iat, nbf: iat, exp: iat + 300, ...more };
  };
  const check = async (jws: string, jwks: Awaited<ReturnType<typeof open>>) =>
    await verifyJws(jws, {
      jwks: jwks.jwks(),
      issuer: 'https://idm.example.org',
      audience: 'portal',
      now: clock.now(),
    });

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'realmgate-keys-')), 'keys');
    clock = new ManualClock();
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  it('makes its keys at the first start, readable by their owner only', async () => {
    (await open()).close();
    assert.deepEqual(readdirSync(folder).sort(), ['assertion-keys.json', 'audit-key.json']);
    for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it('signs assertions that verify, with typ, kid and alg in the header', async () => {
    const ring = await open();
    const jws = await ring.signer.signJws(claims());
    const header: unknown = JSON.parse(Buffer.from(jws.split('.')[0]!, 'base64url').toString());
    assert.deepEqual(header, { alg: 'ES256', kid: ring.signer.keyId, typ: 'JWT' });
    assert.deepEqual(await check(jws, ring), { kind: 'valid', claims: claims() });
    ring.close();
  });

  it('keeps its keys over a restart', async () => {
    const first = await open();
    const jws = await first.signer.signJws(claims());
    first.close();
    const second = await open();
    assert.equal(second.signer.keyId, first.signer.keyId);
    assert.equal(second.auditSigner.publicKeyPem, first.auditSigner.publicKeyPem);
    assert.equal((await check(jws, second)).kind, 'valid');
    second.close();
  });

  it('publishes no private member', async () => {
    const ring = await open();
    const text = JSON.stringify(ring.jwks());
    for (const [, d = ''] of readFileSync(keyFile(), 'utf8').matchAll(/"d": "([^"]+)"/g)) assert.ok(!text.includes(d));
    for (const key of ring.jwks().keys) assert.deepEqual(Object.keys(key).sort(), 'alg crv kid kty use x y'.split(' '));
    assert.ok(!ring.auditSigner.publicKeyPem.includes('PRIVATE'));
    ring.close();
  });

  it('publishes a key before it signs and until its last assertion has expired', async () => {
    const ring = await open({ longestLife: 10 * MINUTE });
    const [signing, next] = ring.jwks().keys.map((key) => key.kid);
    assert.equal(ring.signer.keyId, signing);
    assert.deepEqual(await ring.rotate(), { kind: 'too-soon', until: clock.now() + HOUR });
    clock.advance(HOUR);
    const old = await ring.signer.signJws(claims({ exp: Math.floor(clock.now() / 1000) + 600 }));
    assert.deepEqual(await ring.rotate(), { kind: 'rotated', from: signing, to: next });
    assert.equal(ring.signer.keyId, next);
    assert.equal(ring.jwks().keys.length, 3);
    clock.advance(10 * MINUTE - 1000);
    assert.equal((await check(old, ring)).kind, 'valid');
    clock.advance(6 * MINUTE);
    assert.deepEqual(
      ring
        .jwks()
        .keys.map((key) => key.kid)
        .includes(signing!),
      false,
    );
    ring.close();
  });

  it('rotates by itself when a key has signed for its time', async () => {
    const rotations: string[] = [];
    const ring = await open({ rotateEvery: 30 * DAY, onRotation: ({ to }) => rotations.push(to) });
    const next = ring.jwks().keys[1]!.kid;
    clock.advance(29 * DAY);
    assert.deepEqual(rotations, []);
    clock.advance(DAY + HOUR);
    await new Promise(setImmediate);
    assert.deepEqual(rotations, [next]);
    assert.equal(ring.signer.keyId, next);
    ring.close();
  });

  it('takes over a rotation of another process', async () => {
    const primary = await open();
    const worker = await open();
    clock.advance(HOUR);
    await primary.rotate();
    assert.notEqual(worker.signer.keyId, primary.signer.keyId);
    await worker.reload();
    assert.equal(worker.signer.keyId, primary.signer.keyId);
    assert.deepEqual(worker.jwks(), primary.jwks());
    primary.close();
    worker.close();
  });

  it('makes one set of keys when two processes start at once', async () => {
    const rings = await Promise.all([open(), open(), open()]);
    assert.equal(new Set(rings.map((ring) => ring.signer.keyId)).size, 1);
    for (const ring of rings) ring.close();
  });

  it('refuses an assertion that would outlive its key', async () => {
    const ring = await open({ longestLife: 5 * MINUTE });
    const iat = claims().iat;
    for (const exp of [iat + 301, Number.NaN, Number.POSITIVE_INFINITY]) {
      await assert.rejects(ring.signer.signJws(claims({ exp })), { code: 'PKI_ASSERTION_TOO_LONG' });
    }
    ring.close();
  });

  it('never replaces a broken key file', async () => {
    (await open()).close();
    const good = readFileSync(keyFile(), 'utf8');
    const kids = [...good.matchAll(/"kid": "([^"]+)"/g)].map(([, kid]) => kid!);
    const broken = [
      '',
      good.slice(0, good.length / 2),
      '[]',
      '{"keys":[]}',
      good.replace('"next"', '"signing"'),
      good.replace(kids[0]!, kids[1]!),
      good.replace(/"d": "[^"]+"/, `"d": "${'A'.repeat(43)}"`),
      good.replace('{', `{"padding":"${'x'.repeat(70_000)}",`),
    ];
    for (const text of broken) {
      writeFileSync(keyFile(), text);
      await assert.rejects(open(), { code: 'PKI_KEY_BROKEN' }, text.slice(0, 40));
      assert.equal(readFileSync(keyFile(), 'utf8'), text);
    }
  });

  it('names no key material in the error for a broken file', async () => {
    (await open()).close();
    const good = readFileSync(keyFile(), 'utf8');
    const [, d = ''] = /"d": "([^"]+)"/.exec(good) ?? [];
    writeFileSync(keyFile(), good.replace(d, `${d}x`));
    await assert.rejects(open(), (error: Error) => !`${error.message}${error.stack}`.includes(d));
  });

  it('refuses a key file that others may read', async () => {
    (await open()).close();
    chmodSync(keyFile(), 0o640);
    await assert.rejects(open(), { code: 'PKI_KEY_EXPOSED' });
  });

  it('says when it cannot read or write where its keys belong', async () => {
    writeFileSync(folder, 'a file where the folder should be');
    await assert.rejects(open(), { code: 'PKI_KEY_BROKEN' });
    await assert.rejects(open({ folder: '/sys/realmgate/keys' }), { code: 'PKI_KEY_UNWRITABLE' });
  });
});
