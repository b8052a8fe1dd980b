/** What `realmgate check` says about rules that compile and still do not mean what their author meant. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type KnownGroup, lintAccess } from '../../src/access/index.ts';
import { admissionOf, configurationOf, STAFF, type Written, type WrittenRule } from './fixture.ts';

function lint(
  service: WrittenRule,
  written: Written = {},
  known: Record<string, readonly (string | KnownGroup)[]> = {},
): string[] {
  const problems = lintAccess({
    configuration: configurationOf(written),
    services: new Map([['portal', { realm: 'staff', admission: admissionOf(service) }]]),
    knownGroups: new Map(
      Object.entries(known).map(([domain, groups]) => [
        domain,
        groups.map((group) => (typeof group === 'string' ? { name: group } : group)),
      ]),
    ),
  });
  return problems.map(({ severity, code, path }) => `${severity} ${code} ${path}`);
}

describe('lintAccess', () => {
  it('has nothing to say about a sound configuration', () => {
    const roles = { experimenter: [{ group: 'campus\\labs' }, { user: 'local\\alice' }] };
    const domains = { SCX: { dns: 'scx.example.org' } };
    const service = {
      authorizedGroups: ['SCX\\scx local admins', 'campus\\labs'],
      unauthorizedGroups: ['games'],
      requireRoles: ['experimenter'],
    };
    assert.deepEqual(lint(service, { roles, domains }), []);
  });

  it('reports the errors of compiling, with their place', () => {
    const roles = { r: [{ group: 'x\\' }] };
    assert.deepEqual(lint({ authorizedGroups: ['a\\b', 'labs'], unauthorizedGroups: ['@'] }, { roles }), [
      'error malformed-name roles.r[0].group',
      'error ambiguous-group services.portal.authorizedGroups[1]',
      'error malformed-name services.portal.unauthorizedGroups[0]',
    ]);
  });

  it('quotes a key that a path would break at', () => {
    assert.deepEqual(lint({}, { roles: { 'a.b': [{ x500: 'labs' }] } }), ['error malformed-name roles."a.b"[0].x500']);
  });

  it('reports a role that nobody can have', () => {
    assert.deepEqual(lint({ requireRoles: ['r', 'rr', 'empty'] }, { roles: { r: [{ user: 'a' }], empty: [] } }), [
      'warning unmapped-role services.portal.requireRoles[1]',
      'warning unmapped-role services.portal.requireRoles[2]',
    ]);
  });

  it('reports one group in both lists, in any spelling', () => {
    const domains = { campus: { dns: 'campus.example' } };
    const service = {
      authorizedGroups: ['campus\\labs', 'local\\labs', 'Games@campus.example', 'cn=A,dc=x'],
      unauthorizedGroups: ['labs@CAMPUS', 'games', 'CN=a, DC=x'],
    };
    assert.deepEqual(lint(service, { domains }), [
      'warning contradiction services.portal.authorizedGroups[0]',
      'warning contradiction services.portal.authorizedGroups[2]',
      'warning contradiction services.portal.authorizedGroups[3]',
    ]);
  });

  describe('wrapped mappings', () => {
    const roles = {
      r: [
        { group: 'labs', domain: 'campus' },
        { group: 'labs', domain: 'campus', realm: 'staff' },
        { group: 'labs', domain: 'local' },
        { group: 'labs', domain: 'campus', realm: 'nowhere' },
      ],
    };

    it('are reported where no module wraps', () => {
      assert.equal(lint({}, { roles }).length, 4);
      assert.deepEqual(lint({}, { roles, realms: { staff: { ...STAFF, wrappingDomains: ['Campus'] } } }), [
        'warning unwrapped-mapping roles.r[2].domain',
        'warning unwrapped-mapping roles.r[3].domain',
      ]);
    });
  });

  describe('a group name that matches nothing', () => {
    const all = {
      local: ['adm', 'SCX\\users'],
      campus: [{ name: 'labs', aliases: ['cn=labs,dc=campus'] }],
      guests: [],
    };
    const allow = (text: string, known: Parameters<typeof lint>[2], domains = {}) =>
      lint({ authorizedGroups: [text] }, { domains }, known).length === 1;
    const deny = (text: string, known: Parameters<typeof lint>[2]) =>
      lint({ unauthorizedGroups: [text] }, {}, known).length === 1;

    it('is reported when its login domain can list its groups', () => {
      assert.equal(allow('local\\admn', { local: ['adm'] }), true);
      assert.equal(allow('LOCAL\\Adm', { local: ['adm'] }), false);
      assert.equal(allow('campus\\labs', { local: ['adm'] }), false, 'campus cannot list');
    });

    it('is reported when every source can list and none has it', () => {
      assert.equal(deny('games', all), true);
      assert.equal(deny('games', { local: ['adm'] }), false);
      assert.equal(deny('Labs', all), false);
      assert.equal(allow('cn=labs,dc=campus', all), false);
      assert.equal(allow('cn=lab,dc=campus', all), true);
    });

    it('is reported for a domain that is written nowhere else', () => {
      assert.equal(allow('campsu\\labs', {}), true);
      assert.equal(allow('SCX\\users', {}, { SCX: { dns: 'scx.example.org' } }), false, 'a source may spell it');
      assert.equal(allow('SCX\\users', all), false);
      assert.equal(allow('SCX\\userz', all, { SCX: { dns: 'scx.example.org' } }), true);
    });

    it('is reported in a role mapping as well', () => {
      assert.deepEqual(lint({}, { roles: { r: [{ group: 'adm' }, { group: 'admn' }, { user: 'nobody' }] } }, all), [
        'warning unmatched-group roles.r[1].group',
      ]);
    });
  });
});
