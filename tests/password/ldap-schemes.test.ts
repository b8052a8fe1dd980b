/** The forms of LDAP servers and of OMERO's database, against the programs that write them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { Secret, systemClock, systemRandom } from '../../src/base/index.ts';
import { createKeyDerivation, needsRehash, schemeOf } from '../../src/password/index.ts';

const derivation = createKeyDerivation({ clock: systemClock, random: systemRandom, concurrency: 2 });
after(() => derivation.close());

const verify = (stored: string, password: string) => derivation.verify(stored, new Secret(password));

function slappasswd(scheme: string, password: string, ...options: string[]): string {
  // A format for crypt(3) is the scheme already.
  const format = options.includes('-c') ? [] : ['-h', scheme];
  const output = execFileSync('/usr/sbin/slappasswd', [...options, ...format, '-s', password]);
  return output.toString().trim();
}

/** What `pw-pbkdf2` stores, derived by Python's hashlib. */
function pbkdf2OfPython(label: string, algorithm: string, iterations: number, password: string): string {
  const program = [
    'import base64, hashlib, os, sys',
    'label, algorithm, iterations, password = sys.argv[1:]',
    'text = lambda octets: base64.b64encode(octets).decode().rstrip("=").replace("+", ".")',
    'salt = os.urandom(16)',
    'key = hashlib.pbkdf2_hmac(algorithm, password.encode(), salt, int(iterations))',
    'print("{%s}%s$%s$%s" % (label, iterations, text(salt), text(key)), end="")',
  ];
  return execFileSync('/usr/bin/python3', [
    '-c',
    program.join('\n'),
    label,
    algorithm,
    `${iterations}`,
    password,
  ]).toString();
}

describe('the forms of LDAP servers', () => {
  it('agree with slappasswd', async () => {
    const sha2 = ['-o', 'module-load=pw-sha2'];
    for (const [scheme, ...options] of [
      ['{SSHA}'],
      ['{SHA}'],
      ['{SMD5}'],
      ['{MD5}'],
      ['{SHA256}', ...sha2],
      ['{SSHA256}', ...sha2],
      ['{SHA512}', ...sha2],
      ['{SSHA512}', ...sha2],
      ['{ARGON2}', '-o', 'module-load=argon2'],
      ['{CRYPT}', '-c', '$6$%.16s'],
      ['{CRYPT}', '-c', '$5$rounds=2000$%.8s'],
      ['{CRYPT}', '-c', '$1$%.8s'],
      ['{CRYPT}', '-c', '$y$j9T$%.8s'],
      ['{CRYPT}', '-c', '$2y$05$%.22s'],
      ['{CRYPT}', '-c', '%.2s'],
    ] as const) {
      for (const password of ['plumtree', 'Grüße']) {
        const stored = slappasswd(scheme, password, ...options);
        assert.ok(stored.startsWith(scheme));
        assert.equal(await verify(stored, password), 'match', stored);
        assert.equal(await verify(stored.replace(scheme, scheme.toLowerCase()), password), 'match', stored);
        assert.equal(await verify(stored, `x${password}`), 'mismatch', stored);
        assert.equal(needsRehash(stored), true, stored);
      }
    }
  });

  it('pass what pw-pbkdf2 wrote', async () => {
    for (const stored of [
      '{PBKDF2}10000$IlfapjA351LuDSwYC0IQ8Q$saHqQTuYnjJN/tmAndT.8mJt.6w',
      '{PBKDF2-SHA256}10000$henZGfPWw79Cs8ORDeVNrQ$1dTJy73v6n3bnTmTZFghxHXHLsAzKaAy8SksDfZBPIw',
      '{PBKDF2-SHA512}10000$Je1Uw19Bfv5lArzZ6V3EPw$g4T/1sqBUYWl9o93MVnyQ/8zKGSkPbKaXXsT8WmysXQJhWy8MRP2JFudSL.N9RklQYgDPxPjnfum/F2f/TrppA',
      '{PBKDF2-SHA256}6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M',
    ]) {
      assert.equal(await verify(stored, 'password'), 'match', stored);
      assert.equal(await verify(stored, 'Password'), 'mismatch', stored);
      assert.equal(needsRehash(stored), true);
    }
  });

  it("agree with Python's PBKDF2", async () => {
    for (const [label, algorithm] of [
      ['PBKDF2', 'sha1'],
      ['PBKDF2-SHA1', 'sha1'],
      ['PBKDF2-SHA256', 'sha256'],
      ['pbkdf2-sha512', 'sha512'],
    ] as const) {
      for (const iterations of [1, 60_000]) {
        const stored = pbkdf2OfPython(label, algorithm, iterations, 'plumträe');
        assert.equal(await verify(stored, 'plumträe'), 'match', stored);
        assert.equal(await verify(stored, 'plumtrae'), 'mismatch', stored);
      }
    }
  });

  it('are unusable when they are cut, costly beyond measure, or not as written', async () => {
    const salt = '0ZrzXitFSGltTQnBWOsdAw';
    const key = 'Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M';
    const whole = `{PBKDF2-SHA256}6400$${salt}$${key}`;
    for (let length = 0; length < whole.length; length++) {
      assert.equal(await verify(whole.slice(0, length), 'password'), 'unusable', whole.slice(0, length));
    }
    for (const stored of [
      `{PBKDF2-SHA256}0$${salt}$${key}`,
      `{PBKDF2-SHA256}-1$${salt}$${key}`,
      `{PBKDF2-SHA256}06400$${salt}$${key}`,
      `{PBKDF2-SHA256}5000001$${salt}$${key}`,
      `{PBKDF2-SHA256}999999999999$${salt}$${key}`,
      `{PBKDF2-SHA256}6400$${salt}$${key}=`,
      `{PBKDF2-SHA256}6400$$${key}`,
      `{PBKDF2-SHA256}6400$${salt}==$${key}`,
      `{PBKDF2-SHA384}6400$${salt}$${key}`,
      `{PBKDF2-SHA512}6400$${salt}$${key}`,
      `{PBKDF2}6400$${salt}$${key}`,
      '{ARGON2}',
      '{ARGON2}$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
      '{ARGON2}{SHA}PinGG1xSNlAjvf/IG88HdQGwKQE=',
    ]) {
      assert.equal(await verify(stored, 'password'), 'unusable', stored);
    }
  });

  it('know what they cost', () => {
    const cost = (stored: string) => schemeOf(stored)?.cost ?? -1;
    const form = (iterations: number) =>
      `{PBKDF2-SHA256}${iterations}$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M`;
    assert.ok(cost(form(600_000)) > 10 * cost(form(10_000)));
    assert.ok(cost(form(10_000)) > 0);
    assert.equal(cost('{OMERO-MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ=='), 0);
  });
});

