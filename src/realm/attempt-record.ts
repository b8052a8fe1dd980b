/**
 * AttemptRecorder is the port through which a SecurityRealm writes down every attempt before it answers; the
 * composition root connects it to the audit trail. It cannot be configured away.
 */
import type { AttemptRecord, AuditedModule, AuditId } from '../audit/index.ts';
import { unreachable } from '../base/index.ts';
import type { ModuleRun } from './login-context.ts';
import type { ChallengeAnswer, LoginRequest, LoginVerdict } from './login-outcome.ts';

export interface AttemptRecorder {
  /**
   * Returns when the record is written, with the id of the record that speaks for the attempt: its own, or that of
   * the flood it was folded into. A throw makes the attempt `unavailable`, never a pass.
   */
  record(attempt: AttemptRecord): AuditId;
}

/** A detail is for one line of a log. */
const LONGEST_DETAIL = 500;

/** What is known of an attempt besides its outcome. */
export interface Attempt {
  readonly id: ChallengeAnswer['id'];
  readonly realm: string;
  readonly request: Pick<LoginRequest, 'door' | 'service' | 'client'>;
  /** The canonical login name. */
  readonly name: string | undefined;
  readonly runs: readonly ModuleRun[];
  readonly parked: boolean;
}

type Draft = { -readonly [Key in keyof AttemptRecord]: AttemptRecord[Key] };
type ModuleDraft = { -readonly [Key in keyof AuditedModule]: AuditedModule[Key] };

const NOBODY: AttemptRecord['principals'] = [];

/** The record of an attempt that came to this outcome. Every login waits for it, hence no copies and no spreads. */
export function attemptRecord(attempt: Attempt, outcome: LoginVerdict): AttemptRecord {
  const { id, realm, request, name, runs } = attempt;
  const modules: AuditedModule[] = [];
  for (const [index, run] of runs.entries()) if (run.login !== undefined) modules.push(auditedModule(run, index));
  const { door } = request;
  const record: Draft = { kind: 'attempt', id, door, realm, modules, outcome: outcome.kind, principals: NOBODY };
  if (request.service !== undefined) record.service = request.service;
  if (name !== undefined) record.name = name;
  if (request.client !== undefined) record.client = request.client;
  if (attempt.parked) record.parked = true;
  conclude(record, outcome);
  return record;
}

function conclude(record: Draft, outcome: LoginVerdict): void {
  switch (outcome.kind) {
    case 'authenticated':
      record.domain = outcome.subject.domain;
      record.principals = outcome.subject.principals.map(({ type, name, domain, module, aliases }) =>
        aliases === undefined ? { type, name, domain, module } : { type, name, domain, module, aliases },
      );
      return;
    case 'challenged':
      record.reason = outcome.factor;
      return;
    case 'refused':
      record.reason = outcome.reason;
      return;
    case 'unavailable':
      record.reason = 'unavailable';
      record.domain = outcome.domain;
      return;
    default:
      unreachable(outcome);
  }
}

function auditedModule({ login, commit, entry, took }: ModuleRun, index: number): AuditedModule {
  // A commit that failed is what decided, whatever login had answered.
  const answer = typeof commit === 'object' ? commit : (login ?? 'ignored');
  const { use, domain } = entry.definition;
  const module: ModuleDraft = {
    position: index + 1,
    use,
    flag: entry.flag,
    result: typeof answer === 'object' ? 'failure' : answer,
    ms: Math.round(took * 100) / 100,
  };
  if (domain !== undefined) module.domain = domain;
  if (typeof answer === 'object') {
    module.reason = answer.reason;
    module.detail = answer.detail.slice(0, LONGEST_DETAIL);
  }
  return module;
}
