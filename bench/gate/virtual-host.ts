/**
 * The peer: the virtual host of BonFIRE's identity management on Apache 2.4, as the project published it, in front of the
 * same application.
 *
 * Kept as it was: Basic, providers `ldap file`, the bind as cn=Portal, `Require valid-user`, the rewrite rule and the
 * added header. Changed because Apache 2.4 or the measurement needs it: `Order`/`AuthzLDAPAuthoritative` are gone from
 * 2.4; a Location in front of a proxied application instead of a Directory; no TLS, on neither side.
 * Made fast as a careful operator would: mpm_event with threads for every connection, kept connections to both sides, no
 * access log, LDAP caches large enough for everybody and long enough for the whole run.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from '../../tests/support/bonfire-tree.ts';
import { freePort } from '../../tests/support/free-port.ts';
import { type Program, startProgram } from './program.ts';

export interface VirtualHost extends Program {
  readonly port: number;
}

const MODULES = [
  'mpm_event',
  'authn_core',
  'authn_file',
  'auth_basic',
  'authz_core',
  'authz_user',
  'ldap',
  'authnz_ldap',
  'rewrite',
  'headers',
  'proxy',
  'proxy_http',
];

export async function startVirtualHost(folder: string, directory: string, backEnd: number): Promise<VirtualHost> {
  const port = await freePort();
  const conf = join(folder, 'apache.conf');
  writeFileSync(join(folder, 'htpasswd'), 'bob:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n', { mode: 0o644 });
  writeFileSync(
    conf,
    `ServerRoot /usr/lib/apache2
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
Mutex file:${folder}
Listen 127.0.0.1:${port}
ServerName portal.localhost
${MODULES.map((name) => `LoadModule ${name}_module modules/mod_${name}.so`).join('\n')}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
ErrorLog ${folder}/apache.log
LogLevel error
HostnameLookups Off
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 65
ListenBacklog 4096
StartServers 4
ServerLimit 4
ThreadsPerChild 64
ThreadLimit 64
MinSpareThreads 256
MaxSpareThreads 256
MaxRequestWorkers 256
MaxConnectionsPerChild 0
LDAPSharedCacheSize 33554432
LDAPCacheEntries 8192
LDAPCacheTTL 36000
LDAPOpCacheEntries 8192
LDAPOpCacheTTL 36000

<VirtualHost 127.0.0.1:${port}>
    ServerName portal.localhost
    <Location /idm/>
        AuthType Basic
        AuthName "Secured Area"
        AuthBasicProvider ldap file
        AuthLDAPBindDN "${PORTAL_DN}"
        AuthLDAPBindPassword "${PORTAL_PASSWORD}"
        AuthLDAPURL ${directory}/ou=People,${BONFIRE_SUFFIX}?uid
        Require valid-user
        AuthUserFile ${folder}/htpasswd

        RewriteEngine On
        RewriteCond %{REMOTE_USER} (.*)
        RewriteRule .* - [E=R_U:%1]

        RequestHeader add X-BonFIRE-Asserted-ID %{AUTHENTICATE_UID}e
    </Location>
    ProxyPass /idm/ http://127.0.0.1:${backEnd}/idm/ keepalive=On
</VirtualHost>
`,
  );
  const args = ['-f', conf, '-DFOREGROUND'];
  const program = await startProgram('/usr/sbin/apache2', args, port, join(folder, 'apache.out'));
  return { ...program, port };
}
