/**
 * The tree that generated requests are about: as entries with which both servers begin, and as the names and values that
 * the generator draws from. What a request does to it is not followed: a name that is gone is a case too.
 */
import { BONFIRE_SUFFIX } from '../bonfire-tree.ts';
import { saltedSha1 } from '../interop-tree.ts';

export type TreeEntry = readonly [dn: string, attributes: Readonly<Record<string, readonly string[]>>];

export const SUFFIX = BONFIRE_SUFFIX;
export const PEOPLE = `ou=People,${SUFFIX}`;
export const GROUPS = `ou=Groups,${SUFFIX}`;
export const PROJECTS = `ou=Projects,${SUFFIX}`;
export const HOSTS = `ou=Hosts,${SUFFIX}`;
/** Who asks: may write everything, and reads everything but passwords. */
export const TESTER_DN = `cn=Tester,${HOSTS}`;
export const TESTER_PASSWORD = 'tester-secret-1';

/** Members of the groups; requests leave their names alone, because a group that follows a rename is one difference, not many. */
export const STEADY = Array.from({ length: 12 }, (_, number) => `steady${number}`);
export const MOVING = Array.from({ length: 24 }, (_, number) => `moving${number}`);
export const PASSWORD = 'a-password-of-somebody-7';

/** With all superclasses, as RFC 4512 3.3 has them: slapd keeps what it was given. */
export const CLASSES = {
  person: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
  unit: ['top', 'organizationalUnit'],
  device: ['top', 'device'],
  posixGroup: ['top', 'posixGroup'],
  names: ['top', 'groupOfNames'],
} as const;

const SURNAMES = ['Müller', 'van der Berg', "O'Neill", 'Ünal', 'Smith', 'smith', 'Łukasz', 'de  Souza', 'Straße', '李'];

const person = (uid: string, number: number): TreeEntry => [
  `uid=${uid},${PEOPLE}`,
  {
    objectClass: [
      ...CLASSES.person,
      'posixAccount',
      ...(number % 7 === 0 ? ['shadowAccount'] : []),
      ...(number % 3 === 0 || number % 7 === 0 ? ['ldapPublicKey'] : []),
    ],
    uid: [uid],
    cn: [`Given${number} ${SURNAMES[number % SURNAMES.length]}`, ...(number % 4 === 0 ? [`nick${number}`] : [])],
    sn: [SURNAMES[number % SURNAMES.length]!],
    givenName: [`Given${number}`],
    uidNumber: [String(20_000 + number)],
    gidNumber: [String(30_000 + (number % 5))],
    homeDirectory: [`/srv/${uid}`],
    ...(number % 2 === 1 ? { userPassword: [saltedSha1(PASSWORD, 'salt-of-all')] } : {}),
    ...(number % 2 === 0 ? { mail: [`${uid}@bonfire-project.eu`, `${uid}.2@Example.org`] } : {}),
    ...(number % 3 === 0
      ? { telephoneNumber: [`+49 711 ${1000 + number}`], sshPublicKey: [`ssh-ed25519 AAAA${number} ${uid}`] }
      : {}),
    ...(number % 5 === 0
      ? { description: ['first line', `Number ${number}`], title: ['Dr'], employeeNumber: [String(number)] }
      : {}),
    ...(number % 7 === 0
      ? { seeAlso: [`uid=${STEADY[0]},${PEOPLE}`], preferredLanguage: ['en'], shadowMax: ['90'] }
      : {}),
  },
];

const container = (ou: string, parent: string, more: Readonly<Record<string, readonly string[]>> = {}): TreeEntry => [
  `ou=${ou},${parent}`,
  { objectClass: CLASSES.unit, ou: [ou], ...more },
];

export const TREE: readonly TreeEntry[] = [
  [SUFFIX, { objectClass: ['top', 'dcObject', 'organization'], dc: ['bonfire-project'], o: ['BonFIRE'] }],
  container('Hosts', SUFFIX),
  [
    TESTER_DN,
    {
      objectClass: ['top', 'organizationalRole', 'simpleSecurityObject'],
      cn: ['Tester'],
      userPassword: [saltedSha1(TESTER_PASSWORD, 'salt-tester')],
    },
  ],
  container('People', SUFFIX),
  container('Groups', SUFFIX),
  container('Projects', SUFFIX, { description: ['Experiments'] }),
  container('Alpha', PROJECTS),
  [`ou=Beta\\, and more,${PROJECTS}`, { objectClass: CLASSES.unit, ou: ['Beta, and more'], l: ['Stuttgart'] }],
  container('Deep', `ou=Alpha,${PROJECTS}`),
  ...STEADY.map(person),
  ...MOVING.map((uid, number) => person(uid, number + STEADY.length)),
  ...[0, 1, 2, 3].map(
    (number): TreeEntry => [
      `cn=posix${number},${GROUPS}`,
      {
        objectClass: CLASSES.posixGroup,
        cn: [`posix${number}`],
        gidNumber: [String(30_000 + number)],
        ...(number === 3 ? {} : { memberUid: [...STEADY.slice(number, number + 4), `outside${number}`] }),
      },
    ],
  ),
  ...[0, 1, 2].map(
    (number): TreeEntry => [
      `cn=names${number},${GROUPS}`,
      {
        objectClass: CLASSES.names,
        cn: [`names${number}`],
        member: STEADY.slice(number, number + 3).map((uid) => `uid=${uid},${PEOPLE}`),
      },
    ],
  ),
  ...[0, 1, 2, 3, 4, 5].map(
    (number): TreeEntry => [
      `cn=device${number},ou=Alpha,${PROJECTS}`,
      {
        objectClass: CLASSES.device,
        cn: [`device${number}`],
        serialNumber: [`A-${number}`],
        l: [`Rack ${number % 2}`],
      },
    ],
  ),
];

/** The same as LDIF. */
export function treeLdif(): string {
  return TREE.map(([dn, attributes]) => {
    const lines = Object.entries(attributes).flatMap(([name, values]) =>
      values.map((value) => `${name}:: ${Buffer.from(value).toString('base64')}\n`),
    );
    return `dn: ${dn}\n${lines.join('')}`;
  }).join('\n');
}

/** What no request changes: without them a server could not be asked any more. */
export const KEPT_DNS = [SUFFIX, HOSTS, TESTER_DN];

/** Entries that are there at first. */
export const KNOWN_DNS = TREE.map(([dn]) => dn);
