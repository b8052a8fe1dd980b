/** What a back end is told is kept for a subject, and never told of another. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeSubject, type Subject } from '../../../src/access/index.ts';
import type { Signer } from '../../../src/pki/index.ts';
import { IdentityIssuer } from '../../../src/web/gate/identity-issuer.ts';
import type { Service } from '../../../src/web/gate/service.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const service = {
  name: 'portal',
  preset: 'bonfire',
  audience: 'portal',
  assertionLife: 60_000,
  qualified: false,
} as Service;

function alice(...groups: string[]): Subject {
  const principals = groups.map((name) => ({ type: 'group', name, domain: 'campus', module: '1:ldap' }) as const);
  return makeSubject({ realm: 'staff', domain: 'campus', name: 'alice', principals });
}

function issuer(clock = new ManualClock()) {
  const signer: Signer = { keyId: 'k', algorithm: 'ES256', signJws: async (claims) => `signed.${claims.exp}.x` };
  return { clock, issuer: new IdentityIssuer({ signer }, clock) };
}

describe('the identity that a back end is told', () => {
  it('is kept for a subject at a service', async () => {
    const { issuer: identities } = issuer();
    const subject = alice('labs');
    const first = await identities.issue(subject, [], service, 'https://login.example');
    assert.equal(identities.kept(subject, service), first);
  });

  it('is never kept for the same name with other groups', async () => {
    const { issuer: identities } = issuer();
    await identities.issue(alice('labs', 'admins'), [], service, 'https://login.example');
    const later = alice('labs');
    assert.equal(identities.kept(later, service), undefined);
    const told = await identities.issue(later, [], service, 'https://login.example');
    assert.equal(told[told.indexOf('X-BonFIRE-Asserted-Groups') + 1], 'labs');
  });

  it('is never kept at another service, or at the same one of another configuration', async () => {
    const { issuer: identities } = issuer();
    const subject = alice('labs');
    await identities.issue(subject, [], service, 'https://login.example');
    assert.equal(identities.kept(subject, { ...service }), undefined);
  });

  it('is made anew at half of the life of its assertion, and when the clock was set back', async () => {
    const { issuer: identities, clock } = issuer();
    const subject = alice('labs');
    await identities.issue(subject, [], service, 'https://login.example');
    clock.advance(29_999);
    assert.notEqual(identities.kept(subject, service), undefined);
    clock.advance(1);
    assert.equal(identities.kept(subject, service), undefined);
    clock.jump(clock.now() - 86_400_000);
    assert.equal(identities.kept(subject, service), undefined);
  });
});
