/** `realmgate store verify|backup|restore|migrate` */
import type { Command } from 'commander';
import { systemRandom } from '../../base/index.ts';
import {
  backupDataFolder,
  type DatabaseReport,
  migrateDataFolder,
  type Progress,
  restoreDataFolder,
  verifyDataFolder,
} from '../../store/index.ts';
import { type Act, commonOptions } from '../common-options.ts';
import { EXIT, json, type Terminal, table } from '../output.ts';
import type { CommandPorts } from '../ports.ts';

/** A line of progress is printed each time so many rows were read. */
const PROGRESS_ROWS = 250_000;

export function addStoreCommands(program: Command, ports: CommandPorts, act: Act): void {
  const store = program.command('store').description('the databases of the data folder');
  addVerify(store, ports, act);
  addBackup(store, ports, act);
  addRestore(store, ports, act);
  addMigrate(store, ports, act);
}

function addVerify(store: Command, ports: CommandPorts, act: Act): void {
  const { terminal } = ports;
  store
    .command('verify')
    .argument('[folder]', 'a backup, or another data folder than that of the configuration')
    .description('read everything and check every checksum; the server may run')
    .action((folder: string | undefined, _flags: object, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        const reports = verifyDataFolder(folder ?? (await ports.dataFolder(config)), progressTo(terminal));
        if (output === 'json') terminal.out(json(reports));
        else {
          terminal.out(
            table(['DATABASE', 'FORM', 'ROWS', 'OCTETS', 'HEAD', 'GENERATION', 'VERDICT'], reports.map(row)),
          );
          for (const { name, damage } of reports) for (const what of damage) terminal.out(`${name}: ${what}\n`);
        }
        return reports.every(isSound) ? EXIT.ok : EXIT.no;
      }),
    );
}

function addBackup(store: Command, ports: CommandPorts, act: Act): void {
  const { terminal } = ports;
  store
    .command('backup')
    .argument('<target>', 'the folder to make')
    .description('copy every database of the data folder, each as it is at one instant; the server may run')
    .action((target: string, _flags: object, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        const folder = await ports.dataFolder(config);
        const manifest = backupDataFolder({ folder, target, now: ports.now(), progress: progressTo(terminal) });
        const rows = manifest.databases.map((each) => [
          each.name,
          String(each.rows),
          String(each.octets),
          String(each.head ?? ''),
        ]);
        terminal.out(output === 'json' ? json(manifest) : table(['DATABASE', 'ROWS', 'OCTETS', 'HEAD'], rows));
        return EXIT.ok;
      }),
    );
}

function addRestore(store: Command, ports: CommandPorts, act: Act): void {
  const { terminal } = ports;
  store
    .command('restore')
    .argument('<backup>', 'a folder that `store backup` made')
    .description('put the databases of a backup in the place of the present ones; the server must not run')
    .option('--with-sessions', 'sessions and lockout counts too: sessions that were ended since live again', false)
    .option('--dry-run', 'check everything and change nothing', false)
    .action((backup: string, flags: { withSessions: boolean; dryRun: boolean }, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        const folder = await ports.dataFolder(config);
        const progress = progressTo(terminal);
        const restored = restoreDataFolder({ folder, backup, random: systemRandom, ...flags, progress });
        if (output === 'json') terminal.out(json(restored));
        else {
          const rows = restored.map(({ name, outcome, backup: entry, replaced }) => [
            name,
            flags.dryRun ? `would be ${outcome}` : outcome,
            String(entry.head ?? ''),
            replaced === undefined ? 'nothing' : isSound(replaced) ? String(replaced.head ?? 'sound') : 'damaged',
          ]);
          terminal.out(table(['DATABASE', 'OUTCOME', 'HEAD', 'INSTEAD OF'], rows));
        }
        return EXIT.ok;
      }),
    );
}

function addMigrate(store: Command, ports: CommandPorts, act: Act): void {
  const { terminal } = ports;
  store
    .command('migrate')
    .description('bring the databases to the form of this version, as a start of the server does; it must not run')
    .option('--dry-run', 'say what would be done and change nothing', false)
    .action(({ dryRun }: { dryRun: boolean }, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        const folder = await ports.dataFolder(config);
        const migrated = migrateDataFolder({ folder, dryRun, progress: progressTo(terminal) });
        const rows = migrated.map(({ name, from, to, damage }) => [name, String(from), String(to), damage.join('; ')]);
        terminal.out(output === 'json' ? json(migrated) : table(['DATABASE', 'FROM', 'TO', 'DAMAGE'], rows));
        return migrated.every(isSound) ? EXIT.ok : EXIT.no;
      }),
    );
}

const isSound = ({ damage }: { readonly damage: readonly string[] }) => damage.length === 0;

function row(report: DatabaseReport): string[] {
  const { name, form, rows, octets, head, generation } = report;
  const numbers = [form, rows, octets, head ?? ''].map(String);
  return [name, ...numbers, generation ?? '', isSound(report) ? 'sound' : 'DAMAGED'];
}

/** Progress on standard error, for what takes long. */
function progressTo(terminal: Terminal): Progress {
  let [database, printed] = ['', 0];
  return (name, rows) => {
    if (name !== database) [database, printed] = [name, 0];
    if (rows - printed < PROGRESS_ROWS) return;
    printed = rows;
    terminal.err(`${name}: ${rows.toLocaleString('en-US')} rows\n`);
  };
}
