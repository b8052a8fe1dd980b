/**
 * The groups file of Geronimo's properties realms: `group=user1,user2` (spec: Geronimo 3.5). Names are exact; blanks
 * around a name, which Geronimo took for a part of it, are dropped and reported.
 */
import type { Clock, Logger } from '../../base/index.ts';
import type { ModulePrincipal } from '../login-module.ts';
import type { LineFinding } from './line-splitter.ts';
import { type EntryReader, LONGEST_PROPERTY, PropertiesReader } from './properties-file.ts';
import { SourceFile } from './source-file.ts';

/** The groups of each user. */
export type GroupsOfUsers = ReadonlyMap<string, readonly string[]>;

export class GroupEntries implements EntryReader<GroupsOfUsers> {
  readonly #membersOf = new Map<string, readonly string[]>();

  take(group: string, value: string): LineFinding | undefined {
    if (group === '') return { kind: 'broken', what: 'has no group name' };
    const members = value.split(',');
    const names = members.map((member) => member.trim());
    const repeated = this.#membersOf.has(group);
    this.#membersOf.set(group, names);
    if (repeated) return { kind: 'noted', what: 'repeats a group; the last line decides' };
    return names.some((name, index) => name !== members[index])
      ? { kind: 'noted', what: 'has blanks around a member name, which do not count' }
      : undefined;
  }

  content(): GroupsOfUsers {
    const groupsOf = new Map<string, string[]>();
    for (const [group, members] of this.#membersOf) {
      for (const member of new Set(members)) {
        const groups = groupsOf.get(member);
        if (groups === undefined) groupsOf.set(member, [group]);
        else groups.push(group);
      }
    }
    return groupsOf;
  }
}

/** The groups file at `path`, followed as it changes. */
export function groupsFile(path: string, clock: Clock, logger: Logger): SourceFile<GroupsOfUsers> {
  const reader = () => new PropertiesReader(new GroupEntries());
  return new SourceFile({ path, reader, longestLine: LONGEST_PROPERTY, whole: true, clock, logger });
}

/** The group principals of a user. */
export function groupPrincipals(groups: GroupsOfUsers, user: string): readonly ModulePrincipal[] {
  return (groups.get(user) ?? []).map((name) => ({ type: 'group', name }));
}
