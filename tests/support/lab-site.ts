/**
 * The site of the tests of the whole server: two realms, several hosts, users with passwords that are fast to verify.
 *
 *   staff     lockout (5), campus (properties: alice, carol, dave), guests (htpasswd: bob, and another alice)
 *   visitors  door (htpasswd: vera)
 *
 *   app.localhost     staff, everybody but campus\games
 *   lab.localhost     staff, campus\labs only
 *   mixed.localhost   /staff/ for staff, /visitors/ for visitors
 */
import { createHash } from 'node:crypto';

export const PASSWORDS = {
  alice: 'alice-of-campus-8472',
  aliceOfGuests: 'alice-of-guests-5519',
  bob: 'bob-of-guests-3306',
  carol: 'carol-plays-games-7741',
  dave: 'dave-in-no-group-9920',
  vera: 'vera-at-the-door-6158',
} as const;

export function labFiles(): Record<string, string> {
  const { alice, aliceOfGuests, bob, carol, dave, vera } = PASSWORDS;
  return {
    'users.properties': `alice=${sha256(alice)}\ncarol=${sha256(carol)}\ndave=${sha256(dave)}\n`,
    'groups.properties': 'labs=alice,carol\ngames=carol\n',
    htpasswd: htpasswdLine('bob', bob) + htpasswdLine('alice', aliceOfGuests),
    'door.htpasswd': htpasswdLine('vera', vera),
  };
}

export interface LabOptions {
  readonly upstream: string;
  /** Keys of `sessions` of the realm staff. */
  readonly sessions?: string;
  /** Further keys of `listen.web`, such as `tls: { ... }`. */
  readonly tls?: string;
  /** Further top-level keys. */
  readonly more?: string;
  /** Further modules of the realm staff, before its sources. */
  readonly first?: string;
}

export function labConfiguration(options: LabOptions): string {
  const { upstream, sessions = 'idle: 30m, maximum: 12h', tls, more = '', first = '' } = options;
  const scheme = tls === undefined ? 'http' : 'https';
  return `data: ./data
listen:
  web: { address: "127.0.0.1:PORT", publicUrl: "${scheme}://login.localhost:PORT"${tls === undefined ? '' : `, tls: ${tls}`} }
trustedProxies: [ "127.0.0.1/32" ]
realms:
  staff:
    modules:
      - { use: lockout, flag: requisite, failures: 5, within: 5m, lock: 30m }
${first}      - { use: properties, flag: sufficient, domain: campus, usersFile: users.properties, groupsFile: groups.properties, digest: sha-256 }
      - { use: htpasswd, flag: sufficient, domain: guests, file: htpasswd }
    sessions: { ${sessions} }
  visitors:
    modules:
      - { use: htpasswd, flag: required, domain: door, file: door.htpasswd }
services:
  app:
    match: { host: app.localhost }
    realm: staff
    unauthorizedGroups: [ 'campus\\games' ]
    assert: { preset: bonfire }
    upstream: "${upstream}"
  lab:
    match: { host: lab.localhost }
    realm: staff
    authorizedGroups: [ 'campus\\labs' ]
    unauthorizedGroups: [ 'campus\\games' ]
    assert: { preset: bonfire }
    upstream: "${upstream}"
  mixed-staff:
    match: { host: mixed.localhost, path: /staff/ }
    realm: staff
    assert: { preset: bonfire }
    upstream: "${upstream}"
  mixed-visitors:
    match: { host: mixed.localhost, path: /visitors/ }
    realm: visitors
    assert: { preset: bonfire }
    upstream: "${upstream}"
${more}`;
}

export const ASSERTED = 'x-bonfire-asserted-id';

/** A line of an htpasswd file in the form of `htpasswd -s`. */
export function htpasswdLine(name: string, password: string): string {
  return `${name}:{SHA}${createHash('sha1').update(password).digest('base64')}\n`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The claims of a signed assertion, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
