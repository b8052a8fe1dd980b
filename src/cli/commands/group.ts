/** `realmgate group add|list|show|members|owners|delete` */
import { type Command, InvalidArgumentError } from 'commander';
import type { Instant } from '../../base/index.ts';
import { AccountCommands, type ChangeFlags, collect, DRY_RUN, verb, wholeNumber } from '../account-command.ts';
import type { Act } from '../common-options.ts';
import { table } from '../output.ts';
import type { CommandPorts } from '../ports.ts';

interface ListFlags extends ChangeFlags {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

interface MemberFlags extends ListFlags {
  readonly start?: Instant;
  readonly end?: Instant;
}

const HELP = `
Examples:
  realmgate group add labs --description "The laboratories" --member alice --member bob
  realmgate group members labs --add carol --start 2026-12-01 --end 2027-06-30
  realmgate group owners labs --add alice
`;

export function addGroupCommands(program: Command, ports: CommandPorts, act: Act): void {
  const commands = new AccountCommands(ports, act);
  const group = program.command('group').description('groups in the directory').addHelpText('after', HELP);
  group
    .command('add')
    .description('add a group')
    .argument('<name>')
    .option('--description <text>')
    .option('--gid-number <number>', 'the next free one when absent', wholeNumber)
    .option('--member <name>', 'a person to be in it; may be repeated', collect)
    .option('--owner <name>', 'a person who may change its members; may be repeated', collect)
    .option(...DRY_RUN)
    .action((name: string, flags: AddFlags, command: Command) => {
      const { member, owner, ...same } = flags;
      const input = {
        name,
        ...same,
        ...(member !== undefined && { members: [...member] }),
        ...(owner !== undefined && { owners: [...owner] }),
      };
      return commands.run(
        command,
        'group-add',
        input,
        ({ dn, gidNumber }) => `${verb(flags, 'added', 'add')} ${dn} with gid number ${gidNumber}\n`,
      );
    });
  group
    .command('list')
    .description('list groups')
    .action((_flags: object, command: Command) =>
      commands.run(command, 'group-list', {}, (rows) =>
        table(
          ['NAME', 'GID', 'MEMBERS', 'DESCRIPTION'],
          rows.map((row) => [row.name, row.gidNumber, String(row.members), row.description]),
        ),
      ),
    );
  group
    .command('show')
    .description('show a group with its members and owners')
    .argument('<name>')
    .action((name: string, _flags: object, command: Command) =>
      commands.run(command, 'group-show', { name }, (shown) =>
        table(
          ['ATTRIBUTE', 'VALUE'],
          [
            ['dn', shown.dn],
            ['gidNumber', shown.gidNumber],
            ...(shown.description === '' ? [] : [['description', shown.description]]),
            ...shown.memberNames.map((member) => ['member', member]),
            ...shown.owners.map((owner) => ['owner', owner]),
          ],
        ),
      ),
    );
  group
    .command('members')
    .description('list, add or remove members; a membership may have a start and an end')
    .argument('<name>')
    .option('--add <user>', 'may be repeated', collect)
    .option('--remove <user>', 'may be repeated', collect)
    .option('--start <when>', 'a day (2026-12-01, its beginning in UTC) or an instant', day)
    .option('--end <when>', 'the membership ends by itself: the last day, or an instant', lastDay)
    .option(...DRY_RUN)
    .action((name: string, flags: MemberFlags, command: Command) => {
      const { add, remove, ...same } = flags;
      const input = { name, ...same, ...lists(add, remove) };
      return commands.run(command, 'group-members', input, ({ members }) =>
        table(
          ['MEMBER', 'START', 'END', 'STATE'],
          members.map((row) => [row.dn, instant(row.start), instant(row.end), row.counts ? '' : 'does not count now']),
        ),
      );
    });
  group
    .command('owners')
    .description('list, add or remove those who may change the members')
    .argument('<name>')
    .option('--add <user>', 'may be repeated', collect)
    .option('--remove <user>', 'may be repeated', collect)
    .option(...DRY_RUN)
    .action((name: string, flags: ListFlags, command: Command) => {
      const { add, remove, ...same } = flags;
      return commands.run(command, 'group-owners', { name, ...same, ...lists(add, remove) }, ({ owners }) =>
        table(
          ['OWNER'],
          owners.map((owner) => [owner]),
        ),
      );
    });
  group
    .command('delete')
    .description('delete a group')
    .argument('<name>')
    .option(...DRY_RUN)
    .action((name: string, flags: ChangeFlags, command: Command) =>
      commands.run(
        command,
        'group-delete',
        { name, ...flags },
        ({ dn }) => `${verb(flags, 'deleted', 'delete')} ${dn}\n`,
      ),
    );
}

interface AddFlags extends ChangeFlags {
  readonly description?: string;
  readonly gidNumber?: number;
  readonly member?: readonly string[];
  readonly owner?: readonly string[];
}

function lists(add: readonly string[] | undefined, remove: readonly string[] | undefined) {
  return { ...(add !== undefined && { add: [...add] }), ...(remove !== undefined && { remove: [...remove] }) };
}

const DAY = 86_400_000;

function day(text: string): Instant {
  const parsed = Date.parse(text);
  if (Number.isNaN(parsed)) throw new InvalidArgumentError('Write a day such as 2026-12-01, or an instant.');
  return parsed;
}

/** A day counts to its end. */
function lastDay(text: string): Instant {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? day(text) + DAY : day(text);
}

function instant(at: Instant | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString();
}
