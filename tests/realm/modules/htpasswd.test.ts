/** The htpasswd login module. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, describe, it } from 'node:test';
import { Secret, silentLogger, systemClock, systemRandom } from '../../../src/base/index.ts';
import { createKeyDerivation, schemeOf } from '../../../src/password/index.ts';
import { HtpasswdReader, htpasswdModule } from '../../../src/realm/modules/htpasswd.ts';
import { readLines } from '../../../src/realm/modules/line-splitter.ts';
import { verifiedUser } from '../../../src/realm/modules/shared-state.ts';
import { laterClock, logIn, runLogin, sourceFiles, started } from './module-run.ts';

const passwords = createKeyDerivation({ clock: systemClock, random: systemRandom, concurrency: 2 });
after(() => passwords.close());

const HELLOJED = '{SHA}PinGG1xSNlAjvf/IG88HdQGwKQE=';
const FOOBAR = '$2a$08$qipUJiI9fySUN38hcbz.lucXvAmtgowKOWYtB9y3CXyl6lTknruou';

function moduleOf(content: string) {
  const { file } = sourceFiles({ file: content });
  const ports = { clock: laterClock(), logger: silentLogger };
  return started(htpasswdModule({ use: 'htpasswd', domain: 'guests', file }, ports));
}

describe('the htpasswd module', () => {
  it('logs in the users of a file that htpasswd wrote', async () => {
    const { file } = sourceFiles({ file: '' });
    for (const [option, user] of [
      ['-B', 'bob'],
      ['-m', 'carol'],
      ['-s', 'dave'],
      ['-5', 'erin'],
      ['-d', 'frank'],
    ] as const) {
      execFileSync('htpasswd', ['-i', option, file, user], {
        input: `${user}-pw`,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
    }
    const ports = { clock: laterClock(), logger: silentLogger };
    const module = await started(htpasswdModule({ use: 'htpasswd', domain: 'guests', file }, ports));
    for (const name of ['bob', 'carol', 'dave', 'erin', 'frank']) {
      const right = await logIn(module, { name, password: `${name}-pw` }, { passwords });
      assert.deepEqual(right, { result: 'success', user: name, principals: [`user:${name}`] });
      const wrong = await logIn(module, { name, password: `${name}-pW`.slice(1) }, { passwords });
      assert.deepEqual(wrong, { result: 'wrong-credential', user: undefined, principals: [] });
    }
  });

  it('tells a user that is not there from one that is locked or broken', async () => {
    const module = await moduleOf(
      `bob:${HELLOJED}\nlocked:!${HELLOJED}\nstar:*\nx:x\nblank:\nplain:hellojed\nssha:{SSHA}\ncut:$6$salt$ab\n`,
    );
    const password = 'hellojed';
    assert.equal((await logIn(module, { name: 'bob', password }, { passwords })).result, 'success');
    for (const name of ['locked', 'star', 'x', 'blank', 'plain', 'ssha', 'cut']) {
      assert.equal((await logIn(module, { name, password }, { passwords })).result, 'disabled', name);
    }
    for (const name of ['Bob', 'bo', 'bobb', '__proto__', 'constructor', '#bob', 'bob:x']) {
      assert.equal((await logIn(module, { name, password }, { passwords })).result, 'unknown-user', name);
    }
  });

  it('asks nothing when the name or the password is missing or empty', async () => {
    const module = await moduleOf(`:${HELLOJED}\nbob:${HELLOJED}\n`);
    for (const sent of [{}, { name: 'bob' }, { name: 'bob', password: '' }, { name: '', password: 'hellojed' }]) {
      assert.equal((await logIn(module, sent)).result, 'missing-credential');
    }
  });

  it('tells later modules whom it verified, and forgets everything on abort and logout', async () => {
    const module = await moduleOf(`bob:${HELLOJED}\n`);
    const refused = await runLogin(module, { name: 'bob', password: 'wrong' }, { passwords });
    assert.equal(verifiedUser(refused.shared), undefined);
    const run = await runLogin(module, { name: 'bob', password: 'hellojed' }, { passwords });
    assert.deepEqual(verifiedUser(run.shared), { name: 'bob', domain: 'guests' });
    assert.deepEqual(run.module.principals?.(), []);
    assert.equal(run.module.verifiedUser?.(), undefined);
    for (const forget of ['abort', 'logout'] as const) {
      const { module: login } = await runLogin(module, { name: 'bob', password: 'hellojed' }, { passwords });
      assert.equal(await login.commit(), 'success');
      assert.equal(login.verifiedUser?.(), 'bob');
      assert.equal(await (forget === 'abort' ? login.abort({ failures: [] }) : login.logout()), 'success');
      assert.deepEqual(login.principals?.(), []);
      assert.equal(login.verifiedUser?.(), undefined);
      assert.equal(await login.commit(), 'ignored');
    }
  });

  it('shares nothing of an answer that came after its time was over', async () => {
    const module = await moduleOf(`bob:${HELLOJED}\n`);
    const late = { verify: async () => 'match' as const };
    const run = await runLogin(
      module,
      { name: 'bob', password: 'x' },
      { passwords: late, signal: AbortSignal.abort() },
    );
    assert.equal(run.result, 'unavailable');
    assert.equal(verifiedUser(run.shared), undefined);
    assert.equal(await run.module.commit(), 'ignored');
  });

  it('is unavailable, never a pass, while its file could not be read', async () => {
    const ports = { clock: laterClock(), logger: silentLogger };
    const missing = { use: 'htpasswd', domain: 'guests', file: '/nonexistent/htpasswd' } as const;
    const module = await started(htpasswdModule(missing, ports));
    assert.equal((await logIn(module, { name: 'bob', password: 'x' }, { passwords })).result, 'unavailable');
    assert.equal(module.costlySample?.(), undefined);
  });

  it('offers the costliest form of the file as the sample of a refusal', async () => {
    const module = await moduleOf(`a:${HELLOJED}\nb:$apr1$sardine$5vGKdt7VOWjM4XQb6P1gM1\nc:${FOOBAR}\nd:*\n`);
    const sample = module.costlySample?.() ?? '';
    assert.equal(schemeOf(sample)?.name, 'bcrypt');
    assert.notEqual(sample, FOOBAR, 'a match of it would be remembered');
  });
});

describe('an htpasswd file', () => {
  const read = (content: string | Buffer) => readLines(Buffer.from(content), new HtpasswdReader(), 8192);
  const accounts = (content: string) => [...read(content).content.accounts];

  it('is read as Apache reads it', () => {
    assert.deepEqual(accounts(`# comment\n\n  bob:${HELLOJED}  \n#x:${HELLOJED}\nbob:${FOOBAR}\n`), [
      ['bob', HELLOJED],
    ]);
    assert.deepEqual(accounts(`bob:${HELLOJED}:more:fields\nspace in name:${FOOBAR}\n`), [
      ['bob', HELLOJED],
      ['space in name', FOOBAR],
    ]);
    assert.deepEqual(accounts(`\ufeffbob:${HELLOJED}\r\nali\ufeff:${HELLOJED}\r\n`), [
      ['bob', HELLOJED],
      ['ali\ufeff', HELLOJED],
    ]);
    assert.deepEqual(accounts(`bob:${HELLOJED}`), [['bob', HELLOJED]]);
  });

  it('keeps its good lines beside broken ones, and says which are broken', () => {
    const long = 'x'.repeat(1_000_000);
    const text = `no colon\n:${HELLOJED}\n${long}:y\nbob:${HELLOJED}\nbob:x\na\tb:${HELLOJED}\nlocked:*\n`;
    const { content, findings, cut } = read(Buffer.concat([Buffer.from(text), Buffer.from('\xff:x\n', 'latin1')]));
    assert.deepEqual([...content.accounts.keys()], ['bob', 'locked']);
    assert.deepEqual(
      findings.map(({ line, kind }) => `${line} ${kind}`),
      ['1 broken', '2 broken', '3 broken', '5 noted', '6 broken', '7 noted', '8 broken'],
    );
    assert.equal(cut, false);
    assert.doesNotMatch(JSON.stringify(findings), /PinGG/);
  });

  it('is cut when its last line has no end and makes no sense', () => {
    const whole = `bob:${HELLOJED}\nal:${FOOBAR}`;
    assert.equal(read(whole).cut, false);
    assert.equal(read(`${whole}\n`).cut, false);
    for (let length = whole.indexOf('al:') + 1; length < whole.length; length++) {
      assert.equal(read(whole.slice(0, length)).cut, true, whole.slice(0, length));
    }
    assert.equal(read(`bob:${HELLOJED}\nlocked:*`).cut, false);
  });

  it('takes names of prototypes as names', async () => {
    const module = await moduleOf(`__proto__:${HELLOJED}\nconstructor:${HELLOJED}\n`);
    for (const name of ['__proto__', 'constructor']) {
      assert.equal((await logIn(module, { name, password: 'hellojed' }, { passwords })).user, name);
    }
    assert.equal(await passwords.verify(HELLOJED, new Secret('hellojed2')), 'mismatch');
  });
});
