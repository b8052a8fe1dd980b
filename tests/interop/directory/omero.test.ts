/**
 * OMERO's LDAP logins: OmeroLogin.java sends its queries over JNDI, with the settings of docs/integrations/omero.md as they
 * stand (spec: OMERO 1.2 and 1.4, vectors A1 to A15).
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BONFIRE_SUFFIX } from '../../support/bonfire-tree.ts';
import { adapted, fencedBlock } from '../../support/documented.ts';
import { ALICE, BOB, CAROL, GATEWAY_PASSWORD, INTEROP_LDIF, OPERATOR, saltedSha1 } from '../../support/interop-tree.ts';
import { type LdapServerUnderTest, SERVERS_UNDER_TEST } from '../../support/ldap-server-under-test.ts';
import { runProgram } from '../../support/run-program.ts';

const PASSWORD = 'omero-secret-1';
const person = (cn: string, number: string, more = '') => `
dn: uid=${cn}${number},ou=People,${BONFIRE_SUFFIX}
objectClass: inetOrgPerson
uid: ${cn}${number}
cn: ${cn}
sn: Microscopist
givenName: ${cn}
${more}userPassword: ${saltedSha1(PASSWORD, 'saltsalt')}
`;
/** People as OMERO 4.0 wants them: the login name is the cn. `twin` is the cn of two. */
const LDIF = `${INTEROP_LDIF}
${person('member', '', 'employeeType: true\ntitle: true\n')}
${person('outsider', '', 'employeeType: true\n')}
${person('twin', '1')}
${person('twin', '2')}
dn: cn=Microscopists,ou=Groups,${BONFIRE_SUFFIX}
objectClass: groupOfNames
cn: Microscopists
member: uid=member,ou=People,${BONFIRE_SUFFIX}
`;

