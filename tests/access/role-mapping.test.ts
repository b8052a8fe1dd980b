/** Role mapping by type, name, login domain and realm (spec: Geronimo 3.3 and 3.6). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { z } from 'zod';
import {
  AccessPolicy,
  makeSubject,
  type Principal,
  rolesSchema,
  type Subject,
  wrapPrincipals,
} from '../../src/access/index.ts';
import { configurationOf, group, memberOf, policyOf, STAFF, subjectWith } from './fixture.ts';

type Item = z.input<typeof rolesSchema>[string][number];

function has(subject: Subject, ...items: Item[]): boolean {
  const realms = { staff: { ...STAFF, wrappingDomains: ['campus'] }, lobby: STAFF };
  const policy = policyOf({ roles: { r: items }, realms, domains: { campus: { dns: 'campus.example' } } });
  return policy.rolesOf(subject).includes('r');
}

function subjectOf(...principals: Principal[]): Subject {
  return makeSubject({ realm: 'staff', domain: 'campus', name: 'alice', principals });
}

function wrapped(subject: Subject, realm = 'staff'): Subject {
  return makeSubject({ ...subject, wrapped: wrapPrincipals(realm, subject.principals) });
}

describe('a plain mapping', () => {
  it('matches a bare name of any login domain, a qualified one of that domain', () => {
    assert.equal(has(memberOf(['campus\\labs']), { group: 'labs' }), true);
    assert.equal(has(memberOf(['local\\Labs']), { group: ' LABS ' }), true);
    assert.equal(has(memberOf(['campus\\labs']), { group: 'campus\\labs' }), true);
    assert.equal(has(memberOf(['campus\\labs']), { group: 'labs@campus.example' }), true);
    assert.equal(has(memberOf(['local\\labs']), { group: 'campus\\labs' }), false);
  });

  it('asks for the type as well as for the name', () => {
    assert.equal(has(memberOf([], { name: 'labs' }), { group: 'labs' }), false);
    assert.equal(has(memberOf(['campus\\labs']), { user: 'labs' }), false);
    assert.equal(has(memberOf([]), { user: 'alice' }), true);
    assert.equal(has(memberOf([]), { user: 'campus\\Alice' }), true);
    assert.equal(has(memberOf([]), { user: 'local\\alice' }), false);
    const host = subjectOf({ type: 'host', name: 'db.example.org', domain: 'campus', module: '1:test' });
    assert.equal(has(host, { host: 'DB.example.org' }), true);
    assert.equal(has(host, { user: 'db.example.org' }), false);
  });

  it('matches whether the principal is wrapped or not', () => {
    assert.equal(has(wrapped(memberOf(['campus\\labs'])), { group: 'campus\\labs' }), true);
  });

  it('matches an X.500 principal by its distinguished name, in any spelling', () => {
    const name = 'CN=Me,OU=My Unit,O=My Org,L=My City,ST=AP,C=IN';
    const certificate = subjectOf({ type: 'x500', name, domain: 'campus', module: '1:certificate' });
    assert.equal(has(certificate, { x500: 'cn=me, ou=my unit, o=my org, l=my city, st=ap, c=in' }), true);
    assert.equal(has(certificate, { x500: 'C=IN,ST=AP,L=My City,O=My Org,OU=My Unit,CN=Me' }), false);
    assert.equal(has(certificate, { user: name }), false);
  });

  it('matches a group or a user by the distinguished name that its source gave', () => {
    const dn = 'cn=labs,ou=Groups,dc=campus';
    assert.equal(has(subjectWith([group('campus\\labs', [dn])]), { group: 'CN=labs, OU=groups, DC=campus' }), true);
    assert.equal(has(memberOf(['campus\\labs']), { group: dn }), false);
  });

  it('is not met by a name that claims another login domain', () => {
    assert.equal(has(memberOf(['guests\\campus\\labs']), { group: 'campus\\labs' }), false);
    assert.equal(has(memberOf([], { domain: 'guests', name: 'local\\alice' }), { user: 'local\\alice' }), false);
  });
});

describe('a mapping of wrapped principals', () => {
  const plain = memberOf(['campus\\labs']);

  it('matches only where the module wrapped', () => {
    assert.equal(has(plain, { group: 'labs', domain: 'campus' }), false);
    assert.equal(has(wrapped(plain), { group: 'labs', domain: 'campus' }), true);
    assert.equal(has(wrapped(plain), { group: 'labs', domain: 'CAMPUS.example' }), true);
    assert.equal(has(wrapped(plain), { group: 'labs', domain: 'local' }), false);
    assert.equal(has(wrapped(plain), { user: 'labs', domain: 'campus' }), false);
  });

  it('with a realm matches the RealmPrincipal of that realm', () => {
    assert.equal(has(wrapped(plain), { group: 'labs', domain: 'campus', realm: 'staff' }), true);
    assert.equal(has(wrapped(plain, 'lobby'), { group: 'labs', domain: 'campus', realm: 'staff' }), false);
    assert.equal(has(plain, { group: 'labs', domain: 'campus', realm: 'staff' }), false);
  });

  it('is written with three principals for each of a wrapping module', () => {
    const subject = wrapped(memberOf(['campus\\it']));
    assert.equal(subject.principals.length + subject.wrapped.length, 6);
  });
});

describe('roles', () => {
  it('are held when any principal matches, the union over all mappings', () => {
    const policy = policyOf({
      roles: {
        admin: [{ group: 'dog' }, { user: 'izumi' }],
        cat: [{ group: 'cat' }],
        both: [{ group: 'dog' }],
        none: [],
      },
    });
    assert.deepEqual(policy.rolesOf(memberOf(['campus\\pet', 'campus\\dog'], { name: 'george' })), ['admin', 'both']);
    assert.deepEqual(policy.rolesOf(memberOf([], { name: 'izumi' })), ['admin']);
    assert.deepEqual(policy.rolesOf(memberOf(['campus\\cat'], { name: 'metro' })), ['cat']);
    assert.deepEqual(policy.rolesOf(memberOf([])), []);
  });

  it('are compared as they stand, trimmed', () => {
    const policy = policyOf({ roles: { ' admin ': [{ user: 'alice' }], constructor: [{ user: 'alice' }] } });
    assert.deepEqual(policy.rolesOf(memberOf([])), ['admin', 'constructor']);
  });
});

describe('rolesSchema', () => {
  for (const item of [
    {},
    { domain: 'campus' },
    { group: 'a', user: 'b' },
    { group: '' },
    { group: ' ' },
    { group: 'a', realm: 'staff' },
    { group: 'a', class: 'x' },
    'campus\\labs',
  ]) {
    it(`refuses ${JSON.stringify(item)}`, () => {
      assert.equal(rolesSchema.safeParse({ r: [item] }).success, false);
    });
  }

  it('leaves what is no name to the compiler, which says where it stands', () => {
    const { problems } = AccessPolicy.compile(
      configurationOf({ roles: { r: [{ group: 'ok' }, { group: 'x\\' }, { x500: 'labs' }] } }),
    );
    assert.deepEqual(
      problems.map(({ code, severity, path }) => `${severity} ${code} ${path}`),
      ['error malformed-name roles.r[1].group', 'error malformed-name roles.r[2].x500'],
    );
  });
});
