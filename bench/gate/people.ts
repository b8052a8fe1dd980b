/** The people of the gate's benchmark: a thousand entries below ou=People of the BonFIRE directory, and its cn=Portal. */
import { BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from '../../tests/support/bonfire-tree.ts';
import { Slapd } from '../../tests/support/slapd.ts';

export interface Person {
  readonly uid: string;
  readonly password: string;
}

export const PEOPLE: readonly Person[] = Array.from({ length: 1_000 }, (_, index) => ({
  uid: `user${index}`,
  password: `secret-${index}`,
}));

const person = ({ uid, password }: Person) => `
dn: uid=${uid},ou=People,${BONFIRE_SUFFIX}
objectClass: inetOrgPerson
uid: ${uid}
cn: ${uid}
sn: ${uid}
userPassword: ${password}
`;

const container = (ou: string) => `
dn: ou=${ou},${BONFIRE_SUFFIX}
objectClass: organizationalUnit
ou: ${ou}
`;

const LDIF = `dn: ${BONFIRE_SUFFIX}
objectClass: dcObject
objectClass: organization
dc: bonfire-project
o: BonFIRE
${container('People')}${container('Hosts')}
dn: ${PORTAL_DN}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: Portal
userPassword: ${PORTAL_PASSWORD}
${PEOPLE.map(person).join('')}`;

/** The directory server that both sides ask. */
export function startDirectory(): Promise<Slapd> {
  return Slapd.start({ suffix: BONFIRE_SUFFIX, ldif: LDIF, readers: [PORTAL_DN] });
}
