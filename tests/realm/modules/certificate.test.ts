/** The certificate login module, with certificates made by openssl. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { silentLogger } from '../../../src/base/index.ts';
import {
  type CertificateOptions,
  certificateModule,
  certificateModuleSchema,
  checkCertificateOptions,
} from '../../../src/realm/modules/certificate.ts';
import { alternativeNames } from '../../../src/realm/modules/certificate-names.ts';
import { laterClock, logIn, sourceFiles, started, temporaryFolder } from './module-run.ts';

const folder = temporaryFolder();
execFileSync('openssl', ['genpkey', '-algorithm', 'ED25519', '-out', join(folder, 'key.pem')]);
const UPN = '1.3.6.1.4.1.311.20.2.3;FORMAT:UTF8,UTF8';
const ME = 'C=IN\nST=AP\nL=My City\nO=My Org\nOU=My Unit\nCN=Me';

/** A self-signed certificate valid for a day from now; the TLS layer's check of the chain is not under test here. */
function certificate(names: readonly string[], { subject = 'CN=Me', usage = 'clientAuth' } = {}): X509Certificate {
  const lines = [
    '[req]\ndistinguished_name=subject\nx509_extensions=extensions\nprompt=no\nutf8=yes\nstring_mask=utf8only',
    `[subject]\n${subject}`,
    `[extensions]\nbasicConstraints=critical,CA:FALSE\n${usage === '' ? '' : `extendedKeyUsage=${usage}`}`,
    names.length === 0 ? '' : `subjectAltName=@names\n[names]\n${names.join('\n')}`,
  ];
  const [configuration, file] = [join(folder, 'req.cnf'), join(folder, 'cert.pem')];
  writeFileSync(configuration, lines.join('\n'));
  execFileSync('openssl', [
    'req',
    '-x509',
    '-key',
    join(folder, 'key.pem'),
    '-days',
    '1',
    '-config',
    configuration,
    '-out',
    file,
  ]);
  return new X509Certificate(readFileSync(file));
}

function moduleOf(options: Partial<CertificateOptions>) {
  const all = { use: 'certificate', domain: 'pki', map: 'san-email', ...options } as const;
  return started(certificateModule(all, { clock: laterClock(), logger: silentLogger }));
}