describe("OMERO's form", () => {
  it("passes the vectors of OMERO's specification", async () => {
    for (const [stored, password] of [
      ['vvFwuczAmpyoRC0Nsv8FCw==', 'ome'],
      ['0$PJueOtwuTPHB8Nq/1rFVxg==', 'ome'],
      ['CY9rzUYh03PK3k6DJie09g==', 'test'],
      ['Xr4ilOzQ4PCOq3aQ0qbuaQ==', 'secret'],
      ['iIoEyIOGsGsDhWZMYNBTKQ==', 'ążćę'],
      ['1$RBH/4oA/c43qLXeotWM/XA==', 'ążćę'],
      ['1$iIoEyIOGsGsDhWZMYNBTKQ==', 'ążćę'],
    ] as const) {
      assert.equal(await verify(`{OMERO-MD5}${stored}`, password), 'match', stored);
      assert.equal(await verify(`{OMERO-MD5}${stored}`, `${password}2`), 'mismatch', stored);
      assert.equal(needsRehash(`{OMERO-MD5}${stored}`), true);
    }
    assert.equal(await verify('{OMERO-MD5}2$RBH/4oA/c43qLXeotWM/XA==', 'ążćę'), 'mismatch');
  });

  it('takes the Latin-1 of version 4, and no question mark for what it has not got', async () => {
    const digest = createHash('md5').update(Buffer.from('grün', 'latin1')).digest('base64');
    assert.equal(await verify(`{OMERO-MD5}${digest}`, 'grün'), 'match');
    assert.equal(await verify('{OMERO-MD5}6U8L+rjJh6dDe6ThaXwcwA==', 'ążćę'), 'mismatch');
    assert.equal(await verify('{OMERO-MD5}1$AfSXrwNujnMYx1CagyujVA==', 'ążćę'), 'mismatch');
  });

  it('is nothing without its label, and never blank', async () => {
    for (const stored of [
      'Xr4ilOzQ4PCOq3aQ0qbuaQ==',
      '{OMERO-MD5}',
      '{OMERO-MD5} ',
      '{OMERO-MD5}1$',
      '{OMERO-MD5}$Xr4ilOzQ4PCOq3aQ0qbuaQ==',
      '{OMERO-MD5}-1$Xr4ilOzQ4PCOq3aQ0qbuaQ==',
      '{OMERO-MD5}9223372036854775808$Xr4ilOzQ4PCOq3aQ0qbuaQ==',
      '{OMERO-MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ',
      '{OMERO-MD5}Xr4ilOzQ4PCOq3aQ0qbuaR==',
    ]) {
      for (const password of ['', ' ', 'secret', 'x']) {
        assert.equal(await verify(stored, password), 'unusable', stored);
      }
    }
  });
});
