/** `realmgate ldif import|export` */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { ActResult } from '../../admin/index.ts';
import { CodedError, systemClock } from '../../base/index.ts';
import { DRY_RUN } from '../account-command.ts';
import { type ActCaller, withActs } from '../call-act.ts';
import { type Act, commonOptions } from '../common-options.ts';
import { EXIT, json, printable } from '../output.ts';
import type { CommandPorts } from '../ports.ts';

interface ImportFlags {
  readonly replace?: true;
  readonly continue?: true;
  readonly skipProblems?: true;
  readonly dryRun?: true;
}

const HELP = `
Examples:
  slapcat > site.ldif && realmgate ldif import site.ldif --dry-run
  realmgate ldif import site.ldif --replace
  realmgate ldif import more.ldif --continue
  realmgate ldif export backup.ldif --with-passwords
  realmgate ldif export - | gzip > tree.ldif.gz
`;

const PROGRESS_PERIOD = 1_000;

export function addLdifCommands(program: Command, ports: CommandPorts, act: Act): void {
  const { terminal } = ports;
  const ldif = program
    .command('ldif')
    .description('the directory as a file: what slapcat printed goes in as it is')
    .addHelpText('after', HELP);
  ldif
    .command('import')
    .description('put the entries of a file into the directory')
    .argument('<file>', 'LDIF; - reads standard input')
    .option('--replace', 'the file becomes the whole directory, at once, when all of it is right')
    .option('--continue', 'add to what is there, batch by batch; started again it goes on where it was broken off')
    .option('--skip-problems', 'take what is right although something else is not')
    .option(...DRY_RUN)
    .action((file: string, flags: ImportFlags, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        if (flags.replace === true && flags.continue === true) {
          terminal.err('realmgate: --replace makes the file the whole directory, --continue adds to it: say one\n');
          return EXIT.usage;
        }
        const mode = flags.replace === true ? 'replace' : flags.continue === true ? 'continue' : undefined;
        const report = await withFile(file, (path) =>
          withActs(ports, config, (call) => {
            const stop = showProgress(ports, call);
            return call('ldif-import', {
              file: path,
              mode,
              skipProblems: flags.skipProblems,
              dryRun: flags.dryRun,
            }).finally(stop);
          }),
        );
        terminal.out(output === 'json' ? json(report) : importSummary(file, flags, report));
        return report.problemCount > 0 ? EXIT.no : EXIT.ok;
      }),
    );
  ldif
    .command('export')
    .description('write the whole directory as LDIF, as it is at one instant')
    .argument('<file>', 'must not exist; - writes to standard output')
    .option(
      '--with-passwords',
      'with the stored forms of the passwords, for moving them; app-bound passwords never leave',
    )
    .action((file: string, flags: { withPasswords?: true }, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        if (file !== '-') {
          const report = await withActs(ports, config, (call) =>
            call('ldif-export', { file: resolve(file), ...flags }),
          );
          terminal.out(output === 'json' ? json(report) : `wrote ${report.entries} entries to ${file}\n`);
          return EXIT.ok;
        }
        await inPrivateFolder(async (folder) => {
          const path = join(folder, 'export.ldif');
          await withActs(ports, config, (call) => call('ldif-export', { file: path, ...flags }));
          for await (const chunk of createReadStream(path, 'utf8')) terminal.out(chunk as string);
        });
        return EXIT.ok;
      }),
    );
}

function importSummary(file: string, flags: ImportFlags, report: ActResult<'ldif-import'>): string {
  const { entries, present, problems, problemCount, changed } = report;
  const lines = problems.map(({ line, dn, message }) => printable(`${file}:${line}: ${dn}: ${message}`));
  if (problemCount > problems.length) lines.push(`... and ${problemCount - problems.length} more problems`);
  const there = present === 0 ? '' : `, ${present} were there already`;
  if (flags.dryRun === true) lines.push(`would take ${entries} entries${there}; nothing was changed`);
  else if (changed) lines.push(`took ${entries} entries${there}`);
  else if (problemCount === 0) lines.push(`nothing was changed${there}`);
  else if (flags.continue === true) lines.push('nothing was changed: mend the file');
  else lines.push('nothing was changed: mend the file, or take the rest with --skip-problems');
  return `${lines.join('\n')}\n`;
}

/** Says each second on standard error how far an import has come; returns how to end that. */
function showProgress({ terminal }: CommandPorts, call: ActCaller): () => void {
  let last = 0;
  const timer = systemClock.every(PROGRESS_PERIOD, () => {
    call('ldif-progress', {}).then(
      (progress) => {
        if (progress === undefined || progress.entries === last) return;
        last = progress.entries;
        terminal.err(`${last} entries\n`);
      },
      () => {},
    );
  });
  return () => timer.cancel();
}

/** The absolute path of a file; standard input goes through a private one. */
async function withFile<Result>(file: string, run: (path: string) => Promise<Result>): Promise<Result> {
  if (file !== '-') return run(resolve(file));
  return inPrivateFolder(async (folder) => {
    const path = join(folder, 'import.ldif');
    await pipeline(process.stdin, createWriteStream(path, { mode: 0o600 }));
    return run(path);
  });
}

async function inPrivateFolder<Result>(run: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-ldif-'));
  try {
    return await run(folder);
  } catch (error) {
    if (error instanceof CodedError && error.code === 'ADMIN_LDIF_FILE') {
      throw new CodedError(
        'CLI_CONTROL',
        `${error.message}; is the server another user's? Name a file that it can reach`,
      );
    }
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
