/** Realmgate as a directory, in a process of its own, with the tree imported by its own command. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapted, fencedBlock } from './documented.ts';
import { freePort } from './free-port.ts';
import type { DirectoryProgram, DirectorySite } from './ldap-server-under-test.ts';
import { ServerProcess } from './server-process.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'realmgate');

export async function startRealmgateDirectory(site: DirectorySite): Promise<DirectoryProgram> {
  const { suffix, ldif, tls, folder, administrator } = site;
  const [port, tlsPort] = [await freePort(), await freePort()];
  const file = (name: string) => join(folder, name);
  const documented = adapted(fencedBlock('README.md', 'yaml', 1), {
    '127.0.0.1:3890': `127.0.0.1:${port}`,
    '127.0.0.1:6360': `127.0.0.1:${tlsPort}`,
    'ldap.pem': tls.certificateFile,
    'ldap.key': tls.keyFile,
    'dc=bonfire-project,dc=eu': suffix,
  });
  writeFileSync(file('realmgate.yaml'), `data: ${file('data')}\n${documented}`);
  writeFileSync(
    file('administrator.yaml'),
    `directory: { access: { administrators: [ { dn: "${administrator.dn}" } ] } }\n`,
  );
  writeFileSync(file('tree.ldif'), ldif);
  const options = ['--config', file('realmgate.yaml'), '--config', file('administrator.yaml')];
  execFileSync(PROGRAM, [...options, 'ldif', 'import', '--replace', file('tree.ldif')], { stdio: 'pipe' });
  const server = await ServerProcess.start({
    name: 'realmgate',
    command: PROGRAM,
    arguments: () => [...options, 'serve'],
    files: () => ({}),
    port: tlsPort,
  });
  return { port, tlsPort, stop: () => server.stop() };
}
