/** The schema of a realm, and what `check` says of its stack. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { lintRealm, moduleSchemas, realmSchema, sessionPolicy } from '../../src/realm/index.ts';

const schema = realmSchema(moduleSchemas);
const ldap = {
  use: 'ldap',
  urls: ['ldaps://ldap1.campus.example', 'ldaps://ldap2.campus.example'],
  bindDn: 'cn=reader,dc=campus,dc=example',
  bindPassword: 'x',
  userBase: 'ou=People,dc=campus,dc=example',
  userFilter: '(&(objectClass=inetOrgPerson)(uid={name}))',
  groupBase: 'ou=Groups,dc=campus,dc=example',
  groupFilter: '(&(objectClass=posixGroup)(memberUid={name}))',
};
/** DESIGN.md's example realm. */
const STAFF = {
  modules: [
    { use: 'lockout', flag: 'requisite', failures: 5, within: '5m', lock: '30m' },
    { use: 'directory', flag: 'sufficient', domain: 'local' },
    { ...ldap, flag: 'sufficient', domain: 'campus', fallThrough: 'unknown-user' },
    { use: 'htpasswd', flag: 'sufficient', domain: 'guests', file: '/etc/realmgate/htpasswd' },
  ],
  sessions: { idle: '30m', maximum: '12h', hours: 'Mon-Fri 09:00-17:00 Europe/Brussels' },
};

const problemsOf = (realm: unknown) => {
  const parsed = schema.safeParse(realm);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

describe('the schema of a realm', () => {
  it('takes the example, with every default', () => {
    const realm = schema.parse(STAFF);
    const [lockout, directory, campus] = realm.modules;
    assert.deepEqual(lockout, {
      use: 'lockout',
      flag: 'requisite',
      failures: 5,
      within: 300_000,
      lock: 1_800_000,
      timeLimit: 10_000,
    });
    assert.deepEqual(directory, {
      use: 'directory',
      flag: 'sufficient',
      domain: 'local',
      wrapPrincipals: false,
      fallThrough: 'always',
      timeLimit: 10_000,
    });
    assert.ok(campus?.use === 'ldap');
    assert.equal(campus.fallThrough, 'unknown-user');
    const policy = sessionPolicy(realm.sessions);
    assert.deepEqual([policy.idle, policy.maximum, policy.validators.length], [1_800_000, 43_200_000, 1]);
    const simple = schema.parse({ modules: [{ use: 'directory', flag: 'required', domain: 'local' }] });
    assert.deepEqual(sessionPolicy(simple.sessions), { idle: 1_800_000, maximum: 43_200_000, validators: [] });
  });

  it('says where it is wrong', () => {
    const module = { use: 'htpasswd', flag: 'sufficient', domain: 'guests', file: '/x' };
    const cases: readonly (readonly [RegExp, unknown])[] = [
      [/^modules: /, { modules: [] }],
      [/^modules\.0\.use: /, { modules: [{ ...module, use: 'constant' }] }],
      [/^modules\.0\.flag: /, { modules: [{ ...module, flag: 'REQUIRED' }] }],
      [/^modules\.0\.domain: /, { modules: [{ ...module, domain: 'a\\b' }] }],
      [/^modules\.0: .*colour/, { modules: [{ ...module, colour: 1 }] }],
      [/^modules\.1\.domain: another module/, { modules: [module, { ...module, domain: 'Guests' }] }],
      [/^modules\.0\.bindPassword: /, { modules: [{ ...ldap, bindDn: undefined, flag: 'required', domain: 'x' }] }],
      [/^sessions\.idle: /, { modules: [module], sessions: { idle: 30 } }],
      [/^sessions\.hours: .*time zone/, { modules: [module], sessions: { hours: 'Mon-Fri 09:00-17:00' } }],
    ];
    for (const [expected, realm] of cases) assert.match(problemsOf(realm).join('\n'), expected);
  });

  it('describes every key', () => {
    const described = JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
    assert.match(described, /The login modules; their order is the policy/);
    assert.match(described, /A live session ends at the instant/);
  });
});

describe('the lint of a realm', () => {
  const codes = (...modules: readonly [use: string, flag: string, fallThrough?: 'unknown-user'][]) =>
    lintRealm(
      { modules: modules.map(([use, flag, fallThrough]) => ({ use, flag: flag as 'required', fallThrough })) },
      ['realms', 'staff'],
    ).map(({ severity, code, keys }) => `${severity} ${code} ${keys.slice(2).join('.')}`);

  it('has nothing to say of the example', () => {
    assert.deepEqual(lintRealm(schema.parse(STAFF), ['realms', 'staff']), []);
  });

  it('finds a lockout that comes too late or locks nobody', () => {
    assert.deepEqual(codes(['htpasswd', 'sufficient'], ['lockout', 'requisite'], ['ldap', 'sufficient']), [
      'error lockout-late modules.1',
    ]);
    assert.deepEqual(codes(['lockout', 'optional'], ['ldap', 'sufficient']), [
      'error lockout-powerless modules.0.flag',
    ]);
    assert.deepEqual(codes(['lockout', 'required'], ['ldap', 'sufficient']), []);
    assert.deepEqual(codes(['ldap', 'required']), ['warning lockout-missing modules']);
    assert.deepEqual(codes(['certificate', 'required']), []);
  });

  it('finds a second factor that can be walked around', () => {
    const skipped = 'error second-factor-skipped modules.2';
    assert.deepEqual(codes(['lockout', 'requisite'], ['ldap', 'sufficient'], ['totp', 'required']).slice(0, 2), [
      'warning unverified-success modules',
      skipped,
    ]);
    assert.deepEqual(codes(['lockout', 'requisite'], ['ldap', 'required'], ['totp', 'optional']), [skipped]);
    assert.deepEqual(codes(['lockout', 'requisite'], ['ldap', 'required'], ['totp', 'required']), []);
  });

  it('finds groups that some users do not get', () => {
    assert.deepEqual(codes(['lockout', 'requisite'], ['ldap', 'sufficient'], ['groups', 'optional']), [
      'warning groups-skipped modules.2',
    ]);
    assert.deepEqual(codes(['lockout', 'requisite'], ['groups', 'required'], ['ldap', 'sufficient']), []);
  });

  it('finds groups without which users get in past a deny list while the file cannot be read', () => {
    assert.deepEqual(codes(['lockout', 'requisite'], ['groups', 'optional'], ['ldap', 'sufficient']), [
      'warning groups-optional modules.1.flag',
    ]);
  });

  it('finds a realm that lets nobody in, and helpers that are to let somebody in', () => {
    assert.deepEqual(codes(['lockout', 'requisite']), ['error admits-nobody modules']);
    assert.deepEqual(codes(['lockout', 'requisite'], ['groups', 'sufficient'], ['ldap', 'required']), [
      'error sufficient-helper modules.1.flag',
    ]);
  });

  it('finds a realm that admits everybody who may send a header', () => {
    assert.deepEqual(codes(['http-header', 'sufficient']), ['warning header-admits-everybody modules.0']);
    assert.deepEqual(codes(['http-header', 'required'], ['certificate', 'required']), []);
  });

  it('is done with a long stack in no time', () => {
    const long = Array.from({ length: 64 }, (): [string, string] => ['ldap', 'optional']);
    assert.deepEqual(codes(['lockout', 'requisite'], ...long), []);
  });
});
