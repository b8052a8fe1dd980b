/**
 * The LDAP libraries that applications are written with: python-ldap, ldap3, Net::LDAP and the JDK's JNDI, each with the
 * program on its page of docs/integrations as it stands.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PORTAL_PASSWORD } from '../../support/bonfire-tree.ts';
import { adapted, fencedBlock } from '../../support/documented.ts';
import { ALICE, BOB } from '../../support/interop-tree.ts';
import { type LdapServerUnderTest, SERVERS_UNDER_TEST } from '../../support/ldap-server-under-test.ts';
import { type ProgramRun, runProgram } from '../../support/run-program.ts';

/** Debian's own, which has the packages; another may come first in PATH. */
const PYTHON = '/usr/bin/python3';
const HOSTILE = ['*', 'alice)(uid=*', 'alice\\2a', 'alice,ou=People', '\\', '(', ''];
const GROUPS = ['OmeroUsers', 'eco2clouds', 'experimenters', 'labs'];

for (const kind of SERVERS_UNDER_TEST) {
  describe(`libraries against ${kind.name}`, { timeout: 120_000 }, () => {
    let server: LdapServerUnderTest;
    before(async () => {
      server = await kind.start();
    });
    after(() => server?.close());

    const program = (page: string, language: string, file: string, more: Readonly<Record<string, string>> = {}) =>
      server.write(file, adapted(fencedBlock(page, language), { 'portal-secret': PORTAL_PASSWORD, ...more }));
    const plain = () => ({ 'directory.example.org:3890': `127.0.0.1:${server.port}` });
    const overTls = () => ({ 'directory.example.org:6360': `127.0.0.1:${server.tlsPort}` });
    const trusting = () => ({ '/etc/ssl/certs/realmgate.pem': server.caFile });
    const printed = ({ code, stdout, stderr }: ProgramRun) => {
      assert.equal(code, 0, `${stdout}\n${stderr}`);
      return stdout;
    };

    describe('python-ldap', () => {
      let file = '';
      before(() => {
        file = program('python-ldap.md', 'python', 'directory_login.py', { ...plain(), ...trusting() });
      });
      const python = (...args: readonly string[]) => runProgram([PYTHON, ...args], { folder: server.folder });

      it('logs people in with their groups, and pages through everybody', async () => {
        const [login, everybody] = printed(await python(file, ALICE.uid, ALICE.password))
          .trim()
          .split('\n');
        assert.match(login!, /uid=alice,ou=People/);
        assert.match(login!, /b'alice@bonfire-project\.eu'/);
        assert.ok(login!.includes(`[${GROUPS.map((cn) => `'${cn}'`).join(', ')}]`), login);
        assert.equal(everybody, "['alice', 'bob', 'carol']");
      });

      it('lets nobody in by a wrong password or a hostile name', async () => {
        const script = `import directory_login as d
assert d.log_in("alice", "wrong") is None
assert d.log_in("alice", "") is None
for name in ${JSON.stringify(HOSTILE)}:
    assert d.log_in(name, "${ALICE.password}") is None, name`;
        printed(await python('-c', script));
      });

      it('changes a password, after which the old one is refused', async () => {
        const script = `import directory_login as d
d.change_password("${BOB.dn}", "${BOB.password}", "a-second-secret-of-bob")
assert d.log_in("bob", "${BOB.password}") is None
assert d.log_in("bob", "a-second-secret-of-bob") is not None
d.change_password("${BOB.dn}", "a-second-secret-of-bob", "${BOB.password}")`;
        const { code, stderr } = await python('-c', script);
        // A directory may refuse to go back to a password that was in use.
        if (code !== 0) assert.match(stderr, /CONSTRAINT_VIOLATION/);
      });
    });

    describe('ldap3', () => {
      before(() => void program('python-ldap3.md', 'python', 'directory_login3.py', { ...overTls(), ...trusting() }));
      const python = (...args: readonly string[]) => runProgram([PYTHON, ...args], { folder: server.folder });

      it('reads the schema, logs people in with their groups, and pages through everybody', async () => {
        const output = printed(await python('directory_login3.py', ALICE.uid, ALICE.password));
        assert.match(output, /^dn:cn=Portal,ou=Hosts,dc=bonfire-project,dc=eu$/im);
        assert.match(output, /^\['dc=bonfire-project,dc=eu'\] False$/m);
        assert.match(output, /mail: alice@bonfire-project\.eu/);
        assert.ok(output.includes(`[${GROUPS.map((cn) => `'${cn}'`).join(', ')}]`), output);
        assert.match(output, /^\['alice', 'bob', 'carol'\]$/m);
      });

      it('lets nobody in by a wrong password or a hostile name, and lets people change what is theirs', async () => {
        const script = `import directory_login3 as d
assert d.log_in("alice", "wrong") is None
assert d.log_in("alice", "") is None
for name in ${JSON.stringify(HOSTILE)}:
    assert d.log_in(name, "${ALICE.password}") is None, name
assert d.change_phone("${ALICE.dn}", "${ALICE.password}", "+49 711 22")
assert not d.change_phone("${ALICE.dn}", "${ALICE.password}", "")
assert d.change_password("${ALICE.dn}", "${ALICE.password}", "a-third-secret-of-alice")
assert d.log_in("alice", "${ALICE.password}") is None
assert d.log_in("alice", "a-third-secret-of-alice") is not None`;
        printed(await python('-c', script));
      });
    });

    describe('Net::LDAP', () => {
      let file = '';
      before(() => {
        file = program('perl-net-ldap.md', 'perl', 'directory-login.pl', { ...plain(), ...trusting() });
      });
      const perl = (...args: readonly string[]) => runProgram(['perl', file, ...args]);

      it('logs people in with their groups, pages through everybody, and changes a password', async () => {
        const output = printed(await perl('carol', 'carol-secret-1', 'a-second-secret-of-carol'));
        assert.match(output, /^bound as dn:cn=Portal,ou=Hosts,dc=bonfire-project,dc=eu$/im);
        assert.match(output, /^logged in uid=carol,ou=People,dc=bonfire-project,dc=eu carol@bonfire-project\.eu$/m);
        assert.match(output, /^people alice bob carol$/m);
        assert.match(output, /^password changed$/m);
        assert.match((await perl('carol', 'carol-secret-1')).stdout, /^refused: LDAP_INVALID_CREDENTIALS$/m);
        assert.match(printed(await perl('carol', 'a-second-secret-of-carol')), /^logged in/m);
      });

      it('finds nobody by a hostile name', async () => {
        for (const name of HOSTILE) {
          assert.match((await perl(name, 'x')).stdout, /^not found$/m, name);
        }
      });
    });

    describe('JNDI of the JDK', () => {
      let file = '';
      let trustStore = '';
      before(() => {
        file = program('java-jndi.md', 'java', 'DirectoryLogin.java', overTls());
        trustStore = join(server.folder, 'realmgate.p12');
        const keytool = ['-importcert', '-noprompt', '-file', server.caFile, '-keystore', trustStore];
        execFileSync('keytool', [...keytool, '-storepass', 'changeit', '-alias', 'ca'], { stdio: 'pipe' });
        execFileSync('javac', ['-d', server.folder, file], { stdio: 'pipe' });
      });
      const java = (...args: readonly string[]) =>
        runProgram([
          ...['java', '-cp', server.folder, `-Djavax.net.ssl.trustStore=${trustStore}`],
          ...['-Djavax.net.ssl.trustStorePassword=changeit', 'DirectoryLogin', ...args],
        ]);

      it('logs people in with their groups, pages through everybody, and changes an attribute', async () => {
        const output = printed(await java('alice', 'a-third-secret-of-alice'));
        assert.match(output, /^logged in uid=alice,ou=People,dc=bonfire-project,dc=eu alice@bonfire-project\.eu$/m);
        assert.match(output, new RegExp(`^groups ${GROUPS.join(' ')}$`, 'm'));
        assert.match(output, /^people alice bob carol$/m);
        assert.match(output, /^phone \+49 711 7654321$/m);
      });

      it('lets nobody in by a wrong password or a hostile name', async () => {
        assert.match((await java('alice', 'wrong')).stdout, /^refused: .*error code 49/m);
        for (const name of ['*', 'alice)(uid=*', '\\'])
          assert.match((await java(name, 'x')).stdout, /^not found$/m, name);
      });
    });
  });
}
