/** ldapsearch, ldapmodify, ldappasswd, ldapwhoami and their siblings, with the lines of docs/integrations/openldap-tools.md. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BONFIRE_SUFFIX, PORTAL_PASSWORD } from '../../support/bonfire-tree.ts';
import { adapted, fencedBlock } from '../../support/documented.ts';
import { ALICE } from '../../support/interop-tree.ts';
import { type LdapServerUnderTest, SERVERS_UNDER_TEST } from '../../support/ldap-server-under-test.ts';
import { type ProgramRun, runProgram } from '../../support/run-program.ts';

const PAGE = 'openldap-tools.md';

for (const kind of SERVERS_UNDER_TEST) {
  describe(`the tools of OpenLDAP against ${kind.name}`, { timeout: 120_000 }, () => {
    let server: LdapServerUnderTest;
    let key = '';

    before(async () => {
      server = await kind.start();
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'alice', '-f', join(server.folder, 'alice')]);
      key = readFileSync(join(server.folder, 'alice.pub'), 'utf8').trim();
      server.write('alice.password', ALICE.password, 0o600);
      server.write('alice.new-password', 'a-new-secret-of-alice', 0o600);
      server.write('portal.password', PORTAL_PASSWORD, 0o600);
      server.write('dora.password', 'a-first-secret-of-dora', 0o600);
      server.write('administrator.password', server.administrator.password, 0o600);
    });
    after(() => server?.close());

    const shell = (script: string): Promise<ProgramRun> => {
      const setting = adapted(fencedBlock(PAGE, 'sh', 0), {
        'directory.example.org:3890': `127.0.0.1:${server.port}`,
        '/etc/ssl/certs/realmgate.pem': server.caFile,
      });
      const administrator = `administrator='${server.administrator.dn}'\n`;
      return runProgram(['sh', '-eu'], { input: setting + administrator + script, folder: server.folder });
    };
    const line = (block: number, start: string, nth = 0) => {
      const found = fencedBlock(PAGE, 'sh', block)
        .split('\n')
        .filter((text) => text.startsWith(start));
      return found[nth] ?? assert.fail(`${PAGE} has no line ${nth} of ${start}`);
    };
    const prints = async (script: string, ...expected: readonly RegExp[]) => {
      const { code, stdout, stderr } = await shell(script);
      assert.equal(code, 0, stderr);
      for (const each of expected) assert.match(stdout, each);
      return stdout;
    };

    it('says who one is', async () => {
      await prints(line(1, 'ldapwhoami'), new RegExp(`^dn:${ALICE.dn}$`, 'm'));
    });

    it('shows a person their own entry, without the password', async () => {
      const own = await prints(line(1, 'ldapsearch', 0), /^uid: alice$/m, /^sn: Example$/m, /^mail: alice@/m);
      assert.doesNotMatch(own, /userPassword/i);
    });

    it('finds people and groups for a service', async () => {
      const found = await prints(line(1, 'ldapsearch', 1), /^cn: Alice Example$/m, /^uidNumber: 20001$/m);
      assert.doesNotMatch(found, /^sn:/m, 'only what was asked for');
      const names = (printed: string) => [...printed.matchAll(/^cn: (.*)$/gm)].map(([, cn]) => cn).sort();
      // slapd knows a group by the class that it was made with, Realmgate every group by both.
      const byUid = names(await prints(line(1, 'ldapsearch', 2)));
      assert.ok(
        ['eco2clouds', 'experimenters'].every((cn) => byUid.includes(cn)),
        byUid.join(),
      );
      const byDn = names(await prints(line(1, 'ldapsearch', 3)));
      assert.ok(
        ['OmeroUsers', 'labs'].every((cn) => byDn.includes(cn)),
        byDn.join(),
      );
      await prints(
        line(1, 'ldapsearch', 4),
        new RegExp(`^memberOf: cn=labs,ou=Groups,${BONFIRE_SUFFIX}$`, 'm'),
        /^entryUUID: [0-9a-f-]{36}$/m,
      );
    });

    it('pages through people', async () => {
      const pages = await prints(line(1, 'ldapsearch', 5));
      assert.deepEqual([...pages.matchAll(/^uid: (.*)$/gm)].map(([, uid]) => uid).sort(), ['alice', 'bob', 'carol']);
    });

    it('compares', async () => {
      const { code, stdout } = await shell(line(1, 'ldapcompare'));
      assert.equal(code, 6, 'compareTrue');
      assert.match(stdout, /TRUE/);
      const other = adapted(line(1, 'ldapcompare'), { 'mail:alice@': 'mail:bob@' });
      assert.equal((await shell(other)).code, 5, 'compareFalse');
    });

    it('tells nobody anything without a bind or with a wrong password', async () => {
      const anonymous = await shell(`ldapsearch -x -ZZ -LLL -b "$suffix" '(uid=alice)'`);
      assert.doesNotMatch(anonymous.stdout, /alice/);
      const wrong = await shell(`ldapwhoami -x -ZZ -D "$alice" -w wrong`);
      assert.equal(wrong.code, 49);
      assert.match(wrong.stderr, /Invalid credentials \(49\)/);
      const empty = await shell(`ldapwhoami -x -ZZ -D "$alice" -w ''`);
      assert.notEqual(empty.code, 0);
    });

    it('describes itself to whoever asks', async () => {
      const root = await prints(
        `ldapsearch -x -ZZ -LLL -b '' -s base '*' '+'`,
        /^namingContexts: dc=bonfire-project,dc=eu$/m,
      );
      for (const oid of ['1.3.6.1.4.1.4203.1.11.1', '1.3.6.1.4.1.4203.1.11.3']) {
        assert.match(root, new RegExp(`^supportedExtension: ${oid.replaceAll('.', '\\.')}$`, 'm'));
      }
      const inClear = "ldapsearch -x -LLL -b '' -s base supportedExtension";
      await prints(inClear, /^supportedExtension: 1\.3\.6\.1\.4\.1\.1466\.20037$/m);
      assert.match(root, /^supportedControl: 1\.2\.840\.113556\.1\.4\.319$/m);
      const schema = `ldapsearch -x -ZZ -LLL -o ldif-wrap=no -D "$portal" -y portal.password -s base -b cn=Subschema '(objectClass=subschema)' attributeTypes objectClasses`;
      await prints(schema, /NAME 'sshPublicKey'/, /NAME 'posixAccount'/);
    });

    it('lets a person change what is theirs, the password too', async () => {
      await prints(fencedBlock(PAGE, 'sh', 2));
      const own = adapted(line(1, 'ldapsearch', 0), {
        'alice.password': 'alice.new-password',
        '-LLL': '-LLL -o ldif-wrap=no',
      });
      await prints(
        own,
        new RegExp(`^sshPublicKey: ${key.replaceAll('+', '\\+')}$`, 'm'),
        /^telephoneNumber: \+49 711 1234567$/m,
      );
      assert.equal((await shell(line(1, 'ldapwhoami'))).code, 49, 'the old password opens nothing');
      const others = await shell(`ldapmodify -x -ZZ -D "$alice" -y alice.new-password <<END
dn: uid=bob,ou=People,$suffix
changetype: modify
replace: telephoneNumber
telephoneNumber: +49 711 0
END`);
      assert.ok([50, 32].includes(others.code), others.stderr);
    });

    it('adds, fills groups, renames and deletes for an administrator', async () => {
      const [add = '', ...rest] = fencedBlock(PAGE, 'sh', 3).split(/^(?=ldap)/m);
      await prints(add);
      const [setPassword = '', join_ = '', rename = '', remove = ''] = rest;
      await prints(setPassword);
      await prints(`ldapwhoami -x -ZZ -D "uid=dora,ou=People,$suffix" -y dora.password`, /dora/);
      await prints(join_);
      const members = `ldapsearch -x -ZZ -LLL -D "$portal" -y portal.password -b "cn=experimenters,ou=Groups,$suffix" -s base memberUid`;
      await prints(members, /^memberUid: dora$/m);
      await prints(rename);
      await prints(`ldapwhoami -x -ZZ -D "uid=dorothea,ou=People,$suffix" -y dora.password`, /dorothea/);
      await prints(remove);
      const gone = await shell(
        `ldapsearch -x -ZZ -LLL -D "$portal" -y portal.password -b "uid=dorothea,ou=People,$suffix" -s base`,
      );
      assert.equal(gone.code, 32);
    });

    it('says what is wrong with an entry', async () => {
      const { code, stderr } = await shell(`ldapadd -x -ZZ -D "$administrator" -y administrator.password <<END
dn: uid=erna,ou=People,$suffix
objectClass: inetOrgPerson
uid: erna
cn: Erna Example
END`);
      assert.equal(code, 65, stderr);
      assert.match(stderr, /\bsn\b/);
    });

    it('serves ldaps:// as well', async () => {
      const { code, stdout, stderr } = await runProgram(
        [
          'ldapwhoami',
          '-x',
          '-H',
          `ldaps://127.0.0.1:${server.tlsPort}`,
          '-D',
          ALICE.dn,
          '-w',
          'a-new-secret-of-alice',
        ],
        { environment: { LDAPTLS_CACERT: server.caFile } },
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /alice/);
      const untrusted = await runProgram(
        [
          'ldapwhoami',
          '-x',
          '-H',
          `ldaps://127.0.0.1:${server.tlsPort}`,
          '-D',
          ALICE.dn,
          '-w',
          'a-new-secret-of-alice',
        ],
        { environment: { LDAPTLS_CACERT: '/dev/null' } },
      );
      assert.notEqual(untrusted.code, 0, 'a client that does not know the authority refuses');
    });
  });
}
