/** Which requests are questions of a front proxy. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ForwardAuth } from '../../../src/web/gate/forward-auth.ts';

describe('a question of a front proxy', () => {
  it('is told by its path, whatever query the proxy hands on', () => {
    assert.equal(ForwardAuth.flavourOf('/authz/forward'), 'forward');
    assert.equal(ForwardAuth.flavourOf('/authz/forward?c=d&e=%2F'), 'forward', 'Caddy keeps the query of the visitor');
    assert.equal(ForwardAuth.flavourOf('/authz/nginx?'), 'nginx');
  });

  it('is nothing else', () => {
    for (const target of [
      '/',
      '/authz',
      '/authz/',
      '/authz/other',
      '/authz/forward/',
      '/authz/forwardx',
      '/x?/authz/forward',
      '*',
      '',
    ]) {
      assert.equal(ForwardAuth.flavourOf(target), undefined, target);
    }
  });
});
