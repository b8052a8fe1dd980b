/** PostgreSQL with `ldap` in pg_hba.conf, search and bind: the lines of docs/integrations/postgresql.md as they stand. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { adapted, fencedBlock } from '../../support/documented.ts';
import { ALICE, BOB, CAROL, GATEWAY_PASSWORD, type TreePerson } from '../../support/interop-tree.ts';
import { type LdapServerUnderTest, SERVERS_UNDER_TEST } from '../../support/ldap-server-under-test.ts';
import { makeCertificate } from '../../support/openssl-certificates.ts';
import { Postgres } from '../../support/postgres.ts';
import { runProgram } from '../../support/run-program.ts';

const PAGE = 'postgresql.md';

for (const kind of SERVERS_UNDER_TEST) {
  describe(`PostgreSQL against ${kind.name}`, { timeout: 120_000 }, () => {
    let server: LdapServerUnderTest;
    let postgres: Postgres;

    before(async () => {
      server = await kind.start();
      const ldapConf = adapted(fencedBlock(PAGE, 'conf'), { '/etc/ssl/certs/realmgate.pem': server.caFile });
      process.env['LDAPCONF'] = server.write('ldap.conf', ldapConf);
      postgres = await Postgres.start();
      postgres.useCertificate(makeCertificate(server.folder, { name: 'postgres', commonName: 'postgres' }));
      for (const { uid } of [ALICE, BOB, CAROL]) postgres.sql(`CREATE ROLE ${uid} LOGIN`);
    });
    after(async () => {
      delete process.env['LDAPCONF'];
      await postgres?.close();
      await server?.close();
    });

    /** Puts the line before one for the superuser, whom `sql` logs in. */
    const useLine = async (nth: number) => {
      const line = adapted(fencedBlock(PAGE, 'ini', nth), {
        'all all samenet': 'all alice,bob,carol,nobody 127.0.0.1/32',
        'directory.example.org': '127.0.0.1',
        'ldapport=6360': `ldapport=${server.tlsPort}`,
        'gateway-secret': GATEWAY_PASSWORD,
      });
      const lines = [...line.trim().split('\n'), 'host all postgres 127.0.0.1/32 scram-sha-256'];
      const values = lines.map((text) => `($line$${text}$line$)`).join(',');
      postgres.sql(
        `SELECT format('COPY (VALUES ${values.replaceAll("'", "''")}) TO %L', current_setting('hba_file')) \\gexec`,
      );
      postgres.sql('SELECT pg_reload_conf()');
      await wait(300);
      assert.equal(postgres.sql('SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL'), '0');
    };
    const logIn = (name: string, password: string) =>
      runProgram(
        [
          'psql',
          '-X',
          '-A',
          '-t',
          '-c',
          'SELECT current_user',
          `host=127.0.0.1 port=${postgres.port} user=${name} dbname=postgres sslmode=require`,
        ],
        {
          environment: { PGPASSWORD: password },
        },
      );
    const assertIn = async ({ uid, password }: TreePerson) => {
      const { code, stdout, stderr } = await logIn(uid, password);
      assert.equal(code, 0, stderr);
      assert.equal(stdout.trim(), uid);
    };
    const assertOut = async (name: string, password: string) => {
      const { code, stderr } = await logIn(name, password);
      assert.equal(code, 2, `${name} got in`);
      assert.match(stderr, /LDAP authentication failed|no password supplied|empty password/i);
    };

    it('lets in who knows the password of the directory', async () => {
      await useLine(0);
      for (const person of [ALICE, BOB, CAROL]) await assertIn(person);
    });

    it('turns wrong and empty passwords and unknown people away', async () => {
      await useLine(0);
      await assertOut('alice', 'wrong');
      await assertOut('alice', '');
      await assertOut('alice', BOB.password);
      await assertOut('nobody', ALICE.password);
    });

    it('lets in the members of a group alone', async () => {
      await useLine(1);
      await assertIn(ALICE);
      await assertIn(BOB);
      await assertOut('carol', CAROL.password);
    });
  });
}
