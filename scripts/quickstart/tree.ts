/**
 * The tree of the example site as LDIF: ou=People, ou=Groups and ou=Hosts of a research site, with people who have Unix
 * accounts, posixGroups, and a portal that binds as a service.
 */
import type { ExampleHost, ExampleUser } from './site.ts';

const FIRST_NUMBER = 10_000;
const GROUPS = ['administrators', 'labs', 'games'];

export function exampleTree(suffix: string, people: readonly ExampleUser[], portal: ExampleHost): string {
  const [, dc = ''] = /^dc=([^,]+)/.exec(suffix) ?? [];
  const unit = (name: string) => record(`ou=${name},${suffix}`, ['objectClass: organizationalUnit', `ou: ${name}`]);
  return [
    'version: 1\n',
    record(suffix, ['objectClass: dcObject', 'objectClass: organization', `dc: ${dc}`, 'o: The example site']),
    unit('People'),
    unit('Groups'),
    unit('Hosts'),
    ...people.map((user, index) => personRecord(suffix, user, FIRST_NUMBER + index)),
    ...GROUPS.map((name, index) => groupRecord(suffix, name, FIRST_NUMBER + index, people)),
    record(`cn=${portal.name},ou=Hosts,${suffix}`, [
      'objectClass: applicationProcess',
      'objectClass: simpleSecurityObject',
      `cn: ${portal.name}`,
      `userPassword: ${portal.password}`,
    ]),
  ].join('\n');
}

function personRecord(suffix: string, { name, commonName, password }: ExampleUser, number: number): string {
  const [givenName, surname] = commonName.split(' ');
  return record(`uid=${name},ou=People,${suffix}`, [
    'objectClass: inetOrgPerson',
    'objectClass: posixAccount',
    `uid: ${name}`,
    `cn: ${commonName}`,
    `givenName: ${givenName}`,
    `sn: ${surname}`,
    `mail: ${name}@example.org`,
    `uidNumber: ${number}`,
    `gidNumber: ${number}`,
    `homeDirectory: /home/${name}`,
    'loginShell: /bin/bash',
    `userPassword: ${password}`,
  ]);
}

function groupRecord(suffix: string, name: string, number: number, people: readonly ExampleUser[]): string {
  return record(`cn=${name},ou=Groups,${suffix}`, [
    'objectClass: posixGroup',
    `cn: ${name}`,
    `gidNumber: ${number}`,
    ...people.filter(({ groups }) => groups.includes(name)).map((user) => `memberUid: ${user.name}`),
  ]);
}

function record(dn: string, lines: readonly string[]): string {
  return `dn: ${dn}\n${lines.join('\n')}\n`;
}
