/** TLS between the ldap login module and real slapds, with bad certificates and hostile relays (RELIABILITY S18, S19). */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loginOnce } from '../support/one-module-login.ts';
import { type CertificateRequest, makeCertificate } from '../support/openssl-certificates.ts';
import { PortalDirectories } from '../support/portal-directory.ts';
import type { Slapd } from '../support/slapd.ts';

const folder = mkdtempSync(join(tmpdir(), 'realmgate-ldap-'));
const directories = new PortalDirectories();
const ssl = (request: CertificateRequest) => makeCertificate(folder, request);
let slapd: Slapd;

before(async () => {
  ssl({ name: 'ca', commonName: 'Test CA', authority: true });
  const alternativeNames = ['DNS:localhost', 'IP:127.0.0.1'];
  slapd = await directories.slapd(ssl({ name: 'good', commonName: 'slapd', signedBy: 'ca', alternativeNames }));
});

after(async () => {
  await directories.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('TLS to a directory', () => {
  const ca = () => join(folder, 'ca.pem');
  const trying = async (urls: readonly string[], more: Record<string, unknown> = {}) =>
    await loginOnce(await directories.module(urls, { caFile: ca(), ...more }), 'alice', 'alice-secret');

  it('works by ldaps and by StartTLS with a verified certificate', async () => {
    assert.equal((await trying([`ldaps://localhost:${slapd.tlsPort}`])).result, 'success');
    assert.equal((await trying([`ldaps://127.0.0.1:${slapd.tlsPort}`])).result, 'success');
    assert.equal((await trying([`ldap://localhost:${slapd.port}`], { startTls: true })).result, 'success');
  });

  it('refuses every bad certificate, by ldaps and by StartTLS (RELIABILITY S19)', async () => {
    const names = ['DNS:localhost'];
    ssl({ name: 'other-ca', commonName: 'Other CA', authority: true });
    ssl({ name: 'old-ca', commonName: 'Old CA', authority: true, validity: [-30, -10] });
    ssl({ name: 'impostor-ca', commonName: 'Test CA', authority: true });
    ssl({ name: 'leaf-as-ca', commonName: 'Leaf', signedBy: 'ca', alternativeNames: names });
    const leaf = (name: string, more: Partial<CertificateRequest>) => ({
      name,
      commonName: 'localhost',
      signedBy: 'ca',
      alternativeNames: names,
      ...more,
    });
    const { signedBy: _, ...selfSigned } = leaf('self-signed', {});
    const bad: readonly CertificateRequest[] = [
      leaf('wrong-host', { commonName: 'ldap.example.org', alternativeNames: ['DNS:ldap.example.org'] }),
      leaf('wrong-host-cn-right', { alternativeNames: ['DNS:ldap.example.org'] }),
      leaf('suffix-host', { alternativeNames: ['DNS:localhost.example.org'] }),
      leaf('wildcard', { alternativeNames: ['DNS:*'] }),
      leaf('wrong-address', { commonName: '127.0.0.2', alternativeNames: ['IP:127.0.0.2'] }),
      leaf('address-as-name', { alternativeNames: ['DNS:127.0.0.1'] }),
      leaf('mail-only', { alternativeNames: ['email:localhost@example.org'] }),
      leaf('expired', { validity: [-30, -1] }),
      leaf('not-yet', { validity: [2, 30] }),
      leaf('common-name-only', { alternativeNames: [] }),
      leaf('unknown-authority', { signedBy: 'other-ca' }),
      leaf('expired-authority', { signedBy: 'old-ca' }),
      leaf('signed-by-leaf', { signedBy: 'leaf-as-ca' }),
      leaf('weak-key', { key: 'rsa1024' }),
      leaf('sha1', { digest: 'sha1' }),
      leaf('impostor', { signedBy: 'impostor-ca' }),
      leaf('client-only', { extendedKeyUsage: 'clientAuth' }),
      leaf('code-signing', { extendedKeyUsage: 'codeSigning' }),
      selfSigned,
      { ...selfSigned, name: 'self-signed-authority', authority: true },
    ];
    assert.equal(bad.length, 20);
    for (const request of bad) {
      const server = await directories.slapd(ssl(request)).catch(() => undefined);
      if (server === undefined) {
        assert.equal(request.name, 'weak-key', `slapd refuses ${request.name} itself`);
        continue;
      }
      const relay = await directories.relay(server.port);
      const host = request.name === 'address-as-name' ? '127.0.0.1' : 'localhost';
      const byTls = await trying([`ldaps://${host}:${server.tlsPort}`]);
      const byStartTls = await trying([`ldap://${host}:${relay.port}`], { startTls: true });
      assert.equal(byTls.result, 'unavailable', `${request.name}: ${byTls.result}`);
      assert.equal(byStartTls.result, 'unavailable', `${request.name}: ${byStartTls.result}`);
      assert.ok(!relay.fromClients.includes('secret'), request.name);
    }
  });

  it('never falls back to clear text when StartTLS is stripped (RELIABILITY S18)', async () => {
    const relay = await directories.relay(slapd.port);
    const bindSuccess = Buffer.from('300c02010261070a010004000400', 'hex');
    const startTlsSuccess = Buffer.from('300c02010178070a010004000400', 'hex');
    const startTlsRefused = Buffer.from('300c02010178070a013404000400', 'hex');
    for (const [what, behaviour] of Object.entries({
      'answers StartTLS with an error': { answerFirst: startTlsRefused },
      'drops the answer': { stallAfter: 0 },
      'resets instead': { cutAfter: 0 },
      'cuts within the answer': { cutAfter: 7 },
      'appends a bind answer before TLS': { append: bindSuccess },
      'appends half a bind answer before TLS': { append: bindSuccess.subarray(0, 9) },
      'appends one octet': { append: Buffer.from([0x30]) },
      'says success and stays in clear text': { answerFirst: startTlsSuccess },
      'answers with a bind response': { answerFirst: Buffer.from('300c02010161070a010004000400', 'hex') },
      'answers with garbage': { answerFirst: Buffer.from('HTTP/1.1 200 OK\r\n\r\n') },
    })) {
      relay.behaviour = behaviour;
      const { result } = await trying([`ldap://localhost:${relay.port}`], { startTls: true, connectTimeout: '300ms' });
      assert.equal(result, 'unavailable', what);
    }
    assert.ok(!relay.fromClients.includes('secret'), 'no password octet in clear text');
    assert.ok(relay.connections >= 10);
    const plain = await directories.slapd();
    assert.equal((await trying([plain.url], { startTls: true })).result, 'unavailable', 'a server without TLS');
  });

  it('refuses a caFile that holds no certificate when it starts', async () => {
    await assert.rejects(directories.module([slapd.url], { caFile: join(folder, 'ca.key') }), { code: 'LDAP_CA_FILE' });
    await assert.rejects(directories.module([slapd.url], { caFile: join(folder, 'missing.pem') }), {
      code: 'LDAP_CA_FILE',
    });
  });
});
