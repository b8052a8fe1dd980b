/**
 * The process entry: the command line with what it reaches beyond printing, signals and exit codes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepAlive, systemClock } from './base/index.ts';
import { runCommandLine, type Terminal } from './cli/index.ts';
import {
  checkConfiguration,
  configurationSchema,
  dataFolderOf,
  openActs,
  runWorker,
  serve,
  verifyTrail,
} from './realmgate/index.ts';

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  async readInput() {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  },
};

function version(): string {
  const file = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

// A server forks its workers by this program; everything else is a command.
const worker = await runWorker(process.argv.slice(2));
if (worker !== undefined) process.exit(worker);

// Who reads may stop reading (`realmgate audit search | head`); that is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const alive = keepAlive();
const program = version();
process.exitCode = await runCommandLine(process.argv.slice(2), {
  terminal,
  version: program,
  environment: process.env,
  now: () => systemClock.now(),
  schema: configurationSchema,
  defaultPaths: ['realmgate.yaml'],
  serve: (paths) => serve(paths, program),
  check: checkConfiguration,
  dataFolder: dataFolderOf,
  openActs: (paths) => openActs(paths, program),
  verifyAudit: verifyTrail,
});
alive.cancel();
