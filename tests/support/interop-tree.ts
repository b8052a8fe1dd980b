/**
 * The BonFIRE tree as a site that runs machines keeps it: people with POSIX accounts and SSH keys, both kinds of groups,
 * services under ou=Hosts (spec: BonFIRE 4.2). Small enough that every test can say what it expects.
 */
import { createHash } from 'node:crypto';
import { BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from './bonfire-tree.ts';

export interface TreePerson {
  readonly uid: string;
  readonly dn: string;
  readonly password: string;
  readonly uidNumber: number;
}

const treePerson = (uid: string, uidNumber: number): TreePerson => ({
  uid,
  dn: `uid=${uid},ou=People,${BONFIRE_SUFFIX}`,
  password: `${uid}-secret-1`,
  uidNumber,
});

export const ALICE = treePerson('alice', 20_001);
export const BOB = treePerson('bob', 20_002);
export const CAROL = treePerson('carol', 20_003);
/** The administrator, who is no account of a machine. */
export const OPERATOR = { dn: `uid=operator,ou=People,${BONFIRE_SUFFIX}`, password: 'operator-secret-1' };
export const GATEWAY_DN = `cn=Gateway,ou=Hosts,${BONFIRE_SUFFIX}`;
export const GATEWAY_PASSWORD = 'gateway-secret-1';

/** Salted SHA-1, as directories of that time hold it. */
export function saltedSha1(password: string, salt: string): string {
  const digest = createHash('sha1').update(password).update(salt).digest();
  return `{SSHA}${Buffer.concat([digest, Buffer.from(salt)]).toString('base64')}`;
}

const person = ({ uid, dn, password, uidNumber }: TreePerson, more: readonly string[] = []) => `
dn: ${dn}
objectClass: inetOrgPerson
objectClass: posixAccount
objectClass: ldapPublicKey
uid: ${uid}
cn: ${uid.charAt(0).toUpperCase()}${uid.slice(1)} Example
sn: Example
givenName: ${uid.charAt(0).toUpperCase()}${uid.slice(1)}
mail: ${uid}@bonfire-project.eu
uidNumber: ${uidNumber}
gidNumber: 30000
homeDirectory: /srv/people/${uid}
loginShell: /bin/sh
${more.map((line) => `${line}\n`).join('')}userPassword: ${saltedSha1(password, `salt-${uid}`)}
`;

const service = (dn: string, cn: string, password: string) => `
dn: ${dn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: ${cn}
userPassword: ${saltedSha1(password, `salt-${cn}`)}
`;

const posixGroup = (cn: string, gidNumber: number, uids: readonly string[]) => `
dn: cn=${cn},ou=Groups,${BONFIRE_SUFFIX}
objectClass: posixGroup
cn: ${cn}
gidNumber: ${gidNumber}
${uids.map((uid) => `memberUid: ${uid}\n`).join('')}`;

const groupOfNames = (cn: string, dns: readonly string[]) => `
dn: cn=${cn},ou=Groups,${BONFIRE_SUFFIX}
objectClass: groupOfNames
cn: ${cn}
${dns.map((dn) => `member: ${dn}\n`).join('')}`;

/**
 * alice: experimenters, eco2clouds (memberUid), labs, OmeroUsers (member). bob: experimenters, labs. carol: in no group but
 * the one that everybody has by gidNumber.
 */
export const INTEROP_LDIF = `dn: ${BONFIRE_SUFFIX}
objectClass: dcObject
objectClass: organization
dc: bonfire-project
o: BonFIRE
${['People', 'Hosts', 'Groups'].map((ou) => `\ndn: ou=${ou},${BONFIRE_SUFFIX}\nobjectClass: organizationalUnit\nou: ${ou}\n`).join('')}
${service(PORTAL_DN, 'Portal', PORTAL_PASSWORD)}
${service(GATEWAY_DN, 'Gateway', GATEWAY_PASSWORD)}
${person(ALICE, ['telephoneNumber: +49 711 1000001', 'employeeType: Employee'])}
${person(BOB)}
${person(CAROL)}

dn: ${OPERATOR.dn}
objectClass: inetOrgPerson
uid: operator
cn: Operator
sn: Operator
userPassword: ${saltedSha1(OPERATOR.password, 'salt-operator')}
${posixGroup('people', 30_000, [])}
${posixGroup('experimenters', 30_001, ['alice', 'bob'])}
${posixGroup('eco2clouds', 30_002, ['alice'])}
${groupOfNames('labs', [ALICE.dn, BOB.dn])}
${groupOfNames('OmeroUsers', [ALICE.dn])}
`;

export const INTEROP_TREE = { ldif: INTEROP_LDIF, administrator: OPERATOR };
