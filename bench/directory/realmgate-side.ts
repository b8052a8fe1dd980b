/** Our side: `bin/realmgate serve` with default settings, the trail on, the tree taken in by `realmgate ldif import`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BONFIRE_SUFFIX } from '../../tests/support/bonfire-tree.ts';
import { freePort } from '../../tests/support/free-port.ts';
import { WRITER } from './bonfire-people.ts';
import { type DirectoryServer, RunningProgram } from './server.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'realmgate');

export interface RealmgateSide extends DirectoryServer {
  /** The data folder, with the journal. */
  readonly data: string;
}

export async function realmgateSide(parent: string, name = 'realmgate'): Promise<RealmgateSide> {
  const folder = join(parent, name);
  const data = join(folder, 'data');
  const configuration = join(folder, 'realmgate.yaml');
  const log = join(folder, 'realmgate.log');
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  writeFileSync(
    configuration,
    `data: ${data}
listen:
  ldap: { address: "127.0.0.1:${port}" }
directory:
  suffix: "${BONFIRE_SUFFIX}"
  access: { administrators: [ { dn: "${WRITER.dn}" } ] }
`,
  );
  const run = (...args: readonly string[]) => new RunningProgram(PROGRAM, ['--config', configuration, ...args], log);
  let program: RunningProgram | undefined;
  return {
    name: 'Realmgate',
    port,
    data,
    writer: WRITER,
    async import(ldif) {
      const began = performance.now();
      await run('ldif', 'import', '--replace', ldif).done();
      return (performance.now() - began) / 1000;
    },
    async start() {
      const began = performance.now();
      program = run('serve');
      await program.answering(port, WRITER);
      return (performance.now() - began) / 1000;
    },
    async stop() {
      await program?.stop();
      program = undefined;
    },
    residentMegabytes: () => program!.residentMegabytes(),
    processorSeconds: () => program!.processorSeconds(),
  };
}
