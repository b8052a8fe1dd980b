/** The totp login module. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLogger } from '../../../src/base/index.ts';
import { readLines } from '../../../src/realm/modules/line-splitter.ts';
import { setVerifiedUser } from '../../../src/realm/modules/shared-state.ts';
import { matchingStep, TotpSecretsReader, totpModule, type UsedCodes } from '../../../src/realm/modules/totp.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { logIn, runLogin, sourceFiles, started } from './module-run.ts';

/** The secret of RFC 6238, appendix B, and its codes with 8 digits. */
const SECRET = Buffer.from('12345678901234567890');
const BASE32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const VECTORS = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
] as const;

function usedCodes(): UsedCodes {
  const used = new Set<string>();
  return {
    use: async ({ domain, name }, step) => {
      const key = JSON.stringify([domain, name, step]);
      return !used.has(key) && used.add(key) !== undefined;
    },
  };
}

async function moduleAt(seconds: number, content = `alice:${BASE32}\n`) {
  const { secretsFile } = sourceFiles({ secretsFile: content });
  const clock = new ManualClock(Date.UTC(2040, 0, 1));
  const ports = { clock, logger: silentLogger, usedCodes: usedCodes() };
  const module = await started(totpModule({ use: 'totp', secretsFile, window: 1 }, ports));
  clock.jump(seconds * 1000);
  return { module, clock };
}

function verified(name: string, domain = 'campus'): { shared: Map<string, unknown> } {
  const shared = new Map<string, unknown>();
  setVerifiedUser(shared, { domain, name });
  return { shared };
}

describe('a one-time code', () => {
  it('passes the vectors of RFC 6238', () => {
    for (const [seconds, code] of VECTORS) {
      assert.equal(matchingStep(SECRET, code.slice(2), seconds * 1000, 0), Math.floor(seconds / 30));
    }
  });

  it('is good for one step either way and no further', () => {
    const at = (seconds: number) => matchingStep(SECRET, '050471', seconds * 1000, 1);
    const start = Math.floor(1111111111 / 30) * 30;
    assert.equal(at(start - 31), undefined);
    assert.equal(at(start - 30), start / 30);
    assert.equal(at(start + 59), start / 30);
    assert.equal(at(start + 60), undefined);
  });

  it('is exactly six digits', () => {
    for (const code of [
      '',
      '50471',
      '0050471',
      ' 050471',
      '050471\n',
      '05047１',
      '0x50471',
      '050 471',
      'NaN',
      '-50471',
    ]) {
      assert.equal(matchingStep(SECRET, code, 1111111111_000, 1), undefined);
    }
  });
});

describe('the totp module', () => {
  it('lets a verified user go on with the right code, and adds nobody', async () => {
    const { module } = await moduleAt(1111111111);
    assert.equal(module.verifies, false);
    const login = await logIn(module, { code: '050471' }, verified('alice'));
    assert.deepEqual(login, { result: 'success', user: undefined, principals: [] });
    assert.equal((await logIn(module, { code: '050472' }, verified('alice'))).result, 'wrong-credential');
    assert.equal((await logIn(module, {}, verified('alice'))).result, 'missing-credential');
  });

  it('fails when nobody was verified before it', async () => {
    const { module } = await moduleAt(1111111111);
    assert.equal((await logIn(module, { name: 'alice', code: '050471' })).result, 'missing-credential');
  });

  it('fails for a user without a secret', async () => {
    const { module } = await moduleAt(1111111111);
    assert.equal((await logIn(module, { code: '050471' }, verified('bob'))).result, 'unknown-user');
    assert.equal((await logIn(module, { code: '050471' }, verified('__proto__'))).result, 'unknown-user');
  });

  it('takes a code once, also when it is sent many times at the same moment', async () => {
    const { module, clock } = await moduleAt(1111111111);
    const results = await Promise.all(
      Array.from({ length: 50 }, () => logIn(module, { code: '050471' }, verified('alice'))),
    );
    assert.equal(results.filter(({ result }) => result === 'success').length, 1);
    clock.jump(1111111111_000 + 30_000);
    assert.equal((await logIn(module, { code: '050471' }, verified('alice'))).result, 'wrong-credential');
  });

  it('keeps the users of two login domains apart', async () => {
    const { module } = await moduleAt(59, `alice:AAAAAAAAAAAAAAAAAAAA\ncampus\\alice:${BASE32}\n`);
    assert.equal((await logIn(module, { code: '287082' }, verified('alice', 'campus'))).result, 'success');
    assert.equal((await logIn(module, { code: '287082' }, verified('alice', 'guests'))).result, 'wrong-credential');
  });

  it('forgets on abort', async () => {
    const { module } = await moduleAt(59);
    const run = await runLogin(module, { code: '287082' }, verified('alice'));
    assert.equal(run.result, 'success');
    assert.equal(await run.module.abort({ failures: [] }), 'success');
    assert.equal(await run.module.commit(), 'ignored');
  });
});

describe('a file of one-time code secrets', () => {
  it('holds base32 in either case, padded or not, of 80 bits at least', () => {
    const text = `# c\na:${BASE32}\nb:${BASE32.toLowerCase()}\nc:${BASE32}======\na:AAAAAAAAAAAAAAAA\nd:AAAA\ne:${BASE32}0\nf\n:${BASE32}\n`;
    const { content, findings } = readLines(Buffer.from(text), new TotpSecretsReader(), 8192);
    for (const name of ['a', 'b', 'c']) assert.deepEqual(Buffer.from(content.get(name) ?? []), SECRET);
    assert.deepEqual([...content.keys()], ['a', 'b', 'c']);
    assert.deepEqual(
      findings.map(({ line, kind }) => `${line} ${kind}`),
      ['5 noted', '6 broken', '7 broken', '8 broken', '9 broken'],
    );
  });
});
