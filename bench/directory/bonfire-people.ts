/**
 * The BonFIRE tree with as many people as asked for, as LDIF: the same octets for the same seed (spec: BonFIRE 4.2).
 *
 *   scripts/run node bench/directory/bonfire-people.ts PEOPLE [SEED] [--everybody]  > tree.ldif
 *
 * ou=People  inetOrgPerson, posixAccount and ldapPublicKey, with `{SSHA}` passwords and SSH keys
 * ou=Groups  posixGroups of a few to some hundred people; cn=everybody with all of them when asked for
 * ou=Hosts   cn=Portal, who reads, and cn=Writer, who writes
 * ou=Nodes   1,000 devices, for a one-level list
 *
 * A person is a number from 0; everything about that person follows from it and the seed, so that a load can name people
 * without reading the tree. One person in a thousand has a mail address that begins with `ab`.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { BONFIRE_SUFFIX, PORTAL_PASSWORD } from '../../tests/support/bonfire-tree.ts';

export interface TreeOptions {
  readonly people: number;
  readonly seed: number;
  /** Adds cn=everybody, a posixGroup of all people. */
  readonly everybody: boolean;
}

export interface Person {
  readonly uid: string;
  readonly password: string;
  readonly mail: string;
}

export const NODES = 1_000;
/** One mail address in so many begins with a given pair of characters. */
export const MAIL_PREFIXES = 1_000;
export const PEOPLE_DN = `ou=People,${BONFIRE_SUFFIX}`;
export const GROUPS_DN = `ou=Groups,${BONFIRE_SUFFIX}`;
export const NODES_DN = `ou=Nodes,${BONFIRE_SUFFIX}`;
/** A service that may write. */
export const WRITER = { dn: `cn=Writer,ou=Hosts,${BONFIRE_SUFFIX}`, password: 'writer-secret-1' };
export const EVERYBODY_DN = `cn=everybody,${GROUPS_DN}`;

const SYLLABLES =
  'ba be bo da de di do fa fe ga go ha jo ka ke ko la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se si so ta te ti to va ve vi za zo'.split(
    ' ',
  );
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** What a number is drawn for; the draws of one person must not follow from each other. */
const DRAW = { given: 1, surname: 2, groups: 3, group: 4 } as const;
const PEOPLE_A_GROUP = 50;
const MOST_GROUPS_A_PERSON = 3;

