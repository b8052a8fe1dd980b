/** `realmgate host add|list|passwd|delete` */
import type { Command } from 'commander';
import {
  AccountCommands,
  type ChangeFlags,
  DRY_RUN,
  generatedLine,
  PASSWORD_OPTIONS,
  type PasswordFlags,
  verb,
} from '../account-command.ts';
import type { Act } from '../common-options.ts';
import { table } from '../output.ts';
import type { CommandPorts } from '../ports.ts';

const HELP = `
Examples:
  realmgate host add Portal --description "The web portal"
  realmgate host passwd Portal --generate
`;

export function addHostCommands(program: Command, ports: CommandPorts, act: Act): void {
  const commands = new AccountCommands(ports, act);
  const host = program
    .command('host')
    .description('services that read the directory: each binds as an entry of its own')
    .addHelpText('after', HELP);
  host
    .command('add')
    .description('add a service account; a password is made and printed once unless one is given')
    .argument('<name>')
    .option('--description <text>')
    .option(...PASSWORD_OPTIONS.stdin)
    .option(...PASSWORD_OPTIONS.force)
    .option(...DRY_RUN)
    .action((name: string, flags: { description?: string } & PasswordFlags & ChangeFlags, command: Command) =>
      commands.run(
        command,
        'host-add',
        async () => ({
          name,
          ...(flags.description !== undefined && { description: flags.description }),
          dryRun: flags.dryRun,
          ...(await commands.password(flags)),
        }),
        ({ dn, generated }) => `${verb(flags, 'added', 'add')} ${dn}\n${generatedLine(generated)}`,
      ),
    );
  host
    .command('list')
    .description('list service accounts')
    .action((_flags: object, command: Command) =>
      commands.run(command, 'host-list', {}, (rows) =>
        table(
          ['NAME', 'DN', 'DESCRIPTION'],
          rows.map((row) => [row.name, row.dn, row.description]),
        ),
      ),
    );
  host
    .command('passwd')
    .description('set the password of a service')
    .argument('<name>')
    .option(...PASSWORD_OPTIONS.stdin)
    .option(...PASSWORD_OPTIONS.generate)
    .option(...PASSWORD_OPTIONS.force)
    .option(...DRY_RUN)
    .action((name: string, flags: PasswordFlags & ChangeFlags, command: Command) =>
      commands.run(
        command,
        'host-passwd',
        async () => ({ name, dryRun: flags.dryRun, ...(await commands.password(flags)) }),
        ({ dn, generated }) => `${verb(flags, 'set', 'set')} the password of ${dn}\n${generatedLine(generated)}`,
      ),
    );
  host
    .command('delete')
    .description('delete a service account')
    .argument('<name>')
    .option(...DRY_RUN)
    .action((name: string, flags: ChangeFlags, command: Command) =>
      commands.run(
        command,
        'host-delete',
        { name, ...flags },
        ({ dn }) => `${verb(flags, 'deleted', 'delete')} ${dn}\n`,
      ),
    );
}
