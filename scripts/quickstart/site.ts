/**
 * The example site of the quickstart: a directory with people, groups and a service account, an htpasswd file as a second
 * login domain, two services behind the gate, fresh passwords.
 *
 * `local` is the server's own directory in the tree of a research site (ou=People, ou=Groups, ou=Hosts), `guests` an htpasswd
 * file as Apache has it. Everything is written anew at each start, so that no password of an earlier one works.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret, systemClock, systemRandom } from '../../src/base/index.ts';
import { createKeyDerivation } from '../../src/password/index.ts';
import { exampleTree } from './tree.ts';

export const SUFFIX = 'dc=bonfire-project,dc=eu';

export interface ExampleUser {
  readonly name: string;
  readonly commonName: string;
  readonly domain: 'local' | 'guests';
  readonly password: string;
  readonly groups: readonly string[];
}

/** A service that binds to the directory. */
export interface ExampleHost {
  readonly name: string;
  readonly password: string;
}

export interface ExampleSite {
  readonly configuration: string;
  /** What the directory begins with. */
  readonly tree: string;
  readonly users: readonly ExampleUser[];
  readonly portal: ExampleHost;
}

export interface ExamplePorts {
  readonly web: number;
  readonly admin: number;
  readonly application: number;
  readonly ldap: number;
  readonly ldaps: number;
}

/** Without letters that look alike, so that a person can type what is printed. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

function freshPassword(): string {
  return Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]!).join('');
}

/** Writes the site into `folder` (emptied first) and returns what to try. */
export async function writeExampleSite(folder: string, ports: ExamplePorts): Promise<ExampleSite> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const users: readonly ExampleUser[] = [
    person('admin', 'Admin Istrator', ['administrators']),
    person('alice', 'Alice Ayre', ['labs']),
    person('carol', 'Carol Cho', ['labs', 'games']),
    { ...person('bob', 'Bob Beek', []), domain: 'guests' },
  ];
  const portal = { name: 'Portal', password: freshPassword() };
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  write('htpasswd', await htpasswd(users.filter((user) => user.domain === 'guests')));
  const people = users.filter((user) => user.domain === 'local');
  const tree = write('tree.ldif', exampleTree(SUFFIX, people, portal));
  return { configuration: write('realmgate.yaml', configurationText(ports)), tree, users, portal };
}

function person(name: string, commonName: string, groups: readonly string[]): ExampleUser {
  return { name, commonName, domain: 'local', password: freshPassword(), groups };
}

async function htpasswd(users: readonly ExampleUser[]): Promise<string> {
  const keys = createKeyDerivation({ clock: systemClock, random: systemRandom });
  try {
    const lines = await Promise.all(
      users.map(async ({ name, password }) => `${name}:${await keys.hash(new Secret(password))}\n`),
    );
    return lines.join('');
  } finally {
    await keys.close();
  }
}

function configurationText({ web, admin, application, ldap, ldaps }: ExamplePorts): string {
  return `# The example site of ./quickstart. Change it while it runs: a good file is taken over within seconds,
# a bad one is refused with its line, and the old one goes on. Reference: docs/operations/configuration.md
data: ./data
listen:
  ldap:  { address: "127.0.0.1:${ldap}" }
  ldaps: { address: "127.0.0.1:${ldaps}" }
  web:   { address: "127.0.0.1:${web}", publicUrl: "http://login.localhost:${web}" }
  admin: { address: "127.0.0.1:${admin}" }
directory: { suffix: "${SUFFIX}" }
realms:
  example:
    modules:                       # asked in this order
      - { use: lockout, flag: requisite, failures: 5, within: 5m, lock: 1m }
      - { use: directory, flag: sufficient, domain: local }
      - { use: htpasswd, flag: sufficient, domain: guests, file: htpasswd }
    sessions: { idle: 30m, maximum: 12h }
services:
  app:                             # everybody who can log in, but nobody of the group games
    match: { host: app.localhost }
    realm: example
    unauthorizedGroups: [ games ]
    assert: { preset: bonfire }
    upstream: "http://127.0.0.1:${application}"
  lab:                             # only the lab, with the same login
    match: { host: lab.localhost }
    realm: example
    authorizedGroups: [ 'local\\labs' ]
    unauthorizedGroups: [ games ]
    assert: { preset: bonfire }
    upstream: "http://127.0.0.1:${application}"
`;
}
