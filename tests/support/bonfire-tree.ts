/** The directory of the BonFIRE seed: People, Hosts with cn=Portal, Groups in both forms (spec: BonFIRE 4.2). */
export const BONFIRE_SUFFIX = 'dc=bonfire-project,dc=eu';
export const PORTAL_DN = `cn=Portal,ou=Hosts,${BONFIRE_SUFFIX}`;
export const PORTAL_PASSWORD = 'portal-secret';

const person = (uid: string, password: string, more: readonly string[] = []) =>
  `
dn: uid=${uid},ou=People,${BONFIRE_SUFFIX}
objectClass: inetOrgPerson
uid: ${uid}
cn: ${uid}
sn: ${uid}
mail: ${uid}@bonfire-project.eu
userPassword: ${password}
${more.join('\n')}`.trimEnd();

const posixGroup = (cn: string, gid: number, members: readonly string[]) => `
dn: cn=${cn},ou=Groups,${BONFIRE_SUFFIX}
objectClass: posixGroup
cn: ${cn}
gidNumber: ${gid}
${members.map((uid) => `memberUid: ${uid}`).join('\n')}`;

const groupOfNames = (cn: string, members: readonly string[]) => `
dn: cn=${cn},ou=Groups,${BONFIRE_SUFFIX}
objectClass: groupOfNames
cn: ${cn}
${members.map((uid) => `member: uid=${uid},ou=People,${BONFIRE_SUFFIX}`).join('\n')}`;

const container = (ou: string) => `
dn: ou=${ou},${BONFIRE_SUFFIX}
objectClass: organizationalUnit
ou: ${ou}`;

/** alice is in experimenters and eco2clouds (memberUid) and in labs (member); dora has two uids; twin is the cn of two people. */
export const BONFIRE_LDIF = `dn: ${BONFIRE_SUFFIX}
objectClass: dcObject
objectClass: organization
dc: bonfire-project
o: BonFIRE
${container('People')}
${container('Hosts')}
${container('Groups')}

dn: ${PORTAL_DN}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: Portal
userPassword: ${PORTAL_PASSWORD}
${person('alice', 'alice-secret', [`memberOf: cn=labs,ou=Groups,${BONFIRE_SUFFIX}`])}
${person('carol', 'carol-secret')}
${person('dora', 'dora-secret', ['uid: dora.alias'])}
${person('twin1', 'twin-secret', ['cn: twin'])}
${person('twin2', 'twin-secret', ['cn: twin'])}

dn: uid=nopassword,ou=People,${BONFIRE_SUFFIX}
objectClass: inetOrgPerson
uid: nopassword
cn: nopassword
sn: nopassword
${posixGroup('experimenters', 5000, ['alice', 'carol'])}
${posixGroup('eco2clouds', 5001, ['alice'])}
${posixGroup('others', 5002, ['Alice', 'bob'])}
${groupOfNames('labs', ['alice'])}
`;
