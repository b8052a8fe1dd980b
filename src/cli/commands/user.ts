/** `realmgate user add|list|show|set|keys|passwd|app-password|disable|enable|delete` */
import type { Command } from 'commander';
import {
  AccountCommands,
  type ChangeFlags,
  collect,
  DRY_RUN,
  generatedLine,
  PASSWORD_OPTIONS,
  type PasswordFlags,
  verb,
  wholeNumber,
} from '../account-command.ts';
import type { Act } from '../common-options.ts';
import { table } from '../output.ts';
import type { CommandPorts } from '../ports.ts';
import { addAppPasswordCommands } from './user-app-password.ts';

interface AddFlags extends ChangeFlags, PasswordFlags {
  readonly commonName?: string;
  readonly givenName?: string;
  readonly surname?: string;
  readonly mail?: string;
  readonly uidNumber?: number;
  readonly gidNumber?: number;
  readonly home?: string;
  readonly shell?: string;
  readonly group?: readonly string[];
  readonly key?: readonly string[];
}

const HELP = `
Examples:
  realmgate user add alice --given-name Alice --surname Ayre --mail alice@example.org --generate
  realmgate user passwd alice --password-stdin < password
  realmgate user keys alice --add "$(cat id_ed25519.pub)"
  realmgate user set alice loginShell /bin/zsh
  realmgate user disable alice
`;

export function addUserCommands(program: Command, ports: CommandPorts, act: Act): void {
  const commands = new AccountCommands(ports, act);
  const user = program.command('user').description('people in the directory').addHelpText('after', HELP);
  user
    .command('add')
    .description('add a person with a Unix account')
    .argument('<name>', 'the login name')
    .option('--common-name <name>', 'the shown name; made of the next two when absent')
    .option('--given-name <name>')
    .option('--surname <name>')
    .option('--mail <address>')
    .option('--uid-number <number>', 'the next free one when absent', wholeNumber)
    .option('--gid-number <number>', 'the uid number when absent', wholeNumber)
    .option('--home <path>', 'the login name below /home when absent')
    .option('--shell <path>', '/bin/bash when absent')
    .option('--group <name>', 'a group to be in; may be repeated', collect)
    .option('--key <line>', 'an SSH public key; may be repeated', collect)
    .option(...PASSWORD_OPTIONS.stdin)
    .option(...PASSWORD_OPTIONS.generate)
    .option(...PASSWORD_OPTIONS.force)
    .option(...DRY_RUN)
    .action((name: string, flags: AddFlags, command: Command) => {
      const { group, key, passwordStdin: _stdin, generate: _generate, force: _force, ...same } = flags;
      return commands.run(
        command,
        'user-add',
        async () => ({
          name,
          ...same,
          ...(group !== undefined && { groups: [...group] }),
          ...(key !== undefined && { keys: [...key] }),
          ...(await commands.password(flags)),
        }),
        ({ dn, uidNumber, generated }) =>
          `${verb(flags, 'added', 'add')} ${dn} with uid number ${uidNumber}\n${generatedLine(generated)}`,
      );
    });
  user
    .command('list')
    .description('list people')
    .argument('[matching]', 'part of the login name, the shown name or the mail address')
    .option('--group <name>', 'only those who are in this group now')
    .option('--limit <count>', 'how many at most', wholeNumber)
    .action((matching: string | undefined, flags: { group?: string; limit?: number }, command: Command) =>
      commands.run(command, 'user-list', { ...flags, ...(matching !== undefined && { matching }) }, (rows) =>
        table(
          ['NAME', 'UID', 'COMMON NAME', 'MAIL', 'STATE'],
          rows.map((row) => [row.name, row.uidNumber, row.commonName, row.mail, row.disabled ? 'disabled' : '']),
        ),
      ),
    );
  user
    .command('show')
    .description('show a person, the groups and keys')
    .argument('<name>', 'a login name or a distinguished name')
    .action((name: string, _flags: object, command: Command) =>
      commands.run(command, 'user-show', { name }, (user) =>
        table(
          ['ATTRIBUTE', 'VALUE'],
          [
            ['dn', user.dn],
            ['name', user.name],
            ['commonName', user.commonName],
            ['mail', user.mail],
            ['uidNumber', user.uidNumber],
            ...Object.entries(user.attributes).flatMap(([name, values]) => values.map((value) => [name, value])),
            ...user.groups.map((group) => ['group', group]),
            ...user.keys.map((key) => ['key', key]),
            ['passwordChanged', user.passwordChanged ?? 'never: there is no password'],
            ...(user.mustChange ? [['state', 'has to change the password']] : []),
            ...(user.disabled ? [['state', 'disabled']] : []),
          ],
        ),
      ),
    );
  user
    .command('set')
    .description('set an attribute of a person; without values it is taken away')
    .argument('<name>')
    .argument('<attribute>')
    .argument('[values...]')
    .option('--add', 'add the values to those that are there')
    .option('--remove', 'take these values away')
    .option(...DRY_RUN)
    .action((name: string, attribute: string, values: string[], flags: SetFlags, command: Command) =>
      commands.run(
        command,
        'user-set',
        {
          name,
          attribute,
          values,
          operation: flags.add === true ? 'add' : flags.remove === true ? 'delete' : 'replace',
          dryRun: flags.dryRun,
        },
        ({ dn }) => `${verb(flags, 'changed', 'change')} ${attribute} of ${dn}\n`,
      ),
    );
  user
    .command('keys')
    .description('list, add or remove SSH keys')
    .argument('<name>')
    .option('--add <line>', 'a line of authorized_keys')
    .option('--remove <key>', 'the line, or the comment at its end')
    .option(...DRY_RUN)
    .action((name: string, flags: { add?: string; remove?: string } & ChangeFlags, command: Command) =>
      commands.run(command, 'user-keys', { name, ...flags }, ({ keys }) => keys.map((key) => `${key}\n`).join('')),
    );
  user
    .command('passwd')
    .description('set a password; works also when every administrator is locked out')
    .argument('<name>')
    .option(...PASSWORD_OPTIONS.stdin)
    .option(...PASSWORD_OPTIONS.generate)
    .option(...PASSWORD_OPTIONS.force)
    .option('--must-change', 'it has to be changed at the first login')
    .option(...DRY_RUN)
    .action((name: string, flags: PasswordFlags & ChangeFlags & { mustChange?: true }, command: Command) =>
      commands.run(
        command,
        'user-passwd',
        async () => ({
          name,
          mustChange: flags.mustChange,
          dryRun: flags.dryRun,
          ...(await commands.password(flags)),
        }),
        ({ dn, generated }) => `${verb(flags, 'set', 'set')} the password of ${dn}\n${generatedLine(generated)}`,
      ),
    );
  addAppPasswordCommands(user, commands);
  const changes = [
    ['disable', 'user-disable', 'disabled', 'let nobody log in as this person; the entry stays'],
    ['enable', 'user-enable', 'enabled', 'take back a disable'],
    ['delete', 'user-delete', 'deleted', 'delete a person and every membership'],
  ] as const;
  for (const [name, action, past, description] of changes) {
    user
      .command(name)
      .description(description)
      .argument('<name>')
      .option(...DRY_RUN)
      .action((account: string, flags: ChangeFlags, command: Command) =>
        commands.run(command, action, { name: account, ...flags }, ({ dn }) => `${verb(flags, past, name)} ${dn}\n`),
      );
  }
}

interface SetFlags extends ChangeFlags {
  readonly add?: true;
  readonly remove?: true;
}
