/** `realmgate user app-password add|list|remove` */
import type { Command } from 'commander';
import { type AccountCommands, type ChangeFlags, DRY_RUN, verb, wholeNumber } from '../account-command.ts';
import { table } from '../output.ts';

const HELP = `
Examples:
  realmgate user app-password add alice --service wiki --label "phone"
  realmgate user app-password add alice --service ldap --label "mail program"
  realmgate user app-password list alice
  realmgate user app-password remove alice 1
`;

interface AddFlags extends ChangeFlags {
  readonly service: string;
  readonly label: string;
}

export function addAppPasswordCommands(user: Command, commands: AccountCommands): void {
  const appPassword = user
    .command('app-password')
    .description('passwords for one service each, of devices and programs that keep a password')
    .addHelpText('after', HELP);
  appPassword
    .command('add')
    .description('make one and print it once')
    .argument('<name>')
    .requiredOption('--service <name>', 'the only service that it opens; ldap is the directory itself')
    .requiredOption('--label <text>', 'what it is for, such as the name of the device')
    .option(...DRY_RUN)
    .action((name: string, flags: AddFlags, command: Command) =>
      commands.run(
        command,
        'user-app-password-add',
        { name, ...flags },
        ({ dn, id, service, password }) =>
          `${verb(flags, 'added', 'add')} password ${id} of ${dn} for ${service}\n${
            password === undefined ? '' : `password: ${password}\nit is shown this once\n`
          }`,
      ),
    );
  appPassword
    .command('list')
    .description('list them, with their last use to the hour; the passwords themselves are kept nowhere')
    .argument('<name>')
    .action((name: string, _flags: object, command: Command) =>
      commands.run(command, 'user-app-password-list', { name }, (rows) =>
        table(
          ['ID', 'SERVICE', 'LABEL', 'CREATED', 'LAST USED'],
          rows.map((row) => [String(row.id), row.service, row.label, row.created, row.lastUsed ?? 'never']),
        ),
      ),
    );
  appPassword
    .command('remove')
    .description('end one, at once')
    .argument('<name>')
    .argument('<id>', 'as `list` shows it', wholeNumber)
    .option(...DRY_RUN)
    .action((name: string, id: number, flags: ChangeFlags, command: Command) =>
      commands.run(
        command,
        'user-app-password-remove',
        { name, id, ...flags },
        ({ dn }) => `${verb(flags, 'removed', 'remove')} password ${id} of ${dn}\n`,
      ),
    );
}
