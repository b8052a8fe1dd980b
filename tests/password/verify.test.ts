/** Verification of every stored form: published vectors, the programs that write them, and what must never match. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { Secret, systemClock, systemRandom } from '../../src/base/index.ts';
import { createKeyDerivation } from '../../src/password/index.ts';

const derivation = createKeyDerivation({ clock: systemClock, random: systemRandom, concurrency: 2 });
after(() => derivation.close());

const verify = (stored: string, password: string) => derivation.verify(stored, new Secret(password));

/** htpasswd and openssl of the machine, with the password on standard input. */
function htpasswd(option: string, password: string): string {
  const line = execFileSync('/usr/bin/htpasswd', ['-n', '-i', option, 'u'], {
    input: password,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return line.toString().trim().slice('u:'.length);
}

function openssl(option: string, salt: string, password: string): string {
  return execFileSync('/usr/bin/openssl', ['passwd', option, '-salt', salt, '-stdin'], { input: `${password}\n` })
    .toString()
    .trim();
}

describe('password verification', () => {
  it('passes the vectors of apr testpass', async () => {
    const des =
      '1fWDc9QWYCWrQ 1fiGx3u7QoXaM 1fzijMylTiwCs nHUYc8U2UOP7s nHpETGLGPwAmA nHbsbWmJ3uyhc nHQ3BbF0Y9vpI nHZA1rViSldQk';
    for (const [index, stored] of des.split(' ').entries()) {
      assert.equal(await verify(stored, `pass${index + 1}`), 'match');
      assert.equal(await verify(stored, `pass${index + 2}`), 'mismatch');
    }
    for (const [stored, password] of [
      ['$2a$08$qipUJiI9fySUN38hcbz.lucXvAmtgowKOWYtB9y3CXyl6lTknruou', 'foobar'],
      ['$5$0123456789abcdef$SFX.CooXBS8oXsbAPgU/UyiCodhrLQ19sBgvcA3Zh1D', 'secret1'],
      ['$apr1$sardine$5vGKdt7VOWjM4XQb6P1gM1', 'hellojed'],
      ['{SHA}PinGG1xSNlAjvf/IG88HdQGwKQE=', 'hellojed'],
    ] as const) {
      assert.equal(await verify(stored, password), 'match', stored);
      assert.equal(await verify(stored, `${password}2`), 'mismatch', stored);
    }
  });

  it("passes the vectors of SHA-crypt's specification", async () => {
    for (const [stored, password] of [
      ['$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5', 'Hello world!'],
      ['$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA', 'Hello world!'],
      [
        '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
        'Hello world!',
      ],
    ] as const) {
      assert.equal(await verify(stored, password), 'match', stored);
    }
  });

  it('agrees with htpasswd on each of its forms', async () => {
    for (const option of ['-B', '-m', '-s', '-d', '-2', '-5']) {
      for (const password of ['x', 'plumtree', 'Grüße, 世']) {
        const stored = htpasswd(option, password);
        assert.equal(await verify(stored, password), 'match', `${option} ${stored}`);
        assert.equal(await verify(stored, `y${password}`), 'mismatch', `${option} ${stored}`);
      }
    }
  });

  it('agrees with openssl on lengths around each block', async () => {
    for (const [option, prefix] of [
      ['-1', '$1$'],
      ['-apr1', '$apr1$'],
      ['-5', '$5$'],
      ['-6', '$6$'],
    ] as const) {
      for (const length of [1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 129, 200]) {
        const password = 'äbcdefg'.repeat(40).slice(0, length);
        const stored = openssl(option, 'Na.Cl/09', password);
        assert.ok(stored.startsWith(prefix));
        assert.equal(await verify(stored, password), 'match', `${option} ${length}`);
      }
    }
  });

  it("agrees with the system's crypt(3) on yescrypt", async () => {
    const stored = '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$U4SOHmDd8SvW5vCUKSMR6N835VPwFAtgYNhQ9mFFeL5';
    assert.equal(await verify(stored, 'pw'), 'match');
    assert.equal(await verify(stored, 'pW'), 'mismatch');
    assert.equal(await verify(stored, 'p'.repeat(600)), 'mismatch');
  });

  it('verifies the digests of LDAP servers', async () => {
    for (const [label, algorithm] of [
      ['MD5', 'md5'],
      ['SMD5', 'md5'],
      ['sha', 'sha1'],
      ['SSHA', 'sha1'],
      ['SHA256', 'sha256'],
      ['SSHA256', 'sha256'],
      ['SHA512', 'sha512'],
      ['sSHA512', 'sha512'],
    ] as const) {
      const salt = Buffer.from(/^s(sha|md5)/i.test(label) ? 'NaCl+pepper' : '');
      const digest = createHash(algorithm).update('plumtree').update(salt).digest();
      const stored = `{${label}}${Buffer.concat([digest, salt]).toString('base64')}`;
      assert.equal(await verify(stored, 'plumtree'), 'match', stored);
      assert.equal(await verify(stored, 'plumtreE'), 'mismatch', stored);
    }
  });

  it("verifies argon2 in each variant, as the reference program's own vectors", async () => {
    // https://github.com/P-H-C/phc-winner-argon2, src/test.c: version 0x13, then 0x10 without a version in the text.
    for (const stored of [
      '$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8',
      '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
      '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc',
      '$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY',
    ]) {
      assert.equal(await verify(stored, 'password'), 'match', stored);
      assert.equal(await verify(stored, 'passwore'), 'mismatch', stored);
    }
  });

  it('lets no password pass a locked, broken, cut or unknown form', async () => {
    const forms = [
      '',
      '*',
      '!',
      '!!',
      'x',
      '*0',
      '*1',
      '*LK*',
      'NP',
      '{',
      '{}',
      '{SSHA}',
      '{SHA}',
      '{MD5}',
      '{CRYPT}',
      '{CRYPT}*',
      '{CRYPT}!',
      '{CRYPT}x',
      '{CRYPT}{SHA}PinGG1xSNlAjvf/IG88HdQGwKQE=',
      '{CLEARTEXT}secret',
      '{UNKNOWN}AAAA',
      '{__proto__}AAAA',
      '{constructor}AAAA',
      '{SHA}PinGG1xSNlAjvf/IG88HdQGwKQE',
      '{SHA}PinGG1xSNlAjvf/IG88HdQ==',
      '{SSHA}PinGG1xSNlAjvf/IG88HdQGwKQE=',
      '{SHA} PinGG1xSNlAjvf/IG88HdQGwKQE=',
      '$',
      '$$',
      '$1$',
      '$6$',
      '$6$salt$',
      '$apr1$sardine$',
      '$apr1$sardine$5vGKdt7VOWjM4XQb6P1gM',
      '$apr1$sardines9$5vGKdt7VOWjM4XQb6P1gM1',
      '$2a$',
      '$2y$08$',
      '$2x$08$qipUJiI9fySUN38hcbz.lucXvAmtgowKOWYtB9y3CXyl6lTknruou',
      `$2y$08$${'a'.repeat(53)}`,
      '$y$',
      '$y$j9T$$',
      '$argon2id$',
      '$7$',
      '$sha1$',
      'pass1',
      '1fWDc9QWYCWrQ ',
      '1fWDc9QWYCWr',
      '1fWDc9QWYCW:Q',
      '\u0000',
      'Xr4ilOzQ4PCOq3aQ0qbuaQ==',
      'x'.repeat(1_000_000),
      '!$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    ];
    for (const stored of forms) {
      for (const password of ['', 'x', '*', 'secret', stored.slice(0, 4000)]) {
        assert.equal(await verify(stored, password), 'unusable', stored.slice(0, 100));
      }
    }
  });

  it('never takes a cut form for a shorter one', async () => {
    for (const [stored, password] of [
      ['$2a$08$qipUJiI9fySUN38hcbz.lucXvAmtgowKOWYtB9y3CXyl6lTknruou', 'foobar'],
      ['$5$0123456789abcdef$SFX.CooXBS8oXsbAPgU/UyiCodhrLQ19sBgvcA3Zh1D', 'secret1'],
      ['$apr1$sardine$5vGKdt7VOWjM4XQb6P1gM1', 'hellojed'],
      ['{SHA}PinGG1xSNlAjvf/IG88HdQGwKQE=', 'hellojed'],
      ['$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4', 'password'],
    ] as const) {
      for (let length = 0; length < stored.length; length++) {
        assert.notEqual(await verify(stored.slice(0, length), password), 'match', stored.slice(0, length));
      }
    }
  });

  it('does not spend what a hostile form asks for', async () => {
    for (const stored of [
      '$2a$17$qipUJiI9fySUN38hcbz.lucXvAmtgowKOWYtB9y3CXyl6lTknruou',
      '$2a$31$qipUJiI9fySUN38hcbz.lucXvAmtgowKOWYtB9y3CXyl6lTknruou',
      '$2a$03$qipUJiI9fySUN38hcbz.lucXvAmtgowKOWYtB9y3CXyl6lTknruou',
      `$6$rounds=1000001$salt$${'a'.repeat(86)}`,
      `$6$rounds=999$salt$${'a'.repeat(86)}`,
      `$6$rounds=0$salt$${'a'.repeat(86)}`,
      `$5$rounds=999999999999$salt$${'a'.repeat(43)}`,
      '$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
      '$argon2id$v=19$m=65536,t=100000,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
      '$argon2id$v=19$m=4,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
      '$argon2id$v=19$m=65536,t=1,p=200$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
      '$argon2id$v=18$m=65536,t=1,p=2$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
      '$y$jFT$abcdefgh$IcvmJRXBJov6zQnDQ.fi45n8N5ZNL7cnD7H99w.1zE8',
    ]) {
      assert.equal(await verify(stored, 'password'), 'unusable', stored);
    }
  });
});

describe('a password', () => {
  const bcrypt = (password: string) => htpasswd('-B', password);

  it('is not cut at 72 octets by bcrypt', async () => {
    const long = 'a'.repeat(72);
    const stored = bcrypt(long);
    assert.equal(await verify(stored, long), 'match');
    assert.equal(await verify(stored, `${long}b`), 'mismatch');
    assert.equal(await verify(bcrypt(`${long}b`), `${long}b`), 'mismatch');
    assert.equal(await verify(bcrypt(`${long}b`), `${long}c`), 'mismatch');
    assert.equal(await verify(bcrypt('é'.repeat(36)), 'é'.repeat(36)), 'match');
    assert.equal(await verify(bcrypt('é'.repeat(36)), `${'é'.repeat(36)}x`), 'mismatch');
  });

  it('with a NUL character or half a surrogate pair matches nothing', async () => {
    const stored = ['-B', '-m', '-s', '-d', '-2', '-5'].map((option) => htpasswd(option, 'pass'));
    stored.push(`{SHA}${createHash('sha1').update('pass\0word').digest('base64')}`);
    stored.push(`{SHA}${createHash('sha1').update('\ufffd').digest('base64')}`);
    for (const form of stored) {
      for (const password of ['pass\0', 'pass\0word', '\0pass', '\0', '\ud800']) {
        assert.equal(await verify(form, password), 'mismatch', form);
      }
    }
  });

  it('of 4096 octets is verified and a longer one is refused at once', async () => {
    const longest = 'p'.repeat(4096);
    const stored = await derivation.hash(new Secret(longest));
    assert.equal(await verify(stored, longest), 'match');
    const began = systemClock.monotonic();
    for (const password of [`${longest}p`, 'é'.repeat(2049), 'x'.repeat(10_000_000)]) {
      assert.equal(await verify(stored, password), 'mismatch');
      await assert.rejects(derivation.hash(new Secret(password)), { code: 'PASSWORD_UNACCEPTABLE' });
    }
    assert.ok(systemClock.monotonic() - began < 50);
  });

  it('is hashed with a fresh salt each time, and with nothing that could not be verified', async () => {
    const [one, other] = await Promise.all([derivation.hash(new Secret('same')), derivation.hash(new Secret('same'))]);
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.notEqual(one, other);
    assert.equal(await verify(one, 'same'), 'match');
    assert.equal(await verify(one, 'Same'), 'mismatch');
    for (const password of ['', 'a\0', '\udfff']) {
      await assert.rejects(derivation.hash(new Secret(password)), { code: 'PASSWORD_UNACCEPTABLE' });
    }
  });
});
