/** A renewed certificate is served without a restart, and one that cannot be served is seen before it is taken. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { silentLogger } from '../../src/base/index.ts';
import { faultOfTls, WebDoor, type WebPorts, type WebTls } from '../../src/web/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type CertificateFiles, makeCertificate } from '../support/openssl-certificates.ts';

let folder = '';
let first: WebTls;
let second: WebTls;

function read({ certificateFile, keyFile }: CertificateFiles): WebTls {
  return { certificate: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'realmgate-tls-'));
  first = read(makeCertificate(folder, { name: 'first', commonName: 'first' }));
  second = read(makeCertificate(folder, { name: 'second', commonName: 'second' }));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function handshake(port: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => resolve(socket));
    socket.on('error', reject);
  });
}

describe('the certificate of the web door', () => {
  it('is renewed for new connections while old ones go on', async () => {
    const ports = { clock: new ManualClock(), logger: silentLogger } as unknown as WebPorts;
    const options = { host: '127.0.0.1', port: 0, tls: first };
    const door = new WebDoor(ports, options);
    const port = await door.listen(options);
    const before = await handshake(port);
    assert.equal(before.getPeerCertificate().subject.CN, 'first');
    door.renew(second);
    const renewed = await handshake(port);
    assert.equal(renewed.getPeerCertificate().subject.CN, 'second');
    assert.equal(before.destroyed, false);
    for (const socket of [before, renewed]) socket.destroy();
    await door.close(0);
  });

  it('is refused when it and the key do not belong together, or are none', () => {
    assert.equal(faultOfTls(first), undefined);
    assert.notEqual(faultOfTls({ certificate: first.certificate, key: second.key }), undefined);
    assert.notEqual(faultOfTls({ certificate: 'garbage', key: first.key }), undefined);
    assert.notEqual(
      faultOfTls({ ...first, clientCa: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }),
      undefined,
    );
  });
});
