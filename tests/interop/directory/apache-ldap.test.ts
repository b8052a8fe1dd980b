/**
 * Apache's mod_authnz_ldap with the virtual host of the BonFIRE seed: docs/integrations/apache-ldap.md as it stands, the
 * bind as cn=Portal,ou=Hosts, an htpasswd file second (spec: BonFIRE 4.3).
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BONFIRE_SUFFIX, PORTAL_PASSWORD } from '../../support/bonfire-tree.ts';
import { adapted, fencedBlock } from '../../support/documented.ts';
import { freePort } from '../../support/free-port.ts';
import { askGuarded, basic, type GuardedAnswer, guardedApp } from '../../support/guarded-app.ts';
import { ALICE, BOB, CAROL, type TreePerson } from '../../support/interop-tree.ts';
import { type LdapServerUnderTest, SERVERS_UNDER_TEST } from '../../support/ldap-server-under-test.ts';
import { htpasswdLine } from '../../support/realmgate-site.ts';
import { runProgram } from '../../support/run-program.ts';
import { ServerProcess } from '../../support/server-process.ts';

const MODULES = [
  ...['mpm_event', 'authn_core', 'authn_file', 'auth_basic', 'authz_core', 'authz_user', 'ldap', 'authnz_ldap'],
  ...['headers', 'proxy', 'proxy_http'],
];

for (const kind of SERVERS_UNDER_TEST) {
  describe(`Apache's mod_authnz_ldap against ${kind.name}`, { timeout: 120_000 }, () => {
    let server: LdapServerUnderTest;
    let application: ServerProcess;
    let apache: ServerProcess;

    before(async () => {
      server = await kind.start();
      application = await guardedApp();
      const port = await freePort();
      const password = server.write('portal.password', PORTAL_PASSWORD);
      const htpasswd = server.write(
        'htpasswd',
        htpasswdLine('fileuser', 'file-secret') + htpasswdLine('alice', 'file-alice'),
      );
      const virtualHost = adapted(fencedBlock('apache-ldap.md', 'apache'), {
        '127.0.0.1:8000': `127.0.0.1:${port}`,
        '127.0.0.1:8082': `127.0.0.1:${application.port}`,
        'portal.example.org': 'portal.localhost',
        'directory.example.org:6360': `127.0.0.1:${server.tlsPort}`,
        '/etc/ssl/certs/realmgate.pem': server.caFile,
        '/etc/apache2/portal.password': password,
        '/etc/apache2/htpasswd': htpasswd,
      });
      apache = await ServerProcess.start({
        name: 'apache',
        port,
        command: 'apache2',
        arguments: (folder) => ['-D', 'FOREGROUND', '-f', join(folder, 'apache.conf')],
        files: (folder) => ({
          'apache.conf': `${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
ServerRoot ${folder}
PidFile ${folder}/pid
DefaultRuntimeDir ${folder}
Mutex file:${folder}
Listen 127.0.0.1:${port}
ErrorLog ${folder}/error.log
ServerName front.localhost
User nobody
Group nogroup
${virtualHost}`,
        }),
      });
    });

    after(async () => {
      await apache?.stop();
      await application?.stop();
      await server?.close();
    });

    const ask = (path: string, name: string, password: string, more: readonly string[] = []): Promise<GuardedAnswer> =>
      askGuarded(`http://portal.localhost:${apache.port}${path}`, { headers: [...basic(name, password), ...more] });
    const askAs = (path: string, { uid, password }: TreePerson) => ask(path, uid, password);
    const assertIn = ({ status, received, body }: GuardedAnswer, name: string) => {
      assert.equal(status, 200, body);
      assert.deepEqual(received?.get('x-bonfire-asserted-id'), [name]);
    };

    it('lets people of the directory in by their password and asserts their uid', async () => {
      assertIn(await askAs('/idm/', ALICE), 'alice');
      assertIn(await askAs('/idm/', BOB), 'bob');
      assertIn(await ask('/idm/', 'ALICE', ALICE.password), 'alice');
    });

    it('turns everybody else away', async () => {
      for (const [name, password] of [
        ['alice', 'wrong'],
        ['alice', ''],
        ['alice', 'file-alice'],
        ['nobody', ALICE.password],
        ['*', ALICE.password],
        ['alice)(uid=*', ALICE.password],
      ] as const) {
        assert.equal((await ask('/idm/', name, password)).status, 401, name);
      }
    });

    it('asks the file about who is not in the directory, and asserts that name', async () => {
      assertIn(await ask('/idm/', 'fileuser', 'file-secret'), 'fileuser');
    });

    it("drops a client's own assertion", async () => {
      for (const header of ['X-BonFIRE-Asserted-ID', 'x-bonfire-asserted-id', 'X_BonFIRE_Asserted_ID']) {
        const answer = await ask('/idm/', ALICE.uid, ALICE.password, [header, 'root']);
        assertIn(answer, 'alice');
        assert.ok(![...(answer.received?.values() ?? [])].flat().includes('root'));
      }
    });

    it('asks for groups by memberUid, by memberOf, and for an attribute', async () => {
      const statuses = async (path: string) =>
        Promise.all([ALICE, BOB, CAROL].map(async (person) => (await askAs(path, person)).status));
      assert.deepEqual(await statuses('/idm/experiments/'), [200, 200, 401]);
      assert.deepEqual(await statuses('/idm/labs/'), [200, 200, 401]);
      assert.deepEqual(await statuses('/idm/staff/'), [200, 401, 401]);
    });

    it('follows a new password and a new membership once its cache has expired', { timeout: 90_000 }, async () => {
      const { dn, password } = server.administrator;
      const modify = (input: string) =>
        runProgram(['ldapmodify', '-x', '-H', `ldap://127.0.0.1:${server.port}`, '-D', dn, '-w', password], { input });
      const group = `dn: cn=labs,ou=Groups,${BONFIRE_SUFFIX}\nchangetype: modify\nadd: member\nmember: ${CAROL.dn}\n`;
      const secret = `\ndn: ${BOB.dn}\nchangetype: modify\nreplace: userPassword\nuserPassword: another-secret-of-bob\n`;
      const { code, stderr } = await modify(group + secret);
      assert.equal(code, 0, stderr);
      const answers = async () => [
        (await askAs('/idm/labs/', CAROL)).status,
        (await askAs('/idm/', BOB)).status,
        (await ask('/idm/', 'bob', 'another-secret-of-bob')).status,
      ];
      const until = Date.now() + 45_000;
      let found = await answers();
      while (found.join() !== '200,401,200' && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        found = await answers();
      }
      assert.deepEqual(found, [200, 401, 200]);
    });
  });
}
