/** The configuration keys of the ldap module: what is taken, and what every mistake is told. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../../src/base/index.ts';
import { checkLdapOptions, ldapModuleSchema } from '../../../src/realm/index.ts';

describe('the options of the ldap module', () => {
  const schema = ldapModuleSchema.superRefine(checkLdapOptions);
  const base = { use: 'ldap', urls: ['ldaps://ldap1.example'], userBase: 'ou=People,dc=x' };
  const problems = (more: Record<string, unknown>) =>
    schema
      .safeParse({ ...base, ...more })
      .error?.issues.map(({ path, message: text }) => `${path.join('.')}: ${text}`) ?? [];

  it('takes the example of the design', () => {
    const options = schema.parse({
      use: 'ldap',
      urls: ['ldaps://ldap1.campus.example', 'ldaps://ldap2.campus.example', 'LDAP://[::1]:3890/'],
      bindDn: 'cn=reader,dc=campus,dc=example',
      bindPassword: new Secret('x'),
      userBase: 'ou=People,dc=campus,dc=example',
      userFilter: '(&(objectClass=inetOrgPerson)(uid={name}))',
      groupBase: 'ou=Groups,dc=campus,dc=example',
      groupFilter: '(&(objectClass=posixGroup)(memberUid={name}))',
    });
    assert.deepEqual(options.urls, [
      { url: 'ldaps://ldap1.campus.example:636', host: 'ldap1.campus.example', port: 636, tls: true },
      { url: 'ldaps://ldap2.campus.example:636', host: 'ldap2.campus.example', port: 636, tls: true },
      { url: 'ldap://[::1]:3890', host: '::1', port: 3890, tls: false },
    ]);
    assert.equal(options.timeout, 4_000);
  });

  it('refuses what would find everybody, or means nothing, and says what to do', () => {
    assert.deepEqual(problems({ userFilter: '(objectClass=person)' }), [
      'userFilter: must contain {name}: without it everybody matches',
    ]);
    assert.match(problems({ userFilter: '(uid={user})' })[0] ?? '', /^userFilter: \{user\} is not known here/);
    assert.match(problems({ userFilter: '(uid=*{name}*)' })[0] ?? '', /must be a whole value/);
    assert.match(problems({ userFilter: 'uid={name}' })[0] ?? '', /is not a search filter/);
    assert.deepEqual(problems({ urls: ['ldap://a/dc=x'] }), [
      'urls.0: must be ldap://HOST, ldaps://HOST or one of them with :PORT',
    ]);
    for (const url of [
      'http://a',
      'ldap://',
      'ldap://user@a',
      'ldap://a:0',
      'ldap://a:70000',
      'ldap://a?x',
      'ldap://a b',
    ]) {
      assert.equal(problems({ urls: [url] }).length, 1, url);
    }
    assert.deepEqual(problems({ startTls: true }), ['startTls: is for ldap:// URLs only']);
    assert.deepEqual(problems({ bindDn: 'cn=x' }), ['bindDn: needs bindPassword or bindPasswordFile']);
    assert.deepEqual(problems({ bindPassword: 'x' }), ['bindPassword: needs bindDn']);
    assert.deepEqual(problems({ groupBase: 'dc=x' }), ['groupBase: needs groupFilter']);
    assert.deepEqual(problems({ groupFilter: '(member={dn})' }), ['groupFilter: needs groupBase']);
    assert.equal(problems({ userBase: 'People' }).length, 1);
    assert.equal(problems({ poolSize: 0 }).length, 1);
  });
});
