/** sshd with the AuthorizedKeysCommand of docs/integrations/openssh.md: keys of the directory open, and no others (RELIABILITY S43). */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { adapted, fencedBlock } from '../../support/documented.ts';
import { ALICE, BOB, GATEWAY_PASSWORD } from '../../support/interop-tree.ts';
import { type LdapServerUnderTest, SERVERS_UNDER_TEST } from '../../support/ldap-server-under-test.ts';
import { runProgram } from '../../support/run-program.ts';
import { SshMachine } from '../../support/ssh-machine.ts';

const PAGE = 'openssh.md';

for (const kind of SERVERS_UNDER_TEST) {
  describe(`sshd with keys of ${kind.name}`, { timeout: 120_000 }, () => {
    let server: LdapServerUnderTest;
    let ssh: SshMachine;

    before(async () => {
      server = await kind.start();
      const folder = join(server.folder, 'machine');
      mkdirSync(folder);
      const command = adapted(fencedBlock(PAGE, 'sh'), {
        'directory.example.org:6360': `127.0.0.1:${server.tlsPort}`,
        '/etc/ssl/certs/realmgate.pem': server.caFile,
      });
      writeFileSync(join(folder, 'directory-keys'), command, { mode: 0o755 });
      writeFileSync(join(folder, 'gateway.password'), GATEWAY_PASSWORD);
      ssh = await SshMachine.start({
        folder,
        accounts: 'files',
        passwd: [
          'sshkeys:x:61990:65534::/nonexistent:/usr/sbin/nologin',
          ...[ALICE, BOB].map(({ uid, uidNumber }) => `${uid}:*:${uidNumber}:65534::/nonexistent:/bin/sh`),
        ],
        sshd: fencedBlock(PAGE, 'conf'),
        // sshd asks that the command and every folder above it belong to root.
        setUp: `mount -t tmpfs tmpfs /usr/local/sbin
chmod 0755 /usr/local/sbin
install -m 0755 ${folder}/directory-keys /usr/local/sbin/directory-keys
install -m 0400 -o 61990 ${folder}/gateway.password /etc/ssh/gateway.password`,
      });
    });
    after(async () => {
      await ssh?.stop();
      await server?.close();
    });

    const setKeys = async (dn: string, lines: readonly string[]) => {
      const { dn: administrator, password } = server.administrator;
      const values = lines.map((line) => `sshPublicKey:: ${Buffer.from(line).toString('base64')}\n`).join('');
      const { code, stderr } = await runProgram(
        ['ldapmodify', '-x', '-H', `ldap://127.0.0.1:${server.port}`, '-D', administrator, '-w', password],
        { input: `dn: ${dn}\nchangetype: modify\nreplace: sshPublicKey\n${values}` },
      );
      assert.equal(code, 0, stderr);
    };
    const assertIn = async (user: string, key: string, command = 'id -un') => {
      const run = await ssh.byKey(user, key, command);
      assert.equal(run.code, 0, `${run.stderr}\n${ssh.log}`);
      return run.stdout.trim();
    };
    const assertOut = async (user: string, key: string) => {
      const { code, stderr } = await ssh.byKey(user, key, 'id -un');
      assert.equal(code, 255, `${user} got in with ${key}`);
      assert.match(stderr, /Permission denied/);
    };

    it('opens with a key of the directory, until it is taken out', async () => {
      const key = ssh.makeKey('laptop');
      await assertOut('alice', 'laptop');
      await setKeys(ALICE.dn, [key]);
      assert.equal(await assertIn('alice', 'laptop'), 'alice');
      await assertOut('bob', 'laptop');
      await setKeys(ALICE.dn, []);
      await assertOut('alice', 'laptop');
    });

    it('takes any of several keys', async () => {
      const keys = ['desk', 'train'].map((name) => ssh.makeKey(name));
      await setKeys(ALICE.dn, keys);
      for (const name of ['desk', 'train']) assert.equal(await assertIn('alice', name), 'alice');
    });

    it('follows no options and no second line that stand in the directory', async () => {
      const key = ssh.makeKey('optioned');
      await setKeys(BOB.dn, [`command="echo forced" ${key}`]);
      await assertOut('bob', 'optioned');
      await setKeys(BOB.dn, [`${ssh.makeKey('innocent')}\n${key}`]);
      await assertOut('bob', 'optioned');
      await assertOut('bob', 'innocent');
    });

    it('prints nothing for a name that no login name can be', async () => {
      for (const name of ['*', 'alice)(uid=*', '-oX', '../alice', '', 'alice bob', '$(id)']) {
        const { code, stdout } = await ssh.machine.run(['/usr/local/sbin/directory-keys', name]);
        assert.notEqual(code, 0, name);
        assert.equal(stdout, '');
      }
    });
  });
}
