/** The http-header login module. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLogger } from '../../../src/base/index.ts';
import { httpHeaderModule, httpHeaderModuleSchema } from '../../../src/realm/modules/http-header.ts';
import { laterClock, logIn, sourceFiles, started } from './module-run.ts';

const ports = { clock: laterClock(), logger: silentLogger };

function moduleOf(options: Readonly<Record<string, string>>) {
  const parsed = httpHeaderModuleSchema.parse({ use: 'http-header', header: 'X-Remote-User', ...options });
  return started(httpHeaderModule({ ...parsed, domain: 'sso' }, ports));
}

describe('the http-header module', () => {
  it('takes the user and the groups that a trusted proxy names', async () => {
    const { groupsFile } = sourceFiles({ groupsFile: 'staff=izumi\n' });
    const module = await moduleOf({ groupsHeader: 'X-Remote-Groups', groupsFile });
    const headers = { 'x-remote-user': ' izumi ', 'x-remote-groups': 'a, b,,a' };
    assert.deepEqual(await logIn(module, { headers }), {
      result: 'success',
      user: 'izumi',
      principals: ['user:izumi', 'group:a', 'group:b', 'group:staff'],
    });
  });

  it('verifies nobody without a value', async () => {
    const module = await moduleOf({});
    for (const headers of [{}, { 'x-remote-user': '' }, { 'x-remote-user': '  ' }, { 'X-Remote-User': 'izumi' }]) {
      assert.deepEqual(await logIn(module, { headers }), {
        result: 'missing-credential',
        user: undefined,
        principals: [],
      });
    }
  });

  it('refuses control characters, line ends and names that are too long', async () => {
    const module = await moduleOf({});
    for (const name of ['a\r\nX-Admin: 1', 'a\0', 'a\u001b[2J', 'a\u2028b', 'a\u0085', 'a'.repeat(257), '\ud800']) {
      assert.equal((await logIn(module, { headers: { 'x-remote-user': name } })).result, 'unknown-user');
    }
    assert.equal((await logIn(module, { headers: { 'x-remote-user': 'a'.repeat(256) } })).result, 'success');
  });

  it('refuses when the groups that it was promised are missing or make no sense', async () => {
    const module = await moduleOf({ groupsHeader: 'X-Remote-Groups' });
    const result = async (groups: string | undefined) =>
      (
        await logIn(module, {
          headers: { 'x-remote-user': 'izumi', ...(groups === undefined ? {} : { 'x-remote-groups': groups }) },
        })
      ).result;
    assert.equal(await result(undefined), 'missing-credential');
    assert.equal(await result(''), 'success');
    assert.equal(await result('a\nb'), 'wrong-credential');
    assert.equal(await result('g'.repeat(20_000)), 'wrong-credential');
    assert.equal(await result(Array.from({ length: 1_025 }, (_, index) => `g${index}`).join(',')), 'wrong-credential');
  });

  it('is configured with header names only', () => {
    for (const header of ['', 'X User', 'X:User', 'X-Benutzer-Ä', 'x'.repeat(65)]) {
      assert.equal(httpHeaderModuleSchema.safeParse({ use: 'http-header', header }).success, false, header);
    }
  });
});
