/**
 * Acts is the list of everything an administrator can do, by name. Every door calls these: the command line in
 * process or through the control socket. Inputs and results are plain JSON values.
 */
import { z } from 'zod';
import { CodedError } from '../base/index.ts';
import { ACCOUNT_INPUT, type AccountActs, createAccountActs } from './accounts/account-acts.ts';
import { type ExplainInput, type Explanation, explain } from './explain.ts';
import { createLdifActs, LDIF_INPUT, type LdifActs } from './ldif/ldif-acts.ts';
import { listSessions, type SessionRow } from './list-sessions.ts';
import { type LoginTestInput, type LoginTestReport, testLogin } from './login-test.ts';
import type { AdminPorts, ReloadReport } from './ports.ts';
import { type RevokeInput, type RevokeReport, revokeSessions } from './revoke-session.ts';
import { type SearchInput, type SearchReport, searchAudit } from './search-audit.ts';
import { type StatusReport, status } from './status.ts';

export interface Acts extends AccountActs, LdifActs {
  explain(input: ExplainInput): Promise<Explanation | undefined>;
  'login-test'(input: LoginTestInput): Promise<LoginTestReport>;
  'session-list'(input: { readonly user?: string | undefined }): Promise<readonly SessionRow[]>;
  'session-revoke'(input: RevokeInput): Promise<RevokeReport>;
  'audit-search'(input: SearchInput): Promise<SearchReport>;
  reload(input: Record<string, never>): Promise<ReloadReport>;
  status(input: Record<string, never>): Promise<StatusReport>;
}

export type ActName = keyof Acts;
export type ActInput<Name extends ActName> = Parameters<Acts[Name]>[0];
export type ActResult<Name extends ActName> = Awaited<ReturnType<Acts[Name]>>;

export function createActs(ports: AdminPorts): Acts {
  return {
    explain: (input) => explain(ports, input),
    'login-test': (input) => testLogin(ports, input),
    'session-list': (input) => listSessions(ports, input),
    'session-revoke': (input) => revokeSessions(ports, input),
    'audit-search': (input) => searchAudit(ports, input),
    reload: () => ports.reload(),
    status: () => status(ports),
    ...createAccountActs(ports),
    ...createLdifActs(ports),
  };
}

const text = z.string().max(1024);
const INPUT = {
  explain: z.strictObject({ id: text }),
  'login-test': z.strictObject({ service: text, user: text, password: z.string().max(4096) }),
  'session-list': z.strictObject({ user: text.optional() }),
  'session-revoke': z.strictObject({ id: text.optional(), user: text.optional(), dryRun: z.boolean().optional() }),
  'audit-search': z.strictObject({
    since: z.number().optional(),
    until: z.number().optional(),
    kinds: z.array(z.enum(['attempt', 'decision', 'act', 'repeats', 'refusals', 'head', 'file'])).optional(),
    name: text.optional(),
    client: text.optional(),
    realm: text.optional(),
    service: text.optional(),
    outcome: text.optional(),
    limit: z.int().min(1).max(10_000).optional(),
  }),
  reload: z.strictObject({}),
  status: z.strictObject({}),
  ...ACCOUNT_INPUT,
  ...LDIF_INPUT,
} as const satisfies Record<ActName, z.ZodType>;

/** Runs an act with input from outside; undefined when there is no such act. @throws CodedError ADMIN_INPUT */
export function runAct(acts: Acts, name: string, input: unknown): Promise<unknown> | undefined {
  if (!isActName(name)) return undefined;
  const parsed = INPUT[name].safeParse(input);
  if (!parsed.success) throw new CodedError('ADMIN_INPUT', `${name}: ${z.prettifyError(parsed.error)}`);
  const run = acts[name] as (input: unknown) => Promise<unknown>;
  return run(parsed.data);
}

function isActName(name: string): name is ActName {
  return Object.hasOwn(INPUT, name);
}
