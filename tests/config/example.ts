/** A schema and a file of the shape that the composition root makes, for the tests of this room. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import {
  address,
  byteSize,
  cidr,
  duration,
  type LoadResult,
  loadConfiguration,
  mapOf,
  type Problem,
  path,
  secretShape,
} from '../../src/config/index.ts';

const flag = z.enum(['required', 'requisite', 'sufficient', 'optional']);
const modules = z.discriminatedUnion('use', [
  z.strictObject({ use: z.literal('lockout'), flag, failures: z.int().min(1), within: duration(), lock: duration() }),
  z.strictObject({
    use: z.literal('ldap'),
    flag,
    domain: z.string(),
    fallThrough: z.enum(['always', 'unknown-user']).default('always'),
    urls: z.array(z.string()).min(1),
    bindDn: z.string().optional(),
    ...secretShape('bindPassword', 'password of bindDn'),
    userFilter: z.string().optional(),
  }),
  z.strictObject({ use: z.literal('htpasswd'), flag, domain: z.string(), file: path() }),
]);
const names = z.array(z.string()).default([]);

export const exampleSchema = z.strictObject({
  data: path().prefault('./var').describe('folder of the store, keys and audit trail'),
  store: z.union([z.literal('sqlite'), z.string().regex(/^postgres:\/\//)]).default('sqlite'),
  workers: z.int().min(1).max(64).default(1),
  uploads: byteSize().optional(),
  listen: z
    .strictObject({
      ldap: z.strictObject({ address: address() }).optional(),
      web: z.strictObject({ address: address(), publicUrl: z.string(), compress: z.boolean().optional() }).optional(),
    })
    .optional(),
  trustedProxies: z.array(cidr()).default([]),
  domains: mapOf(z.strictObject({ dns: z.string() })).prefault({}),
  realms: mapOf(
    z.strictObject({
      modules: z.array(modules).min(1),
      sessions: z.strictObject({ idle: duration().prefault('30m'), hours: z.string().optional() }).optional(),
    }),
  ).prefault({}),
  services: mapOf(
    z.strictObject({
      realm: z.string(),
      match: z.strictObject({ host: z.string(), path: z.string().default('/') }).optional(),
      authorizedGroups: names,
      unauthorizedGroups: names,
    }),
  ).prefault({}),
});

export type Example = z.output<typeof exampleSchema>;

export const EXAMPLE = `# Realmgate at the example site
data: ./var                       # keys, store and audit trail
store: sqlite
workers: 2
listen:
  ldap: { address: "127.0.0.1:3890" }
  web:  { address: "127.0.0.1:8080", publicUrl: "http://127.0.0.1:8080" }
trustedProxies: [ "127.0.0.1/32" ]

domains:
  SCX: { dns: scx.example.org }   # SCX\\adm = adm@scx.example.org
realms:
  staff:
    modules:                      # order is the policy
      - { use: lockout, flag: requisite, failures: 5, within: 5m, lock: 30m }
      - use: ldap
        flag: sufficient
        domain: campus
        urls: [ "ldaps://ldap1.campus.example", "ldaps://ldap2.campus.example" ]
        userFilter: "(&(objectClass=inetOrgPerson)(uid={name}))"
      - { use: htpasswd, flag: sufficient, domain: guests, file: htpasswd }
    sessions: { idle: 30m, hours: "Mon-Fri 09:00-17:00 Europe/Brussels" }
services:
  portal:
    realm: staff
    match: { host: portal.example.org, path: /idm/ }
    authorizedGroups: [ 'SCX\\scx local admins', 'campus\\labs' ]
    # games people stay out
    unauthorizedGroups:
      - games
`;

/** A folder that the test leaves behind empty-handed. */
export function temporaryFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-config-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files by name and yields the folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Loads one text as `realmgate.yaml` of a fresh folder by `schema`. */
export function loadText<S extends z.ZodType>(
  test: TestContext,
  text: string,
  schema: S,
  environment: Readonly<Record<string, string>> = {},
): Promise<LoadResult<z.output<S>>> {
  const folder = writeFiles(temporaryFolder(test), { 'realmgate.yaml': text });
  return loadConfiguration({ paths: [join(folder, 'realmgate.yaml')], environment, schema });
}

/** `line:column path: message` of every problem, without the folder. */
export function lines(problems: readonly Problem[]): string[] {
  return problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
}
