/** Realmgate as a directory, in a process of its own, with the tree imported by its own command. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import type { DirectoryProgram, DirectorySite } from './ldap-server-under-test.ts';
import { ServerProcess } from './server-process.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'realmgate');

export async function startRealmgateDirectory({ suffix, ldif, tls, folder }: DirectorySite): Promise<DirectoryProgram> {
  const administrator = { dn: `cn=manager,${suffix}`, password: 'manager-secret' };
  const [port, tlsPort] = [await freePort(), await freePort()];
  const configuration = join(folder, 'realmgate.yaml');
  writeFileSync(
    configuration,
    `data: ${folder}/data
listen:
  ldap: { address: "127.0.0.1:${port}" }
  ldaps: { address: "127.0.0.1:${tlsPort}", tls: { certificateFile: ${tls.certificateFile}, keyFile: ${tls.keyFile} } }
directory:
  suffix: "${suffix}"
`,
  );
  writeFileSync(join(folder, 'tree.ldif'), ldif);
  execFileSync(PROGRAM, ['--config', configuration, 'ldif', 'import', join(folder, 'tree.ldif')], { stdio: 'pipe' });
  const server = await ServerProcess.start({
    name: 'realmgate',
    command: PROGRAM,
    arguments: () => ['--config', configuration, 'serve'],
    files: () => ({}),
    port: tlsPort,
  });
  return { port, tlsPort, administrator, stop: () => server.stop() };
}
