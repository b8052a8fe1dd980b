/** `realmgate session list|revoke` */
import type { Command } from 'commander';
import { callAct } from '../call-act.ts';
import { type Act, commonOptions } from '../common-options.ts';
import { EXIT, json, table } from '../output.ts';
import type { CommandPorts } from '../ports.ts';

export function addSessionCommands(program: Command, ports: CommandPorts, act: Act): void {
  const session = program.command('session').description('who is logged in, and ending it');
  session
    .command('list')
    .description('list the live sessions')
    .option('--user <name>', 'only those of this user')
    .action((options: { user?: string }, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        const rows = await callAct(ports, config, 'session-list', options);
        const cells = rows.map((row) => [
          row.id,
          `${row.domain}\\${row.user}`,
          row.realm,
          row.host,
          row.client,
          row.since,
        ]);
        ports.terminal.out(
          output === 'json' ? json(rows) : table(['ID', 'USER', 'REALM', 'HOST', 'CLIENT', 'SINCE'], cells),
        );
        return EXIT.ok;
      }),
    );
  session
    .command('revoke')
    .description('end a session and all that came from the same login, on every host, open connections included')
    .argument('[id]', 'the session')
    .option('--user <name>', 'every session of this user')
    .option('--dry-run', 'only say what would end')
    .action((id: string | undefined, options: { user?: string; dryRun?: true }, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        if (id === undefined && options.user === undefined) {
          ports.terminal.err('realmgate: name a session or --user; `realmgate session list` shows them\n');
          return EXIT.usage;
        }
        const report = await callAct(ports, config, 'session-revoke', { ...options, ...(id !== undefined && { id }) });
        const verb = options.dryRun === true ? 'would end' : 'ended';
        ports.terminal.out(output === 'json' ? json(report) : `${verb} ${report.ended.length} sessions\n`);
        if (report.ended.length > 0) return EXIT.ok;
        ports.terminal.err('realmgate: there is no live session of that name; `realmgate session list` shows all\n');
        return EXIT.no;
      }),
    );
}
