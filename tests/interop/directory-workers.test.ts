/**
 * Several worker processes that serve the directory on one LDAP port: what was answered at one of them is seen at all,
 * whatever is killed or replaced.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Attribute, Change, Client, InvalidCredentialsError } from 'ldapts';
import { freePort } from '../support/free-port.ts';
import { isAlive, WorkerSite } from '../support/worker-site.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const WORKERS = 3;
const CONNECTIONS = 24;
const SUFFIX = 'dc=example,dc=org';
const ADMIN = `uid=admin,ou=People,${SUFFIX}`;
const PASSWORD = 'correct-horse-battery';
const PEOPLE = 20;

const person = (name: string) => `dn: uid=${name},ou=People,${SUFFIX}
objectClass: inetOrgPerson
uid: ${name}
cn: ${name}
sn: ${name}
`;

const TREE = [
  `dn: ${SUFFIX}\nobjectClass: organization\nobjectClass: dcObject\ndc: example\no: Example\n`,
  ...['People', 'Groups', 'Hosts'].map(
    (name) => `dn: ou=${name},${SUFFIX}\nobjectClass: organizationalUnit\nou: ${name}\n`,
  ),
  // The same identity in every import, so that who is bound stays who they are.
  `${person('admin')}userPassword: ${PASSWORD}\nentryUUID: 0e4a6f3c-5c1d-4a6e-9d0b-3a1f2c4b5d6e\n`,
  `dn: cn=administrators,ou=Groups,${SUFFIX}\nobjectClass: groupOfMembers\ncn: administrators\nmember: ${ADMIN}\n`,
].join('\n');

const configuration = (ldap: number) => `data: ./data
workers: ${WORKERS}
listen:
  web: { address: "127.0.0.1:PORT", publicUrl: "http://login.localhost:PORT" }
  ldap: { address: "127.0.0.1:${ldap}" }
directory: { suffix: "${SUFFIX}" }
realms:
  staff:
    modules:
      - { use: lockout, flag: requisite, failures: 4, within: 5m, lock: 5m }
      - { use: directory, flag: sufficient, domain: local }
services: {}
`;

describe('workers that serve the directory', { timeout: 180_000 }, () => {
  let site: WorkerSite;
  let url: string;
  const clients: Client[] = [];

  before(async () => {
    const ldap = await freePort();
    url = `ldap://127.0.0.1:${ldap}`;
    site = await WorkerSite.start({ configuration: configuration(ldap), files: { 'tree.ldif': TREE } });
    assert.match(realmgate('ldif', 'import', join(site.folder, 'tree.ldif'), '--replace'), /^took 6 entries/m);
    for (let count = 0; count < CONNECTIONS; count += 1) clients.push(await bound());
  });
  after(async () => {
    for (const client of clients) await client.unbind().catch(() => {});
    await site?.remove();
  });

  /** The command line of an operator on the same machine. */
  const realmgate = (...args: readonly string[]): string =>
    execFileSync(process.execPath, [MAIN, '--config', join(site.folder, 'realmgate.yaml'), ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    });

  async function bound(password = PASSWORD): Promise<Client> {
    const client = new Client({ url, timeout: 20_000 });
    try {
      await client.bind(ADMIN, password);
      return client;
    } catch (error) {
      await client.unbind();
      throw error;
    }
  }

  const find = async (client: Client, name: string): Promise<number> => {
    const { searchEntries } = await client.search(`ou=People,${SUFFIX}`, { filter: `(uid=${name})`, scope: 'one' });
    return searchEntries.length;
  };

  it('see at once what was written at any of them', async () => {
    for (let index = 0; index < PEOPLE; index += 1) {
      const writer = clients[index % CONNECTIONS]!;
      const name = `person${index}`;
      await writer.add(`uid=${name},ou=People,${SUFFIX}`, {
        objectClass: ['inetOrgPerson'],
        cn: name,
        sn: name,
      });
      const seen = await Promise.all(clients.map((client) => find(client, name)));
      assert.deepEqual(new Set(seen), new Set([1]), name);
    }
  });

  it('lose none of many changes of one entry', async () => {
    const results = await Promise.all(
      clients.map((client, index) =>
        client.modify(
          `uid=person0,ou=People,${SUFFIX}`,
          new Change({
            operation: 'add',
            modification: new Attribute({ type: 'description', values: [`change ${index}`] }),
          }),
        ),
      ),
    );
    assert.equal(results.length, CONNECTIONS);
    const { searchEntries } = await clients[0]!.search(`uid=person0,ou=People,${SUFFIX}`, { scope: 'base' });
    assert.equal(searchEntries[0]?.['description']?.length, CONNECTIONS);
  });

  it('count guesses together', async () => {
    const guess = async () => {
      try {
        await (await bound('wrong')).unbind();
        return 'bound';
      } catch (error) {
        return error instanceof InvalidCredentialsError ? 'refused' : String(error);
      }
    };
    const guesses = await Promise.all(Array.from({ length: 8 }, guess));
    assert.deepEqual(new Set(guesses), new Set(['refused']));
    await assert.rejects(bound(), InvalidCredentialsError, 'locked at every worker');
  });

  it('serve what an import put in the place of all', async () => {
    const other = join(site.folder, 'other.ldif');
    writeFileSync(other, `${TREE}\n${person('newcomer')}`);
    assert.match(realmgate('ldif', 'import', other, '--replace'), /^took 7 entries/m);
    await wait(1_000);
    assert.deepEqual(new Set(await Promise.all(clients.map((client) => find(client, 'newcomer')))), new Set([1]));
    assert.deepEqual(new Set(await Promise.all(clients.map((client) => find(client, 'person3')))), new Set([0]));
  });

  it('come back after one was killed, with what was written meanwhile', async () => {
    const [victim] = site.workers().values();
    process.kill(victim!, 'SIGKILL');
    const written = await Promise.any(
      clients.map(async (client) => {
        await client.add(`uid=late,ou=People,${SUFFIX}`, { objectClass: ['inetOrgPerson'], cn: 'late', sn: 'late' });
        return client;
      }),
    );
    assert.equal(await find(written, 'late'), 1);
    assert.equal(isAlive(victim!), false);
    await site.until(() => site.workers().size === WORKERS && ![...site.workers().values()].includes(victim!));
    const others = await Promise.allSettled(clients.map((client) => find(client, 'late')));
    const answers = others.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    assert.ok(answers.length >= CONNECTIONS / 2, 'only the connections of the killed worker are lost');
    assert.deepEqual(new Set(answers), new Set([1]));
  });
});

describe('an LDAP port that another process has', () => {
  it('is not shared with it, and the message says which port', async () => {
    const stranger = createServer().listen({ port: 0, host: '127.0.0.1', reusePort: true });
    await once(stranger, 'listening');
    try {
      const { port } = stranger.address() as AddressInfo;
      const refused = WorkerSite.start({ configuration: configuration(port), files: {} });
      await assert.rejects(refused, new RegExp(`127\\.0\\.0\\.1:${port}.*EADDRINUSE`));
      await assert.rejects(refused, /LDAP_LISTEN/);
    } finally {
      stranger.close();
    }
  });
});