/** A number of 32 bits that looks random and follows from the three. */
function draw(seed: number, number: number, what: number): number {
  let mixed =
    Math.imul(seed + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35) ^ Math.imul(what, 0x27d4eb2f);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function word(drawn: number): string {
  let rest = drawn;
  let text = '';
  for (let count = 2 + (drawn & 1); count > 0; count -= 1) {
    text += SYLLABLES[rest % SYLLABLES.length];
    rest = Math.floor(rest / SYLLABLES.length);
  }
  return text;
}

/** With all superclasses, which slapd does not add, so that both servers answer with the same values. */
const PERSON_CLASSES = ['top', 'person', 'organizationalPerson', 'inetOrgPerson', 'posixAccount', 'ldapPublicKey']
  .map((name) => `objectClass: ${name}\n`)
  .join('');

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Two characters; those of number 1 are `ab`. */
export function mailPrefix(number: number): string {
  const at = number % MAIL_PREFIXES;
  return `${LETTERS[Math.floor(at / LETTERS.length)]}${LETTERS[at % LETTERS.length]}`;
}

/** What a load needs to know of a person. */
export function person(seed: number, number: number): Person {
  const surname = word(draw(seed, number, DRAW.surname));
  return {
    uid: `${surname}${number}`,
    password: `secret-${draw(seed, number, 0).toString(36)}`,
    mail: `${mailPrefix(number)}.${surname}${number}@bonfire-project.eu`,
  };
}

export function personDn(uid: string): string {
  return `uid=${uid},${PEOPLE_DN}`;
}

export function groupCount(people: number): number {
  return Math.max(4, Math.floor(people / PEOPLE_A_GROUP));
}

/** The numbers of the groups a person is in, one to three; low numbers are large groups. cn=everybody is not among them. */
export function groupsOf({ people, seed }: TreeOptions, number: number): readonly number[] {
  const groups = groupCount(people);
  const wanted = 1 + (draw(seed, number, DRAW.groups) % MOST_GROUPS_A_PERSON);
  const found = new Set<number>();
  for (let attempt = 0; found.size < wanted; attempt += 1) {
    found.add(Math.floor(groups * (draw(seed, number, DRAW.group + attempt) / 2 ** 32) ** 1.5));
  }
  return [...found];
}

/** Pieces of LDIF, some kilobytes each. */
export function* bonfireLdif(options: TreeOptions): Generator<string> {
  const { people, seed } = options;
  yield containers();
  let text = '';
  for (let number = 0; number < people; number += 1) {
    text += personLdif(options, number);
    if (text.length < 65_536) continue;
    yield text;
    text = '';
  }
  yield text;
  yield* groupsLdif(options);
  if (options.everybody) {
    yield groupLdif('everybody', 4_999);
    for (let number = 0; number < people; number += 1) yield `memberUid: ${person(seed, number).uid}\n`;
    yield '\n';
  }
}

function containers(): string {
  const container = (ou: string) =>
    `dn: ou=${ou},${BONFIRE_SUFFIX}\nobjectClass: top\nobjectClass: organizationalUnit\nou: ${ou}\n\n`;
  const service = (cn: string, password: string) =>
    `dn: cn=${cn},ou=Hosts,${BONFIRE_SUFFIX}\nobjectClass: top\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: ${cn}\nuserPassword: ${saltedSha1(`salt ${cn}`, password)}\n\n`;
  let nodes = '';
  for (let number = 0; number < NODES; number += 1) {
    // With a hyphen, which no uid has: a device is somebody who may log in, and a login name is one entry's.
    const cn = `node-${number}`;
    nodes += `dn: cn=${cn},${NODES_DN}\nobjectClass: top\nobjectClass: device\ncn: ${cn}\nserialNumber: ${100_000 + number}\nl: site ${number % 7}\n\n`;
  }
  return [
    `dn: ${BONFIRE_SUFFIX}\nobjectClass: top\nobjectClass: dcObject\nobjectClass: organization\ndc: bonfire-project\no: BonFIRE\n\n`,
    ...['People', 'Hosts', 'Groups', 'Nodes'].map(container),
    service('Portal', PORTAL_PASSWORD),
    service('Writer', WRITER.password),
    nodes,
  ].join('');
}

function personLdif(options: TreeOptions, number: number): string {
  const { seed } = options;
  const { uid, password, mail } = person(seed, number);
  const given = capital(word(draw(seed, number, DRAW.given)));
  const surname = capital(word(draw(seed, number, DRAW.surname)));
  const second = number % 5 === 0 ? `sshPublicKey: ${sshKey(seed, number, `${uid}@second`)}\n` : '';
  return `dn: ${personDn(uid)}
${PERSON_CLASSES}uid: ${uid}
cn: ${given} ${surname}
sn: ${surname}
givenName: ${given}
displayName: ${given} ${surname} (${number})
mail: ${mail}
o: testbed ${number % 23}
telephoneNumber: +49 711 ${1_000_000 + number}
uidNumber: ${10_000 + number}
gidNumber: ${5_000 + groupsOf(options, number)[0]!}
homeDirectory: /srv/people/${uid}
loginShell: /bin/bash
sshPublicKey: ${sshKey(seed, number, uid)}
${second}userPassword: ${saltedSha1(`salt ${seed} ${number}`, password)}

`;
}

function* groupsLdif(options: TreeOptions): Generator<string> {
  const members: number[][] = Array.from({ length: groupCount(options.people) }, () => []);
  for (let number = 0; number < options.people; number += 1) {
    for (const group of groupsOf(options, number)) members[group]!.push(number);
  }
  for (const [group, numbers] of members.entries()) {
    const uids = numbers.map((number) => `memberUid: ${person(options.seed, number).uid}\n`);
    yield `${groupLdif(`group${group}`, 5_000 + group)}${uids.join('')}\n`;
  }
}

function groupLdif(cn: string, gidNumber: number): string {
  return `dn: cn=${cn},${GROUPS_DN}\nobjectClass: top\nobjectClass: posixGroup\ncn: ${cn}\ngidNumber: ${gidNumber}\n`;
}

function saltedSha1(salting: string, password: string): string {
  const salt = digest('sha1', salting).subarray(0, 8);
  const hashed = createHash('sha1').update(password).update(salt).digest();
  return `{SSHA}${Buffer.concat([hashed, salt]).toString('base64')}`;
}

/** A line of authorized_keys; the key is a point that nobody has the other half of. */
function sshKey(seed: number, number: number, comment: string): string {
  const head = Buffer.from('0000000b7373682d6564323535313900000020', 'hex');
  return `ssh-ed25519 ${Buffer.concat([head, digest('sha256', `key ${seed} ${number} ${comment}`)]).toString('base64')} ${comment}`;
}

function digest(algorithm: string, text: string): Buffer {
  return createHash(algorithm).update(text).digest();
}

if (import.meta.main) {
  const numbers = process.argv.slice(2).filter((argument) => /^\d+$/.test(argument));
  const people = Number(numbers[0] ?? 100_000);
  const seed = Number(numbers[1] ?? 1);
  for (const piece of bonfireLdif({ people, seed, everybody: process.argv.includes('--everybody') })) {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
  }
}
