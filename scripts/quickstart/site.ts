/**
 * The example site of the quickstart: a realm of two login domains, two services, users with fresh passwords.
 *
 * `guests` is an htpasswd file as Apache has it, `campus` a properties file as Geronimo has it. Everything is written
 * anew at each start, so that no password of an earlier one works.
 */
import { createHash, randomInt } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret, systemClock, systemRandom } from '../../src/base/index.ts';
import { createKeyDerivation } from '../../src/password/index.ts';

export interface ExampleUser {
  readonly name: string;
  readonly domain: 'guests' | 'campus';
  readonly password: string;
  readonly groups: readonly string[];
}

export interface ExampleSite {
  readonly configuration: string;
  readonly users: readonly ExampleUser[];
}

export interface ExamplePorts {
  readonly web: number;
  readonly admin: number;
  readonly application: number;
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
    { name: 'alice', domain: 'campus', password: freshPassword(), groups: ['labs'] },
    { name: 'bob', domain: 'guests', password: freshPassword(), groups: [] },
    { name: 'carol', domain: 'campus', password: freshPassword(), groups: ['labs', 'games'] },
  ];
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 });
  write('htpasswd', await htpasswd(users.filter((user) => user.domain === 'guests')));
  const campus = users.filter((user) => user.domain === 'campus');
  write('users.properties', campus.map(({ name, password }) => `${name}=${sha256(password)}\n`).join(''));
  write('groups.properties', groupLines(campus));
  write('realmgate.yaml', configurationText(ports));
  return { configuration: join(folder, 'realmgate.yaml'), users };
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

function groupLines(users: readonly ExampleUser[]): string {
  const groups = new Set(users.flatMap((user) => user.groups));
  return [...groups]
    .map((group) => `${group}=${users.flatMap((user) => (user.groups.includes(group) ? [user.name] : [])).join(',')}\n`)
    .join('');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function configurationText({ web, admin, application }: ExamplePorts): string {
  return `# The example site of ./quickstart. Change it while it runs: a good file is taken over within seconds,
# a bad one is refused with its line, and the old one goes on. Reference: docs/operations/configuration.md
data: ./data
listen:
  web:   { address: "127.0.0.1:${web}", publicUrl: "http://login.localhost:${web}" }
  admin: { address: "127.0.0.1:${admin}" }
realms:
  example:
    modules:                       # asked in this order
      - { use: lockout, flag: requisite, failures: 5, within: 5m, lock: 1m }
      - { use: properties, flag: sufficient, domain: campus, usersFile: users.properties, groupsFile: groups.properties, digest: sha-256 }
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
    authorizedGroups: [ 'campus\\labs' ]
    unauthorizedGroups: [ games ]
    assert: { preset: bonfire }
    upstream: "http://127.0.0.1:${application}"
`;
}
