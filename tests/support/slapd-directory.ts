/** slapd of Debian as a site runs it: TLS, the schemas of POSIX accounts and SSH keys, people change what is theirs. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PORTAL_DN } from './bonfire-tree.ts';
import { freePort } from './free-port.ts';
import { GATEWAY_DN } from './interop-tree.ts';
import { LDAP_PUBLIC_KEY_SCHEMA } from './ldap-public-key.ts';
import type { DirectoryProgram, DirectorySite } from './ldap-server-under-test.ts';
import { ServerProcess } from './server-process.ts';

/** Who may do what on a site: people change what is theirs, services read. */
const SITE_RULES = [
  'access to attrs=userPassword by self =xw by anonymous auth by * none',
  `access to attrs=telephoneNumber,sshPublicKey by self write by dn.exact="${PORTAL_DN}" read by dn.exact="${GATEWAY_DN}" read by * none`,
  `access to * by dn.exact="${PORTAL_DN}" read by dn.exact="${GATEWAY_DN}" read by self read by users search by * none`,
  'overlay memberof',
  'overlay sssvlv',
];
/** An entry that writes everything and reads everything but passwords. */
const administratorRules = (dn: string) => [
  `access to attrs=userPassword by dn.exact="${dn}" =w by anonymous auth by * none`,
  `access to * by dn.exact="${dn}" write by * none`,
];

export async function startSlapdDirectory(site: DirectorySite): Promise<DirectoryProgram> {
  const { suffix, ldif, tls, folder } = site;
  const root = { dn: `cn=manager,${suffix}`, password: 'manager-secret' };
  const configuration = join(folder, 'slapd.conf');
  const data = join(folder, 'slapd-data');
  mkdirSync(data);
  writeFileSync(
    configuration,
    [
      ...['core', 'cosine', 'nis', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`),
      LDAP_PUBLIC_KEY_SCHEMA,
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      'moduleload memberof',
      'moduleload deref',
      'moduleload sssvlv',
      `pidfile ${folder}/slapd.pid`,
      `TLSCertificateFile ${tls.certificateFile}`,
      `TLSCertificateKeyFile ${tls.keyFile}`,
      'database mdb',
      `suffix "${suffix}"`,
      `rootdn "${root.dn}"`,
      `rootpw ${root.password}`,
      `directory ${data}`,
      'maxsize 268435456',
      'dbnosync',
      'index objectClass,uid,cn,memberUid,member,uidNumber,gidNumber eq',
      ...(site.administrator === undefined ? SITE_RULES : administratorRules(site.administrator.dn)),
      '',
    ].join('\n'),
  );
  writeFileSync(join(folder, 'tree.ldif'), ldif);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const server = await ServerProcess.start({
    name: 'slapd',
    command: '/usr/sbin/slapd',
    arguments: () => ['-d', '0', '-h', `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`, '-f', configuration],
    files: () => ({}),
    port: tlsPort,
  });
  // Over LDAP and not by slapadd, which would leave the memberOf of the first entries out.
  const { dn, password } = root;
  execFileSync(
    'ldapadd',
    ['-x', '-H', `ldap://127.0.0.1:${port}`, '-D', dn, '-w', password, '-f', join(folder, 'tree.ldif')],
    { stdio: 'pipe' },
  );
  return { port, tlsPort, administrator: site.administrator ?? root, stop: () => server.stop() };
}
