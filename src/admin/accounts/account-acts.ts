/**
 * The acts on people, groups and hosts, by name. What changes something is an act of the audit trail, written before
 * it is answered, with the name of the entry and never a value.
 */
import type { z } from 'zod';
import type { Instant } from '../../base/index.ts';
import type { AdminPorts } from '../ports.ts';
import { type AccountBook, accountBook } from './account-book.ts';
import { type AddUserReport, addUser, addUserInput } from './add-user.ts';
import {
  type AddAppPasswordReport,
  type AppPasswordRow,
  addAppPassword,
  addAppPasswordInput,
  listAppPasswords,
  removeAppPassword,
  removeAppPasswordInput,
} from './app-passwords.ts';
import { deleteAccount } from './delete-account.ts';
import { groupMembers, groupMembersInput, groupOwners, groupOwnersInput, type MemberRow } from './group-members.ts';
import { addGroup, addGroupInput, type GroupDetails, type GroupRow, listGroups, showGroup } from './groups.ts';
import { type AddHostReport, addHost, addHostInput, type HostRow, listHosts } from './hosts.ts';
import { named, namedChange, nothing } from './inputs.ts';
import { listUsers, listUsersInput, showUser, type UserDetails, type UserRow } from './list-users.ts';
import { commentOf } from './public-key.ts';
import { type SetPasswordReport, setPassword, setPasswordInput } from './set-password.ts';
import { disableUser, enableUser, setUser, setUserInput, userKeys, userKeysInput } from './set-user.ts';

export const ACCOUNT_INPUT = {
  'user-add': addUserInput,
  'user-list': listUsersInput,
  'user-show': named,
  'user-set': setUserInput,
  'user-disable': namedChange,
  'user-enable': namedChange,
  'user-delete': namedChange,
  'user-passwd': setPasswordInput,
  'user-keys': userKeysInput,
  'user-app-password-add': addAppPasswordInput,
  'user-app-password-list': named,
  'user-app-password-remove': removeAppPasswordInput,
  'group-add': addGroupInput,
  'group-list': nothing,
  'group-show': named,
  'group-members': groupMembersInput,
  'group-owners': groupOwnersInput,
  'group-delete': namedChange,
  'host-add': addHostInput,
  'host-list': nothing,
  'host-passwd': setPasswordInput,
  'host-delete': namedChange,
} as const;

type AccountInput<Name extends keyof typeof ACCOUNT_INPUT> = z.infer<(typeof ACCOUNT_INPUT)[Name]>;
type AccountAct<Name extends keyof typeof ACCOUNT_INPUT, Report> = (input: AccountInput<Name>) => Promise<Report>;

export interface AccountActs {
  readonly 'user-add': AccountAct<'user-add', AddUserReport>;
  readonly 'user-list': AccountAct<'user-list', readonly UserRow[]>;
  readonly 'user-show': AccountAct<'user-show', UserDetails>;
  readonly 'user-set': AccountAct<'user-set', Named>;
  readonly 'user-disable': AccountAct<'user-disable', Named>;
  readonly 'user-enable': AccountAct<'user-enable', Named>;
  readonly 'user-delete': AccountAct<'user-delete', Named>;
  readonly 'user-passwd': AccountAct<'user-passwd', SetPasswordReport>;
  readonly 'user-keys': AccountAct<'user-keys', { readonly keys: readonly string[] }>;
  readonly 'user-app-password-add': AccountAct<'user-app-password-add', AddAppPasswordReport>;
  readonly 'user-app-password-list': AccountAct<'user-app-password-list', readonly AppPasswordRow[]>;
  readonly 'user-app-password-remove': AccountAct<'user-app-password-remove', Named>;
  readonly 'group-add': AccountAct<'group-add', Named & { readonly gidNumber: number }>;
  readonly 'group-list': AccountAct<'group-list', readonly GroupRow[]>;
  readonly 'group-show': AccountAct<'group-show', GroupDetails>;
  readonly 'group-members': AccountAct<'group-members', { readonly members: readonly MemberRow[] }>;
  readonly 'group-owners': AccountAct<'group-owners', { readonly owners: readonly string[] }>;
  readonly 'group-delete': AccountAct<'group-delete', Named>;
  readonly 'host-add': AccountAct<'host-add', AddHostReport>;
  readonly 'host-list': AccountAct<'host-list', readonly HostRow[]>;
  readonly 'host-passwd': AccountAct<'host-passwd', SetPasswordReport>;
  readonly 'host-delete': AccountAct<'host-delete', Named>;
}

