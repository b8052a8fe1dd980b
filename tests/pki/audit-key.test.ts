import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Random, systemRandom } from '../../src/base/index.ts';
import { auditVerifier, openKeyRing, publishAuditKey } from '../../src/pki/index.ts';
import { isSound, newEd25519Key, newP256Key } from '../../src/pki/signing-key.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('the audit key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-audit-key-'));
  after(() => rmSync(folder, { recursive: true }));

  it('verifies offline with the public half beside the trail', async () => {
    const ring = await openKeyRing({ folder: join(folder, 'keys'), clock: new ManualClock(), random: systemRandom });
    const trail = join(folder, 'audit');
    publishAuditKey(ring.auditSigner, trail);
    const octets = Buffer.from('head');
    const signature = ring.auditSigner.sign(octets);
    for (const place of [trail, join(trail, `audit-signing-${ring.auditSigner.keyId}.pem`)]) {
      const verify = auditVerifier(place);
      assert.equal(verify(ring.auditSigner.keyId, octets, signature), true);
      assert.equal(verify(ring.auditSigner.keyId, Buffer.from('tail'), signature), false);
      assert.equal(verify(ring.auditSigner.keyId, octets, signature.subarray(1)), false);
      assert.equal(verify('another', octets, signature), false);
    }
    ring.close();
  });

  it('says when there is no public key to verify with', () => {
    writeFileSync(join(folder, 'not-a-key.pem'), 'nothing');
    for (const place of [folder, join(folder, 'not-a-key.pem'), join(folder, 'missing')]) {
      assert.throws(() => auditVerifier(place), { code: 'PKI_NO_AUDIT_KEY' });
    }
  });
});

describe('a signing key', () => {
  it('is P-256 point arithmetic and Ed25519 as their RFCs say', () => {
    const fixed = (hex: string): Random => ({ bytes: () => new Uint8Array(Buffer.from(hex, 'hex')) });
    // RFC 6979, A.2.5
    const p256 = newP256Key(fixed('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721'));
    assert.equal(
      Buffer.from(p256.x, 'base64url').toString('hex'),
      '60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6',
    );
    // RFC 8037, A.1 to A.3: the key and its thumbprint
    const ed25519 = newEd25519Key(fixed('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'));
    assert.equal(ed25519.x, '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo');
    assert.equal(ed25519.kid, 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('draws again when the octets are not below the order of the curve', () => {
    const draws = ['ff'.repeat(32), '00'.repeat(32), `${'00'.repeat(31)}01`];
    const key = newP256Key({ bytes: () => new Uint8Array(Buffer.from(draws.shift()!, 'hex')) });
    assert.equal(Buffer.from(key.d, 'base64url').toString('hex'), `${'00'.repeat(31)}01`);
    assert.equal(
      Buffer.from(key.x, 'base64url').toString('hex'),
      '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296', // the generator (SEC 2, 2.4.2)
    );
  });

  it('is sound only when its parts belong together', () => {
    const [one, two] = [newEd25519Key(systemRandom), newEd25519Key(systemRandom)];
    assert.equal(isSound(one), true);
    assert.equal(isSound({ ...one, d: two.d }), false);
    assert.equal(isSound({ ...one, kid: two.kid }), false);
    const p256 = newP256Key(systemRandom);
    assert.equal(isSound(p256), true);
    assert.equal(isSound({ ...p256, d: newP256Key(systemRandom).d }), false);
  });
});
