/**
 * The acts on people, groups and hosts, by name. What changes something is an act of the audit trail, written before
 * it is answered, with the name of the entry and never a value.
 */
import type { z } from 'zod';
import type { AdminPorts } from '../ports.ts';
import { type AccountBook, accountBook } from './account-book.ts';
import { type AddUserReport, addUser, addUserInput } from './add-user.ts';
import { deleteAccount } from './delete-account.ts';
import { groupMembers, groupMembersInput, groupOwners, groupOwnersInput, type MemberRow } from './group-members.ts';
import { addGroup, addGroupInput, type GroupDetails, type GroupRow, listGroups, showGroup } from './groups.ts';
import { type AddHostReport, addHost, addHostInput, type HostRow, listHosts } from './hosts.ts';
import { named, namedChange, nothing } from './inputs.ts';
import { listUsers, listUsersInput, showUser, type UserDetails, type UserRow } from './list-users.ts';
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

export function createAccountActs(ports: AdminPorts): AccountActs {
  const book = () => accountBook(ports.directory(), ports.clock, ports.random);
  /** Reads only. */
  const asked =
    <Input, Report>(run: (book: AccountBook, input: Input) => Report) =>
    async (input: Input) =>
      run(book(), input);
  /** Changes something, and is recorded. */
  const done =
    <Input extends { readonly name: string; readonly dryRun?: boolean | undefined }, Report>(
      action: string,
      run: (book: AccountBook, input: Input) => Promise<Report>,
      changes: (input: Input) => boolean = () => true,
    ) =>
    async (input: Input) => {
      const report = await run(book(), input);
      if (input.dryRun !== true && changes(input)) {
        const { trail } = ports;
        trail.append({ kind: 'act', id: trail.newId(), action, by: 'operator', target: input.name });
      }
      return report;
    };
  const lists = ({ add, remove }: { readonly add?: unknown; readonly remove?: unknown }) =>
    add !== undefined || remove !== undefined;
  return {
    'user-add': done('user.add', addUser),
    'user-list': asked(listUsers),
    'user-show': asked(showUser),
    'user-set': done('user.set', setUser),
    'user-disable': done('user.disable', disableUser),
    'user-enable': done('user.enable', enableUser),
    'user-delete': done('user.delete', (accounts, input) => deleteAccount(accounts, 'user', input)),
    'user-passwd': done('user.passwd', (accounts, input) => setPassword(accounts, 'user', input)),
    'user-keys': done('user.keys', userKeys, lists),
    'group-add': done('group.add', addGroup),
    'group-list': asked((accounts) => listGroups(accounts)),
    'group-show': asked(showGroup),
    'group-members': done('group.members', groupMembers, lists),
    'group-owners': done('group.owners', groupOwners, lists),
    'group-delete': done('group.delete', (accounts, input) => deleteAccount(accounts, 'group', input)),
    'host-add': done('host.add', addHost),
    'host-list': asked((accounts) => listHosts(accounts)),
    'host-passwd': done('host.passwd', (accounts, input) => setPassword(accounts, 'host', input)),
    'host-delete': done('host.delete', (accounts, input) => deleteAccount(accounts, 'host', input)),
  };
}
