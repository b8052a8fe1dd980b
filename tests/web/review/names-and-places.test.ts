/** Names that stand in cookies, headers and log lines are plain, and no two services claim one place. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configurationSchema } from '../../../src/realmgate/index.ts';
import { gateCookies } from '../../../src/web/gate/cookies.ts';
import { servicesSchema } from '../../../src/web/index.ts';

const service = (match: object, more: object = {}) => ({ match, realm: 'staff', ...more });

function complaints(services: Record<string, unknown>): string[] {
  const { error } = servicesSchema.safeParse(services);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('services', () => {
  it('have plain names', () => {
    for (const name of ['a b', 'a"b', 'a\nb', 'a;b', 'ä', '', 'x'.repeat(64)]) {
      assert.match(complaints({ [name]: service({ host: 'a.example' }) }).join(), /use letters, digits and hyphens/);
    }
    assert.deepEqual(complaints({ constructor: service({ host: 'a.example' }) }), []);
  });

  it('do not share a place, however it is spelled', () => {
    const found = complaints({
      one: service({ host: 'APP.example.', path: '/x' }),
      two: service({ host: 'app.example', path: '/x/' }),
      three: service({ host: 'app.example', path: '/' }),
    });
    assert.deepEqual(found, ['two.match: service one is at this host and path already; its rule would decide alone']);
  });

  it('are reached by browsers under their own host', () => {
    const found = complaints({ one: service({ host: 'app.example' }, { url: 'https://other.example' }) });
    assert.match(found.join(), /^one\.url: must have the host of match/);
    assert.deepEqual(complaints({ one: service({ host: 'app.example' }, { url: 'https://APP.example:8443' }) }), []);
  });
});

describe('realms', () => {
  it('have plain names', () => {
    const htpasswd = { use: 'htpasswd', flag: 'required', domain: 'a', file: 'x' };
    const { error } = configurationSchema.safeParse({ realms: { 'st aff; Path=/': { modules: [htpasswd] } } });
    assert.match(error?.message ?? '', /use letters, digits and hyphens/);
  });

  it('have cookies of their own, whatever they are called', () => {
    const { session, signOn, nonce, csrf } = gateCookies(['x', 'sso-x', 'nonce', 'csrf'], true);
    const names = ['x', 'sso-x', 'nonce', 'csrf'].flatMap((realm) => [session(realm), signOn(realm)]);
    assert.equal(new Set([...names, nonce, csrf]).size, names.length + 2);
  });
});