for (const kind of SERVERS_UNDER_TEST) {
  describe(`OMERO's LDAP logins against ${kind.name}`, { timeout: 120_000 }, () => {
    let server: LdapServerUnderTest;
    before(async () => {
      server = await kind.start({ ldif: LDIF, administrator: OPERATOR });
      execFileSync('javac', ['-d', server.folder, join(import.meta.dirname, 'OmeroLogin.java')], { stdio: 'pipe' });
      const keytool = [
        '-importcert',
        '-noprompt',
        '-file',
        server.caFile,
        '-keystore',
        join(server.folder, 'trust.p12'),
      ];
      execFileSync('keytool', [...keytool, '-storepass', 'changeit', '-alias', 'ca'], { stdio: 'pipe' });
    });
    after(() => server?.close());

    /** What `omero config set` of the page makes of the properties, with some of them changed. */
    const settings = async (block: number, changed: Readonly<Record<string, string>>) => {
      const page = adapted(fencedBlock('omero.md', 'sh', block), {
        'directory.example.org:6360': `127.0.0.1:${server.tlsPort}`,
        'gateway-secret': GATEWAY_PASSWORD,
      });
      const omero = `omero() { printf '%s=%s\\n' "$3" "$(printf %s "$4" | sed 's/\\\\/\\\\\\\\/g')"; }\n`;
      const { stdout } = await runProgram(['sh', '-eu'], { input: omero + page });
      const more = Object.entries(changed).map(([key, value]) => `omero.${key}=${value}\n`);
      return server.write('omero.properties', stdout + more.join(''));
    };
    const logIns = async (
      version: 4 | 5,
      changed: Readonly<Record<string, string>>,
      ...logins: readonly (readonly [string, string])[]
    ) => {
      const file = await settings(version === 4 ? 1 : 0, changed);
      const command = ['java', '-cp', server.folder, `-Djavax.net.ssl.trustStore=${join(server.folder, 'trust.p12')}`];
      const { code, stdout, stderr } = await runProgram(
        [...command, '-Djavax.net.ssl.trustStorePassword=changeit', 'OmeroLogin', file, String(version)],
        { input: logins.map((login) => login.join('\t')).join('\n') },
      );
      assert.equal(code, 0, stderr);
      return stdout.trim().split('\n');
    };

    describe('OMERO 4.0', () => {
      const member = ['member', PASSWORD] as const;
      const outsider = ['outsider', PASSWORD] as const;
      const open = { 'ldap.groups': '', 'ldap.attributes': '', 'ldap.values': '' };
      const group = (groups: string) => ({ ...open, 'ldap.groups': groups });
      const attributes = (names: string, values: string) => ({
        ...open,
        'ldap.attributes': names,
        'ldap.values': values,
      });

      it('finds people by cn, one and no other (A1, A13, A14, A15)', async () => {
        const logins = [
          member,
          ['member', ''],
          ['twin', PASSWORD],
          ['member', 'wrong'],
          ['nobody', PASSWORD],
          ['*', PASSWORD],
        ] as const;
        assert.deepEqual(await logIns(4, open, ...logins), [
          'allow default',
          'deny',
          'skip found 2',
          'deny',
          'skip found 0',
          'skip found 0',
        ]);
      });

      it('asks for any of the groups, letter by letter (A2 to A7)', async () => {
        assert.deepEqual(await logIns(4, group('Microscopists'), member, outsider), ['allow default', 'deny']);
        assert.deepEqual(await logIns(4, group('microscopists'), member), ['deny']);
        assert.deepEqual(await logIns(4, group('Other,Microscopists'), member), ['allow default']);
        assert.deepEqual(await logIns(4, group('Other, Microscopists'), member), ['deny']);
        assert.deepEqual(await logIns(4, group(','), outsider), ['allow default']);
      });

      it('asks for all of the attributes (A8 to A11)', async () => {
        const both = attributes('employeeType,title', 'true,true');
        assert.deepEqual(await logIns(4, both, member, outsider), ['allow default', 'deny']);
        assert.match(
          (await logIns(4, attributes('employeeType,title', 'true'), member))[0]!,
          /^skip attributes and values/,
        );
        assert.deepEqual(await logIns(4, attributes('employeeType', '*'), member), ['deny']);
      });

      it('works with the settings of the page', async () => {
        assert.deepEqual(await logIns(4, {}, member, ['Alice Example', ALICE.password]), ['deny', 'allow default']);
      });
    });

    describe('OMERO 5', () => {
      const alice = ['alice', ALICE.password] as const;
      const group = (spec: string) => ({ 'ldap.new_user_group': spec });

      it('works with the settings of the page', async () => {
        const logins = [
          alice,
          ['alice', 'wrong'],
          ['alice', ''],
          ['nobody', 'x'],
          ['Alice', ALICE.password],
          ['al*', 'x'],
        ] as const;
        assert.deepEqual(await logIns(5, {}, ...logins), [
          'allow OmeroUsers as Example alice@bonfire-project.eu',
          'deny',
          'deny',
          'skip found 0',
          'skip spelled alice',
          'skip found 0',
        ]);
        assert.match((await logIns(5, {}, ['bob', BOB.password]))[0]!, /^error No group found for: uid=bob,/);
        assert.match((await logIns(5, { 'security.ignore_case': 'true' }, ['ALICE', ALICE.password]))[0]!, /^allow/);
      });

      it('takes the groups from where each form of new_user_group says', async () => {
        const groups = async (spec: string, login: readonly [string, string] = alice) =>
          (/^allow (.*) as /.exec((await logIns(5, group(spec), login))[0]!)?.[1] ?? '').split(' ');
        assert.deepEqual(await groups('default_group'), ['default_group']);
        assert.deepEqual(await groups(':ou:'), ['People']);
        assert.deepEqual(await groups(':attribute:employeeType'), ['Employee']);
        assert.deepEqual(await groups(':query:(&(member=@{dn})(cn=labs))'), ['labs']);
        for (const spec of [':dn_attribute:memberOf', ':filtered_dn_attribute:memberOf', ':query:(member=@{dn})']) {
          const found = await groups(spec);
          assert.ok(found.includes('labs') && found.includes('OmeroUsers'), `${spec}: ${found.join()}`);
        }
        assert.match(
          (await logIns(5, group(':dn_attribute:memberOf'), ['carol', CAROL.password]))[0]!,
          /^error No group/,
        );
      });

      it('filters people', async () => {
        const employees = { 'ldap.user_filter': '(employeeType=Employee)', 'ldap.new_user_group': 'ldap' };
        const answers = await logIns(5, employees, alice, ['bob', BOB.password]);
        assert.deepEqual(answers, ['allow ldap as Example alice@bonfire-project.eu', 'skip found 0']);
      });
    });
  });
}
