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

/** Who may do what: the administrator all but read passwords, services read, people change what is theirs. */
function rules(administrator: string): readonly string[] {
  const readers = [PORTAL_DN, GATEWAY_DN].map((dn) => `by dn.exact="${dn}" read`).join(' ');
  const write = `by dn.exact="${administrator}" write`;
  return [
    `access to attrs=userPassword by dn.exact="${administrator}" =w by self =xw by anonymous auth by * none`,
    `access to attrs=telephoneNumber,sshPublicKey ${write} by self write ${readers} by * none`,
    `access to * ${write} ${readers} by self read by users search by * none`,
  ];
}

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
      ...rules(site.administrator.dn),
      'overlay memberof',
      'overlay sssvlv',
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
  return { port, tlsPort, stop: () => server.stop() };
}
