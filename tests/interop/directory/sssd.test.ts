/** A machine with SSSD: accounts, groups, SSH keys and logins through PAM, with docs/integrations/sssd.md as it stands. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { adapted, fencedBlock } from '../../support/documented.ts';
import { ALICE, BOB, CAROL, GATEWAY_PASSWORD } from '../../support/interop-tree.ts';
import { type LdapServerUnderTest, SERVERS_UNDER_TEST } from '../../support/ldap-server-under-test.ts';
import { runProgram } from '../../support/run-program.ts';
import { SshMachine } from '../../support/ssh-machine.ts';

const PAGE = 'sssd.md';

for (const kind of SERVERS_UNDER_TEST) {
  describe(`a machine with SSSD on ${kind.name}`, { timeout: 180_000 }, () => {
    let server: LdapServerUnderTest;
    let ssh: SshMachine;

    before(async () => {
      server = await kind.start();
      const folder = join(server.folder, 'machine');
      mkdirSync(folder);
      const conf = adapted(fencedBlock(PAGE, 'ini'), {
        'directory.example.org:6360': `127.0.0.1:${server.tlsPort}`,
        '/etc/ssl/certs/realmgate.pem': server.caFile,
        'gateway-secret': GATEWAY_PASSWORD,
      });
      writeFileSync(join(folder, 'sssd.conf'), conf, { mode: 0o600 });
      ssh = await SshMachine.start({
        folder,
        accounts: 'files sss',
        sshd: fencedBlock(PAGE, 'conf'),
        setUp: `mount -t tmpfs tmpfs /etc/sssd
install -m 0600 ${folder}/sssd.conf /etc/sssd/sssd.conf
mount -t tmpfs tmpfs /var/log/sssd
mount -t tmpfs tmpfs /var/lib/sss
cd /var/lib/sss
mkdir -p db mc pipes/private pubconf/krb5.include.d gpo_cache deskprofile secrets keytabs
chmod 0755 . pipes pubconf mc
chmod 0700 db pipes/private secrets keytabs`,
      });
      await serveAccounts();
    });
    after(async () => {
      await ssh?.stop();
      await server?.close();
    });

    /** (Re)starts SSSD with nothing remembered, and waits until it answers. */
    const serveAccounts = async () => {
      const running = await ssh.machine.run(['sh', '-c', 'cat /run/sssd.pid 2>/dev/null || true']);
      if (running.stdout.trim() !== '') await ssh.machine.run(['kill', running.stdout.trim()]);
      for (let tries = 0; tries < 50; tries += 1) {
        const gone = await ssh.machine.run(['sh', '-c', '! test -e /run/sssd.pid']);
        if (gone.code === 0) break;
        await wait(100);
      }
      await ssh.machine.run(['sh', '-c', 'rm -f /var/lib/sss/db/* /var/lib/sss/mc/*']);
      ssh.machine.start('/usr/sbin/sssd -i --logger=files', join(server.folder, 'sssd.log'));
      for (let tries = 0; tries < 100; tries += 1) {
        if ((await ssh.machine.run(['getent', 'passwd', 'alice'])).code === 0) return;
        await wait(200);
      }
      const logs = await ssh.machine.run(['sh', '-c', 'tail -n 30 /var/log/sssd/*']);
      assert.fail(`SSSD does not know alice: ${logs.stdout}`);
    };
    const modify = async (input: string) => {
      const { dn, password } = server.administrator;
      const uri = `ldap://127.0.0.1:${server.port}`;
      const { code, stderr } = await runProgram(['ldapmodify', '-x', '-H', uri, '-D', dn, '-w', password], { input });
      assert.equal(code, 0, stderr);
    };

    it('knows people and their groups', async () => {
      const passwd = await ssh.machine.run(['getent', 'passwd', 'alice']);
      assert.equal(passwd.stdout.trim(), 'alice:*:20001:30000:Alice Example:/srv/people/alice:/bin/sh');
      const byNumber = await ssh.machine.run(['getent', 'passwd', String(BOB.uidNumber)]);
      assert.match(byNumber.stdout, /^bob:/);
      const groups = async (uid: string) => (await ssh.machine.run(['id', '-Gn', uid])).stdout.trim().split(' ').sort();
      assert.deepEqual(await groups('alice'), ['eco2clouds', 'experimenters', 'people']);
      assert.deepEqual(await groups('bob'), ['experimenters', 'people']);
      assert.deepEqual(await groups('carol'), ['people']);
      const members = await ssh.machine.run(['getent', 'group', 'experimenters']);
      assert.equal(members.stdout.trim(), 'experimenters:*:30001:alice,bob');
      assert.notEqual((await ssh.machine.run(['getent', 'passwd', 'nobody-of-these'])).code, 0);
    });

    it('lets people of the group log in by their password through PAM, and nobody else', async () => {
      const login = await ssh.byPassword('alice', ALICE.password, 'id -un');
      assert.equal(login.stdout.trim(), 'alice', `${login.stderr}\n${ssh.log}`);
      assert.equal((await ssh.byPassword('bob', BOB.password, 'id -un')).stdout.trim(), 'bob');
      assert.notEqual((await ssh.byPassword('alice', 'wrong', 'true')).code, 0);
      assert.notEqual((await ssh.byPassword('alice', '', 'true')).code, 0);
      assert.notEqual((await ssh.byPassword('alice', BOB.password, 'true')).code, 0);
      const carol = await ssh.byPassword('carol', CAROL.password, 'true');
      assert.notEqual(carol.code, 0, 'her password is right, but the filter asks for labs');
    });

    it('serves SSH keys, and sshd takes them', async () => {
      const key = ssh.makeKey('laptop');
      await modify(`dn: ${ALICE.dn}\nchangetype: modify\nadd: sshPublicKey\nsshPublicKey: ${key}\n`);
      await serveAccounts();
      const keys = await ssh.machine.run(['sss_ssh_authorizedkeys', 'alice']);
      assert.ok(keys.stdout.includes(key.split(' ')[1]!), keys.stdout + keys.stderr);
      const login = await ssh.byKey('alice', 'laptop', 'id -un');
      assert.equal(login.stdout.trim(), 'alice', `${login.stderr}\n${ssh.log}`);
      assert.notEqual((await ssh.byKey('bob', 'laptop', 'true')).code, 0);
    });

    it('follows a changed password at once', async () => {
      await modify(`dn: ${BOB.dn}\nchangetype: modify\nreplace: userPassword\nuserPassword: another-secret-of-bob\n`);
      assert.notEqual((await ssh.byPassword('bob', BOB.password, 'true')).code, 0);
      const login = await ssh.byPassword('bob', 'another-secret-of-bob', 'id -un');
      assert.equal(login.stdout.trim(), 'bob', login.stderr);
    });
  });
}