describe('the certificate module', () => {
  it('names the user after the only alternative name of the wanted kind', async () => {
    const names = [
      'email.1=alice@example.org',
      'DNS.1=host.example.org',
      'URI.1=urn:uuid:1',
      `otherName.1=${UPN}:jürgen@corp.example`,
      'otherName.2=1.2.3.4;UTF8:mallory',
      'IP.1=10.0.0.1',
    ];
    const chain = [certificate(names)];
    for (const [map, name] of [
      ['san-email', 'alice@example.org'],
      ['san-dns', 'host.example.org'],
      ['san-uri', 'urn:uuid:1'],
      ['san-upn', 'jürgen@corp.example'],
    ] as const) {
      const login = await logIn(await moduleOf({ map }), { chain });
      assert.deepEqual(login, { result: 'success', user: name, principals: ['x500:CN=Me', `user:${name}`] });
    }
  });

  it('refuses a certificate with no such name, with two, or with one that is no name', async () => {
    const module = await moduleOf({});
    const refused = async (names: readonly string[]) => {
      const login = await logIn(module, { chain: [certificate(names)] });
      assert.deepEqual(login, { result: 'unknown-user', user: undefined, principals: [] }, names.join());
    };
    await refused([]);
    await refused(['DNS.1=alice.example.org']);
    await refused(['email.1=alice@example.org', 'email.2=bob@example.org']);
    await refused(['email.1=alice@example.org', 'email.2=alice@example.org']);
    await refused(['email.1=alice@example.org, email:bob@example.org']);
    await refused(['email.1=alice @example.org']);
    await refused([`email.1=${'a'.repeat(300)}@example.org`]);
  });

  it('passes the cases of LoginCertificatePropertiesFileTest', async () => {
    const files = sourceFiles({
      users: 'alan=C=IN,ST=AP,L=My City,O=My Org,OU=My Unit,CN=Me\nother=CN=Other\n',
      groupsFile: 'it=alan\npet=other\n',
    });
    const module = await moduleOf({ map: 'subject', ...files });
    // RFC 2253 writes the last relative name first: the certificate holds them the other way round.
    const subject = ME.split('\n').reverse().join('\n');
    assert.deepEqual((await logIn(module, { chain: [certificate([], { subject })] })).principals, [
      'x500:C=IN,ST=AP,L=My City,O=My Org,OU=My Unit,CN=Me',
      'user:alan',
      'group:it',
    ]);
    for (const bad of [ME, 'CN=Bad', 'CN=other', 'CN=Me', 'CN=alan']) {
      assert.equal((await logIn(module, { chain: [certificate([], { subject: bad })] })).result, 'unknown-user');
    }
    assert.equal((await logIn(module, {})).result, 'missing-credential');
    assert.equal((await logIn(module, { chain: [] })).result, 'missing-credential');
  });

  it('cannot be given the subject of another by characters that have a meaning in names', async () => {
    const module = await moduleOf({ map: 'subject', users: sourceFiles({ users: 'root=CN=root,O=Example\n' }).users });
    for (const subject of [
      'CN=root\\,O=Example',
      'O=Example\n+CN=root',
      'CN=root\nO=Example',
      'CN=root\\\\,O\\=Example',
    ]) {
      assert.equal((await logIn(module, { chain: [certificate([], { subject })] })).result, 'unknown-user', subject);
    }
    const real = certificate([], { subject: 'O=Example\nCN=root' });
    assert.equal((await logIn(module, { chain: [real] })).user, 'root');
  });

  it('wants client authentication among the uses where the certificate limits them', async () => {
    const module = await moduleOf({});
    const result = async (usage: string) =>
      (await logIn(module, { chain: [certificate(['email.1=a@b.c'], { usage })] })).result;
    assert.equal(await result(''), 'success');
    assert.equal(await result('serverAuth,clientAuth'), 'success');
    assert.equal(await result('serverAuth'), 'wrong-credential');
    assert.equal(await result('anyExtendedKeyUsage'), 'wrong-credential');
  });

  it('refuses a certificate outside its time', async () => {
    const module = await moduleOf({});
    const leaf = certificate(['email.1=a@b.c']);
    const [from, to] = [leaf.validFromDate.getTime(), leaf.validToDate.getTime()];
    const result = async (now: number) => (await logIn(module, { chain: [leaf] }, { now })).result;
    assert.equal(await result(from), 'success');
    assert.equal(await result(to), 'success');
    assert.equal(await result(from - 1), 'wrong-credential');
    assert.equal(await result(to + 1), 'wrong-credential');
  });

  it('reads users only together with map: subject', () => {
    const schema = certificateModuleSchema.superRefine(checkCertificateOptions);
    assert.equal(schema.safeParse({ use: 'certificate', users: '/x' }).success, false);
    assert.equal(schema.safeParse({ use: 'certificate', users: '/x', map: 'subject' }).success, true);
    assert.deepEqual(schema.parse({ use: 'certificate' }), { use: 'certificate', map: 'san-email' });
  });
});

describe('the alternative names of a certificate', () => {
  it('are never read out of octets that are cut', () => {
    const { raw } = certificate(['email.1=alice@example.org', 'DNS.1=host.example.org']);
    for (let length = 0; length < raw.length; length++) {
      const cut = { raw: raw.subarray(0, length) } as X509Certificate;
      assert.deepEqual(alternativeNames(cut, 'email') ?? [], [], `${length}`);
    }
  });

  it('are never something else when an octet is changed', () => {
    const { raw } = certificate(['email.1=alice@example.org']);
    for (let position = 0; position < raw.length; position++) {
      for (const octet of [0x00, 0x7f, 0x80, 0xff]) {
        const changed = Buffer.from(raw);
        changed[position] = octet;
        const names = alternativeNames({ raw: changed } as X509Certificate, 'email');
        assert.ok((names ?? []).every((name) => /^[!-~]+$/.test(name)));
      }
    }
  });
});
