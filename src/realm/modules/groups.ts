/**
 * The `groups` login module: adds the groups of a file in the form of /etc/group to a user whom another module of the
 * same login verified. It verifies nobody: its login answers *ignored*, so that it cannot let anyone in.
 *
 * Lines are `name:password:gid:member,member`. Blanks around a member do not count, so that a line such as
 * `omi_access_group:x:1001:root, SCX\omi_test` stands as it is (spec: OMI 2.2). Of a group on several lines all
 * members count, as in getgrouplist(3). A file with a line that is none is not taken: who is in a denied group must be known.
 *
 * Who is meant by a member is decided by login domain, because the same name in two domains is two people:
 * `SCX\omi_test` is user omi_test of login domain SCX, exactly; a bare `root` is a user of `memberDomain`, which is
 * the module's own domain unless configured, and nobody of another domain.
 *
 * The groups are found at commit, when every module has had its say: the module may stand before or after the ones
 * that verify. Behind a `sufficient` module that succeeded it is not reached (JAAS).
 */
import { z } from 'zod';
import type { Clock, Logger } from '../../base/index.ts';
import { path } from '../../config/index.ts';
import type {
  LoginModule,
  LoginModuleContext,
  LoginModuleDefinition,
  ModulePrincipal,
  PhaseResult,
} from '../login-module.ts';
import { loginFailure } from '../phase-answer.ts';
import type { LineFinding, LineReader } from './line-splitter.ts';
import { verifiedUser } from './shared-state.ts';
import { SourceFile } from './source-file.ts';

export const groupsModuleSchema = z.strictObject({
  use: z.literal('groups').describe('Adds groups from a group file to users whom another module verified.'),
  file: path().describe(
    'The group file: lines name:x:gid:member,member as in /etc/group; a member may be DOMAIN\\user.',
  ),
  memberDomain: z
    .string()
    .min(1)
    .optional()
    .describe("The login domain whose users the members without a domain are. Default: the module's own domain."),
});

export type GroupsOptions = z.output<typeof groupsModuleSchema> & { readonly domain?: string | undefined };

export interface GroupsPorts {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The login domain of the groups when none is configured. */
export const DEFAULT_GROUPS_DOMAIN = 'local';

/** Octets; a group of a hundred thousand members fits. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** Makes the definition of a `groups` module. */
export function groupsModule(options: GroupsOptions, { clock, logger }: GroupsPorts): LoginModuleDefinition {
  const domain = options.domain ?? DEFAULT_GROUPS_DOMAIN;
  const reader = () => new GroupFileReader(options.memberDomain ?? domain);
  const source = new SourceFile({ path: options.file, reader, longestLine: LONGEST_LINE, whole: true, clock, logger });
  return {
    use: 'groups',
    domain,
    verifies: false,
    create: (context) => new GroupsLoginModule(context, source),
    knownGroups: () => [...new Set([...(source.content?.values() ?? [])].flatMap((groups) => [...groups]))],
    start: () => source.start(),
    close: async () => source.close(),
  };
}

class GroupsLoginModule implements LoginModule {
  readonly #context: LoginModuleContext;
  readonly #source: SourceFile<GroupFile>;
  #groups: readonly ModulePrincipal[] = [];

  constructor(context: LoginModuleContext, source: SourceFile<GroupFile>) {
    this.#context = context;
    this.#source = source;
  }

  login(): PhaseResult {
    // Unknown membership is not the same as none: a deny list would be passed by.
    return this.#source.content === undefined ? loginFailure('unavailable', 'the file could never be read') : 'ignored';
  }

  commit(): PhaseResult {
    const user = verifiedUser(this.#context.shared);
    const groups = user && this.#source.content?.get(memberKey(user.domain, user.name));
    if (groups === undefined) return 'ignored';
    this.#groups = [...groups].map((name) => ({ type: 'group', name }));
    return 'success';
  }

  abort(): PhaseResult {
    return this.#forget();
  }

  logout(): PhaseResult {
    return this.#forget();
  }

  principals(): readonly ModulePrincipal[] {
    return this.#groups;
  }

  #forget(): PhaseResult {
    const had = this.#groups.length > 0;
    this.#groups = [];
    return had ? 'success' : 'ignored';
  }
}

/** The groups of each member, by `DOMAIN\user`. */
export type GroupFile = ReadonlyMap<string, ReadonlySet<string>>;

export class GroupFileReader implements LineReader<GroupFile> {
  readonly #memberDomain: string;
  readonly #groupsOf = new Map<string, Set<string>>();

  constructor(memberDomain: string) {
    this.#memberDomain = memberDomain;
  }

  take(line: string): LineFinding | undefined {
    if (line.trim() === '' || line.startsWith('#')) return undefined;
    const [name = '', , gid, list, ...rest] = line.split(':');
    if (list === undefined || rest.length > 0 || !/^\d{1,10}$/.test(gid ?? '')) {
      return { kind: 'broken', what: 'is not name:password:gid:members' };
    }
    if (name.trim() === '' || /\p{Cc}/u.test(line)) return { kind: 'broken', what: 'has no proper group name' };
    const members = list.split(',');
    const names = members.map((member) => member.trim());
    for (const member of names) if (member !== '') this.#add(name, member);
    return names.some((member, index) => member !== members[index])
      ? { kind: 'noted', what: 'has blanks around a member, which do not count' }
      : undefined;
  }

  content(): GroupFile {
    return this.#groupsOf;
  }

  #add(group: string, member: string): void {
    const key = member.includes('\\') ? member : memberKey(this.#memberDomain, member);
    const groups = this.#groupsOf.get(key);
    if (groups === undefined) this.#groupsOf.set(key, new Set([group]));
    else groups.add(group);
  }
}

function memberKey(domain: string, user: string): string {
  return `${domain}\\${user}`;
}
