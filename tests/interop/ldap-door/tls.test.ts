/** LDAPS, StartTLS and what may only be said over them: SASL EXTERNAL and PLAIN (RFC 4511, 4.14; RFC 4513; RELIABILITY S39, S40). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { systemRandom } from '../../../src/base/index.ts';
import { makeSelfSigned } from '../../../src/ldap/door/tls/own-certificate.ts';
import { openOwnCertificate } from '../../../src/ldap/index.ts';
import { BONFIRE_SUFFIX } from '../../support/bonfire-tree.ts';
import { ALICE, BOB, OPERATOR } from '../../support/interop-tree.ts';
import { type DoorSite, startDoorSite } from '../../support/ldap-door-site.ts';
import { type Outcome, RawConnection } from '../../support/ldap-raw-connection.ts';
import {
  bindRequest,
  element,
  elements,
  extendedRequest,
  filter,
  integer,
  message,
  octetString,
  searchRequest,
  TAG,
} from '../../support/ldap-wire.ts';
import { makeCertificate } from '../../support/openssl-certificates.ts';

const START_TLS = extendedRequest('1.3.6.1.4.1.1466.20037');
const WHO_AM_I = extendedRequest('1.3.6.1.4.1.4203.1.11.3');
const ROOT = searchRequest({ base: '', scope: 'base', filter: filter.present('objectClass'), attributes: ['+'] });

const folder = mkdtempSync(join(tmpdir(), 'realmgate-ldap-tls-'));
const file = (name: string) => join(folder, name);
const own = openOwnCertificate({
  folder,
  names: ['ldap.example', 'localhost', '127.0.0.1', '::1', 'fe80::1'],
  now: Date.now(),
  random: systemRandom,
});
const trusted: ConnectionOptions = { ca: own.tls.certificate, servername: 'ldap.example' };

let site: DoorSite;

const sasl = (mechanism: string, credentials?: string) =>
  element(
    TAG.bind,
    integer(3),
    octetString(''),
    element(0xa3, octetString(mechanism), ...(credentials === undefined ? [] : [octetString(credentials)])),
  );

async function identity(connection: RawConnection): Promise<string> {
  connection.send(message(77, WHO_AM_I));
  const answer = await connection.next();
  assert.equal(answer?.id, 77);
  return elements(answer.operation.content)
    .find(({ tag }) => tag === 0x8b)!
    .content.toString();
}

async function withClientCertificate(name: string): Promise<RawConnection> {
  const certificate = { cert: readFileSync(file(`${name}.pem`)), key: readFileSync(file(`${name}.key`)) };
  return RawConnection.openTls(site.tlsPort, { ...trusted, ...certificate });
}

describe('LDAP over TLS', () => {
  before(async () => {
    makeCertificate(folder, { name: 'ca', commonName: 'People CA', authority: true });
    makeCertificate(folder, { name: 'other-ca', commonName: 'Other CA', authority: true });
    const leaf = (name: string, mail: readonly string[], signedBy = 'ca', more = {}) =>
      makeCertificate(folder, {
        name,
        commonName: name,
        alternativeNames: mail.map((address) => `email:${address}`),
        signedBy,
        ...more,
      });
    leaf('alice', ['alice@bonfire-project.eu']);
    leaf('nobody', ['nobody@bonfire-project.eu']);
    leaf('nameless', []);
    leaf('two', ['alice@bonfire-project.eu', 'bob@bonfire-project.eu']);
    leaf('stranger', ['alice@bonfire-project.eu'], 'other-ca');
    leaf('expired', ['alice@bonfire-project.eu'], 'ca', { validity: [-30, -1] });
    const tls = { ...own.tls, clientCa: readFileSync(file('ca.pem'), 'utf8') };
    site = await startDoorSite({ tls });
  });
  after(async () => {
    await site.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is spoken from the first octet on the port for it', async () => {
    const connection = await RawConnection.openTls(site.tlsPort, trusted);
    assert.equal(await connection.ask(bindRequest(ALICE.dn, ALICE.password)), 0);
    assert.equal(await identity(connection), `dn:${ALICE.dn}`);
    connection.close();
  });

  it('is spoken after StartTLS, and offers more then', async () => {
    const connection = await RawConnection.open(site.port);
    const offered = async () => {
      connection.send(message(5, ROOT));
      const entry = (await connection.next())!.operation.content.toString('latin1');
      assert.equal(await connection.outcome(5), 0);
      return ['1.3.6.1.4.1.1466.20037', 'PLAIN', 'EXTERNAL'].filter((each) => entry.includes(each));
    };
    assert.deepEqual(await offered(), ['1.3.6.1.4.1.1466.20037']);
    assert.equal(await connection.ask(START_TLS), 0);
    await connection.secure(trusted);
    assert.deepEqual(await offered(), ['PLAIN']);
    assert.equal(await connection.ask(bindRequest(ALICE.dn, ALICE.password), 2), 0);
    assert.equal(await identity(connection), `dn:${ALICE.dn}`);
    assert.equal(await connection.ask(START_TLS, 3), 1, 'not twice');
    connection.close();
  });

  it('carries large answers whole', async () => {
    const connection = await RawConnection.openTls(site.tlsPort, trusted);
    assert.equal(await connection.ask(bindRequest(OPERATOR.dn, OPERATOR.password)), 0);
    const subschema = searchRequest({
      base: 'cn=Subschema',
      scope: 'base',
      filter: filter.present('objectClass'),
      attributes: ['+'],
    });
    for (let id = 2; id < 12; id += 1) connection.send(message(id, subschema));
    for (let id = 2; id < 12; id += 1) assert.equal(await connection.outcome(id), 0);
    connection.close();
  });

  it('never runs what came in clear behind StartTLS', async () => {
    const bind = message(2, bindRequest(ALICE.dn, ALICE.password));
    const before = site.audited().length;
    const once = await RawConnection.open(site.port);
    once.send(message(1, START_TLS), bind);
    assert.deepEqual(await once.rest(), [], 'one segment: the connection is dropped, and nothing is answered');

    const split = await RawConnection.open(site.port);
    split.send(message(1, START_TLS), bind.subarray(0, 3));
    split.send(bind.subarray(3));
    assert.deepEqual(await split.rest(), []);

    const late = await RawConnection.open(site.port);
    assert.equal(await late.ask(START_TLS), 0);
    late.send(bind);
    // What it answers is a TLS alert, if anything: no message.
    await assert.rejects(async () => assert.deepEqual(await late.rest(), [1]));

    const byOctet = await RawConnection.open(site.port);
    for (const octet of Buffer.concat([message(1, START_TLS), bind])) {
      byOctet.send(Buffer.of(octet));
      await wait(0);
    }
    const answers = await byOctet.rest().catch(() => []);
    assert.ok(
      answers.every(({ id }) => id === 1),
      'the bind was not answered',
    );
    assert.equal(site.audited().length, before, 'nobody was asked for a password');
  });

  it('after StartTLS in single octets works as well', async () => {
    const connection = await RawConnection.open(site.port);
    for (const octet of message(1, START_TLS)) {
      connection.send(Buffer.of(octet));
      await wait(0);
    }
    assert.equal(await connection.outcome(1), 0);
    await connection.secure(trusted);
    assert.equal(await connection.ask(ROOT, 2), 0);
    connection.close();
  });

  it('refuses StartTLS behind an operation under way, and with a value', async () => {
    const connection = await RawConnection.open(site.port);
    connection.send(message(1, bindRequest(OPERATOR.dn, OPERATOR.password)));
    assert.equal(await connection.outcome(1), 0);
    const write = element(TAG.delete, Buffer.from(`cn=none,${BONFIRE_SUFFIX}`));
    connection.send(message(2, write), message(3, START_TLS));
    assert.equal(await connection.outcome(2), 32);
    assert.equal(await connection.outcome(3), 1);
    assert.equal(await connection.ask(extendedRequest('1.3.6.1.4.1.1466.20037', Buffer.from('x')), 4), 2);
    assert.equal(await connection.ask(ROOT, 5), 0);
    connection.close();
  });

  it('shows a renewed certificate to connections from then on', async () => {
    const renewed = makeSelfSigned({ names: ['ldap.example'], now: Date.now(), random: systemRandom });
    const shown = async (authority: string) => {
      const connection = await RawConnection.open(site.port);
      assert.equal(await connection.ask(START_TLS), 0);
      await connection.secure({ ca: authority, servername: 'ldap.example' });
      assert.equal(await connection.ask(ROOT, 2), 0);
      return connection;
    };
    const before = await shown(own.tls.certificate);
    site.door.renew(renewed);
    (await shown(renewed.certificate)).close();
    assert.equal(await before.ask(ROOT, 3), 0, 'who is there stays');
    before.close();
    site.door.renew(own.tls);
  });

  it('speaks nothing older than TLS 1.2', async () => {
    const tries = async (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') => {
      const options = { ...trusted, minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' } as const;
      const socket = connectTls({ port: site.tlsPort, host: '127.0.0.1', ...options });
      const outcome = await Promise.race([
        once(socket, 'secureConnect').then(() => 'spoken'),
        once(socket, 'error').then(() => 'refused'),
      ]).catch(() => 'refused');
      socket.destroy();
      return outcome;
    };
    assert.equal(await tries('TLSv1.1'), 'refused');
    assert.equal(await tries('TLSv1.2'), 'spoken');
    assert.equal(await tries('TLSv1.3'), 'spoken');
  });

  it('that is no TLS ends the connection, and no other', async () => {
    const connection = await RawConnection.open(site.tlsPort);
    connection.send(message(1, ROOT));
    await connection.rest().catch(() => {});
    assert.ok(connection.hasEnded);
    const other = await RawConnection.openTls(site.tlsPort, trusted);
    assert.equal(await other.ask(ROOT), 0);
    other.close();
  });

  describe('with SASL PLAIN (RFC 4616)', () => {
    const plain = async (credentials: string): Promise<[Outcome, string]> => {
      const connection = await RawConnection.openTls(site.tlsPort, trusted);
      const outcome = await connection.ask(sasl('PLAIN', credentials));
      const who = await identity(connection);
      connection.close();
      return [outcome, who];
    };

    it('binds by login name or DN', async () => {
      for (const user of ['bob', 'BOB', 'u:bob', BOB.dn, `dn:${BOB.dn}`]) {
        assert.deepEqual(await plain(`\0${user}\0${BOB.password}`), [0, `dn:${BOB.dn}`], user);
      }
    });

    it('lets nobody act as another', async () => {
      for (const own of ['bob', 'u:bob', `dn:${BOB.dn}`]) {
        assert.deepEqual(await plain(`${own}\0bob\0${BOB.password}`), [0, `dn:${BOB.dn}`]);
      }
      assert.deepEqual(await plain(`alice\0bob\0${BOB.password}`), [123, '']);
      assert.deepEqual(await plain(`nobody\0bob\0${BOB.password}`), [123, '']);
    });

    it('refuses wrong and empty passwords, and what is not PLAIN', async () => {
      assert.deepEqual(await plain('\0bob\0wrong'), [49, '']);
      assert.deepEqual(await plain('\0nobody\0wrong'), [49, '']);
      assert.deepEqual(await plain('\0bob\0'), [53, '']);
      for (const nonsense of ['', 'bob', '\0bob', `\0bob\0${BOB.password}\0`]) {
        assert.deepEqual(await plain(nonsense), [2, ''], nonsense);
      }
    });
  });

  describe('with SASL EXTERNAL (RFC 4422, appendix A)', () => {
    it('binds the one holder of the mail address of the certificate', async () => {
      const connection = await withClientCertificate('alice');
      assert.equal(await connection.ask(sasl('EXTERNAL')), 0);
      assert.equal(await identity(connection), `dn:${ALICE.dn}`);
      assert.equal(await connection.ask(sasl('EXTERNAL', 'u:alice'), 2), 0);
      assert.equal(await connection.ask(sasl('EXTERNAL', 'u:bob'), 3), 123);
      assert.equal(await identity(connection), '');
      connection.close();
      const last = site.audited().findLast(({ kind }) => kind === 'attempt');
      assert.deepEqual([last?.['door'], last?.['name'], last?.['outcome']], ['ldap', 'alice', 'authenticated']);
    });

    it('refuses a certificate that names nobody, or not exactly one', async () => {
      for (const [name, code] of [
        ['nobody', 49],
        ['nameless', 48],
        ['two', 48],
      ] as const) {
        const connection = await withClientCertificate(name);
        assert.equal(await connection.ask(sasl('EXTERNAL')), code, name);
        connection.close();
      }
    });

    it('takes a certificate of another authority, an expired one and none for no certificate', async () => {
      for (const name of ['stranger', 'expired']) {
        const connection = await withClientCertificate(name);
        assert.equal(await connection.ask(sasl('EXTERNAL')), 7, name);
        connection.close();
      }
      const connection = await RawConnection.openTls(site.tlsPort, trusted);
      assert.equal(await connection.ask(sasl('EXTERNAL')), 7);
      connection.close();
    });
  });
});

describe('the certificate that a server makes itself', () => {
  const another = mkdtempSync(join(tmpdir(), 'realmgate-own-certificate-'));
  after(() => rmSync(another, { recursive: true, force: true }));
  const make = (now: number) =>
    openOwnCertificate({
      folder: join(another, 'keys'),
      names: ['host', '10.0.0.7', '2001:db8::7'],
      now,
      random: systemRandom,
    });
  const openssl = (...args: string[]) => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });

  it('is good to openssl, for each of its names', () => {
    const made = make(Date.now());
    assert.equal(made.isNew, true);
    const check = (...more: string[]) =>
      openssl('verify', '-x509_strict', '-purpose', 'sslserver', ...more, '-CAfile', made.file, made.file);
    assert.match(check('-verify_hostname', 'host'), /OK/);
    assert.match(check('-verify_ip', '10.0.0.7'), /OK/);
    assert.match(check('-verify_ip', '2001:db8::7'), /OK/);
    assert.throws(() => check('-verify_hostname', 'other'));
    assert.match(openssl('x509', '-in', made.file, '-noout', '-fingerprint', '-sha256'), new RegExp(made.fingerprint));
    assert.match(openssl('x509', '-in', made.file, '-noout', '-checkend', '31536000'), /will not expire/);
  });

  it('stays the same, and private', () => {
    const [first, second] = [make(Date.now()), make(Date.now())];
    assert.deepEqual([second.isNew, second.fingerprint], [false, first.fingerprint]);
    for (const name of [first.file, join(another, 'keys', 'ldap-self-signed.key')]) {
      assert.equal(statSync(name).mode & 0o777, 0o600);
    }
  });

  it('is written for any year', () => {
    for (const year of [2026, 2045, 2060]) {
      const name = join(another, `${year}.pem`);
      const { tls } = openOwnCertificate({
        folder: join(another, String(year)),
        names: ['host'],
        now: Date.UTC(year, 0, 2),
        random: systemRandom,
      });
      writeFileSync(name, tls.certificate);
      const dates = openssl('x509', '-in', name, '-noout', '-dates');
      assert.match(dates, new RegExp(`notBefore=Jan  1 23:00:00 ${year} GMT`));
      assert.match(dates, new RegExp(`notAfter=Dec 3\\d .* ${year + 9} GMT`));
    }
  });

  it('that cannot be read is an error with a code', () => {
    writeFileSync(join(another, 'keys', 'ldap-self-signed.pem'), 'no certificate');
    assert.throws(() => make(Date.now()), { code: 'LDAP_OWN_CERTIFICATE' });
  });
});

describe('a door without TLS', () => {
  it('offers no StartTLS; one that requires TLS takes no password in clear', async (t) => {
    const plain = await startDoorSite({ door: { requireTls: true } });
    t.after(() => plain.close());
    const connection = await RawConnection.open(plain.port);
    assert.equal(await connection.ask(START_TLS), 2);
    assert.equal(await connection.ask(bindRequest(ALICE.dn, ALICE.password), 2), 13);
    assert.equal(await connection.ask(bindRequest('', ''), 3), 0);
    const passwords = extendedRequest('1.3.6.1.4.1.4203.1.11.1', element(0x30));
    assert.equal(await connection.ask(passwords, 4), 13);
    assert.equal(
      plain.audited().some(({ kind }) => kind === 'attempt'),
      false,
    );
    connection.close();
  });
});
