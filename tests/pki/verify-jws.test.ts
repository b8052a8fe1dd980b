import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemRandom } from '../../src/base/index.ts';
import { openKeyRing, verifyJws } from '../../src/pki/index.ts';
import { type AssertionTokens, AUDIENCE, assertionTokens, ISSUER } from '../support/assertion-tokens.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('verifyJws', () => {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-jws-'));
  const clock = new ManualClock();
  let tokens: AssertionTokens;
  before(async () => {
    const ring = await openKeyRing({ folder, clock, random: systemRandom });
    tokens = await assertionTokens(ring, folder, clock.now());
    ring.close();
  });
  after(() => rmSync(folder, { recursive: true }));

  const verify = (jws: string) =>
    verifyJws(jws, { jwks: tokens.jwks, issuer: ISSUER, audience: AUDIENCE, now: clock.now() });

  it('believes what the ring signed', async () => {
    for (const [what, jws] of tokens.good) assert.equal((await verify(jws)).kind, 'valid', what);
  });

  it('refuses every forgery, with a reason and without an exception', async () => {
    for (const [what, jws] of tokens.bad) assert.equal((await verify(jws)).kind, 'refused', what);
  });
});
