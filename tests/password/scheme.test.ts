/** What a stored form says about itself without being derived. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Secret, systemClock, systemRandom } from '../../src/base/index.ts';
import {
  createKeyDerivation,
  decoyOf,
  isToBeRehashed,
  needsRehash,
  STANDARD_SAMPLE,
  schemeOf,
} from '../../src/password/index.ts';
import { anyCharacter } from '../support/any-character.ts';

const BCRYPT_8 = '$2a$08$qipUJiI9fySUN38hcbz.lucXvAmtgowKOWYtB9y3CXyl6lTknruou';

describe('a stored form', () => {
  it('names its scheme', () => {
    for (const [stored, name] of [
      [STANDARD_SAMPLE, 'argon2id'],
      [BCRYPT_8, 'bcrypt'],
      ['$apr1$sardine$5vGKdt7VOWjM4XQb6P1gM1', 'apr1'],
      ['$1$$5vGKdt7VOWjM4XQb6P1gM1', 'md5-crypt'],
      ['$5$0123456789abcdef$SFX.CooXBS8oXsbAPgU/UyiCodhrLQ19sBgvcA3Zh1D', 'sha256-crypt'],
      ['{crypt}1fWDc9QWYCWrQ', 'des-crypt'],
      ['{SHA}PinGG1xSNlAjvf/IG88HdQGwKQE=', 'sha'],
      ['$y$j9T$F5Jx5fExrKuPp53xLKQ..1$U4SOHmDd8SvW5vCUKSMR6N835VPwFAtgYNhQ9mFFeL5', 'yescrypt'],
    ] as const) {
      assert.equal(schemeOf(stored)?.name, name);
    }
    assert.equal(schemeOf('*'), undefined);
  });

  it('is ordered by cost as the machine is', () => {
    const cost = (stored: string) => schemeOf(stored)?.cost ?? -1;
    assert.equal(cost('{SHA}PinGG1xSNlAjvf/IG88HdQGwKQE='), 0);
    assert.ok(cost('$apr1$sardine$5vGKdt7VOWjM4XQb6P1gM1') < cost(BCRYPT_8));
    assert.ok(cost(BCRYPT_8) < cost(BCRYPT_8.replace('$08$', '$12$')));
    assert.ok(Math.abs(cost(STANDARD_SAMPLE) - 20) < 5);
  });

  it('says when it needs crypt(3) of the system', () => {
    assert.equal(schemeOf('1fWDc9QWYCWrQ')?.needs, 'libcrypt');
    assert.equal(schemeOf(BCRYPT_8)?.needs, undefined);
  });

  it('is rehashed when it is weaker than the standard, and left alone when nothing can match it', () => {
    const tag = 'nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    const argon2 = (head: string) => `$${head}$c29tZXNhbHQ$${tag}`;
    for (const [stored, expected] of [
      [STANDARD_SAMPLE, false],
      [argon2('argon2id$v=19$m=65536,t=3,p=4'), false],
      [argon2('argon2id$v=19$m=47104,t=1,p=1'), false],
      [argon2('argon2id$v=19$m=19456,t=1,p=1'), true],
      [argon2('argon2i$v=19$m=65536,t=3,p=4'), true],
      [argon2('argon2id$m=65536,t=3,p=4'), true],
      [BCRYPT_8, true],
      ['1fWDc9QWYCWrQ', true],
      ['*', false],
      ['', false],
    ] as const) {
      assert.equal(needsRehash(stored), expected, stored);
    }
  });

  it('is rehashed only where all of the password was verified', () => {
    for (const [stored, password, expected] of [
      ['1fWDc9QWYCWrQ', 'pass1', true],
      ['{CRYPT}1fWDc9QWYCWrQ', 'eight888', true],
      ['{CRYPT}1fWDc9QWYCWrQ', 'eight888 and more', false],
      ['{CRYPT}1fWDc9QWYCWrQ', 'päss', false],
      ['{SHA}PinGG1xSNlAjvf/IG88HdQGwKQE=', 'eight888 and more', true],
      [STANDARD_SAMPLE, 'x', false],
      ['*', 'x', false],
    ] as const) {
      assert.equal(isToBeRehashed(stored, new Secret(password)), expected, `${stored} ${password}`);
    }
  });

  it('has a decoy that costs the same and is another', async () => {
    const keys = createKeyDerivation({ clock: systemClock, random: systemRandom });
    for (const [stored, password] of [
      [await keys.hash(new Secret('right')), 'right'],
      [BCRYPT_8, 'foobar'],
      ['1fWDc9QWYCWrQ', 'pass1'],
      ['$apr1$sardine$5vGKdt7VOWjM4XQb6P1gM1', 'hellojed'],
      ['$5$0123456789abcdef$SFX.CooXBS8oXsbAPgU/UyiCodhrLQ19sBgvcA3Zh1D', 'secret1'],
      ['{SHA}PinGG1xSNlAjvf/IG88HdQGwKQE=', 'hellojed'],
      ['{PBKDF2-SHA256}6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M', 'password'],
      ['$y$j9T$F5Jx5fExrKuPp53xLKQ..1$U4SOHmDd8SvW5vCUKSMR6N835VPwFAtgYNhQ9mFFeL5', 'pw'],
    ] as const) {
      assert.equal(await keys.verify(stored, new Secret(password)), 'match', stored);
      assert.equal(await keys.verify(decoyOf(stored), new Secret(password)), 'mismatch', stored);
      assert.deepEqual(schemeOf(decoyOf(stored)), schemeOf(stored));
    }
    assert.equal(decoyOf('*'), STANDARD_SAMPLE);
    await keys.close();
  });

  it('never throws, whatever its text is', async () => {
    const derivation = createKeyDerivation({ clock: systemClock, random: systemRandom });
    const heads = [
      '',
      '$',
      '$1$',
      '$5$',
      '$6$rounds=',
      '$2y$',
      '$argon2id$v=19$m=',
      '{SHA}',
      '{SSHA}',
      '{CRYPT}',
      '$y$j9T$',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...heads),
        fc.string({ unit: anyCharacter, maxLength: 90 }),
        async (head, tail) => {
          assert.notEqual(await derivation.verify(head + tail, new Secret(tail)), 'match');
          schemeOf(head + tail);
          needsRehash(head + tail);
        },
      ),
      { numRuns: 2000 },
    );
    await derivation.close();
  });
});