interface Named {
  readonly dn: string;
}

/** What is said about a change in the trail besides its target: names and dates, never a value of an attribute. */
type Detail = Readonly<Record<string, string>>;

export function createAccountActs(ports: AdminPorts): AccountActs {
  const book = () => accountBook(ports.directory(), ports.clock, ports.random);
  const inTurn = oneAfterTheOther();
  /** Reads only. */
  const asked =
    <Input, Report>(run: (book: AccountBook, input: Input) => Report) =>
    async (input: Input) =>
      run(book(), input);
  /** Changes something, and is recorded; without a detail where it may also only read, and did. */
  const done =
    <Input extends { readonly name: string; readonly dryRun?: boolean | undefined }, Report>(
      action: string,
      run: (book: AccountBook, input: Input) => Promise<Report>,
      detailOf: (input: Input) => Detail | undefined = () => ({}),
    ) =>
    (input: Input) =>
      inTurn(async () => {
        const report = await run(book(), input);
        const detail = input.dryRun === true ? undefined : detailOf(input);
        if (detail !== undefined) {
          const { trail } = ports;
          const said = Object.keys(detail).length === 0 ? {} : { detail };
          trail.append({ kind: 'act', id: trail.newId(), action, by: 'operator', target: input.name, ...said });
        }
        return report;
      });
  return {
    'user-add': done('user.add', addUser, ({ groups }) => ({ ...listed('groups', groups) })),
    'user-list': asked(listUsers),
    'user-show': asked(showUser),
    'user-set': done('user.set', setUser, ({ attribute, operation }) => ({ attribute, operation })),
    'user-disable': done('user.disable', disableUser),
    'user-enable': done('user.enable', enableUser),
    'user-delete': done('user.delete', (accounts, input) => deleteAccount(accounts, 'user', input)),
    'user-passwd': done('user.passwd', (accounts, input) => setPassword(accounts, 'user', input)),
    'user-keys': done('user.keys', userKeys, ({ add, remove }) =>
      add === undefined && remove === undefined ? undefined : { ...keyed('add', add), ...keyed('remove', remove) },
    ),
    'user-app-password-add': done(
      'user.app-password.add',
      (accounts, input) => addAppPassword(accounts, input, ports.generation().services.keys()),
      ({ service, label }) => ({ service, label }),
    ),
    'user-app-password-list': asked(listAppPasswords),
    'user-app-password-remove': done('user.app-password.remove', removeAppPassword, ({ id }) => ({ id: String(id) })),
    'group-add': done('group.add', addGroup, ({ members, owners }) => ({
      ...listed('members', members),
      ...listed('owners', owners),
    })),
    'group-list': asked((accounts) => listGroups(accounts)),
    'group-show': asked(showGroup),
    'group-members': done('group.members', groupMembers, ({ add, remove, start, end }) =>
      add === undefined && remove === undefined
        ? undefined
        : { ...listed('add', add), ...listed('remove', remove), ...dated('start', start), ...dated('end', end) },
    ),
    'group-owners': done('group.owners', groupOwners, ({ add, remove }) =>
      add === undefined && remove === undefined ? undefined : { ...listed('add', add), ...listed('remove', remove) },
    ),
    'group-delete': done('group.delete', (accounts, input) => deleteAccount(accounts, 'group', input)),
    'host-add': done('host.add', addHost),
    'host-list': asked((accounts) => listHosts(accounts)),
    'host-passwd': done('host.passwd', (accounts, input) => setPassword(accounts, 'host', input)),
    'host-delete': done('host.delete', (accounts, input) => deleteAccount(accounts, 'host', input)),
  };
}

/** Two people who are added at a time must not get the same number. */
function oneAfterTheOther(): <Report>(run: () => Promise<Report>) => Promise<Report> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const turn = last.then(run);
    last = turn.catch(() => {});
    return turn;
  };
}

/** Characters of a list in the trail; who puts thousands into a group finds them in the group. */
const LONGEST_LIST = 1_000;

function listed(key: string, names: readonly string[] | undefined): Detail {
  return names === undefined || names.length === 0 ? {} : { [key]: names.join(', ').slice(0, LONGEST_LIST) };
}

/** A key by the comment that says whose it is. */
function keyed(side: string, key: string | undefined): Detail {
  return key === undefined ? {} : { [side]: commentOf(key) || key };
}

function dated(key: string, at: Instant | undefined): Detail {
  return at === undefined ? {} : { [key]: new Date(at).toISOString() };
}
