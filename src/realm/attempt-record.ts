/**
 * AttemptRecorder is the port through which a SecurityRealm writes down every attempt before it answers; the
 * composition root connects it to the audit trail. It cannot be configured away.
 */
import type { AttemptRecord, AuditedModule } from '../audit/index.ts';
import { unreachable } from '../base/index.ts';
import type { ModuleRun } from './login-context.ts';
import type { ChallengeAnswer, LoginOutcome, LoginRequest } from './login-outcome.ts';

export interface AttemptRecorder {
  /** Returns when the record is written; a throw makes the attempt `unavailable`, never a pass. */
  record(attempt: AttemptRecord): void;
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

/** The record of an attempt that came to this outcome. */
export function attemptRecord(attempt: Attempt, outcome: LoginOutcome): AttemptRecord {
  const { id, realm, request, name, runs, parked } = attempt;
  return {
    kind: 'attempt',
    id,
    door: request.door,
    realm,
    ...(request.service === undefined ? {} : { service: request.service }),
    ...(name === undefined ? {} : { name }),
    ...(request.client === undefined ? {} : { client: request.client }),
    modules: runs.flatMap(auditedModule),
    ...conclusion(outcome),
    ...(parked ? { parked } : {}),
  };
}

type Conclusion = Pick<AttemptRecord, 'outcome' | 'reason' | 'domain' | 'principals'>;

function conclusion(outcome: LoginOutcome): Conclusion {
  switch (outcome.kind) {
    case 'authenticated': {
      const { domain, principals } = outcome.subject;
      const audited = principals.map(({ type, name, domain: from, module }) => ({ type, name, domain: from, module }));
      return { outcome: outcome.kind, domain, principals: audited };
    }
    case 'challenged':
      return { outcome: outcome.kind, reason: outcome.factor, principals: [] };
    case 'refused':
      return { outcome: outcome.kind, reason: outcome.reason, principals: [] };
    case 'unavailable':
      return { outcome: outcome.kind, reason: 'unavailable', domain: outcome.domain, principals: [] };
    default:
      return unreachable(outcome);
  }
}

function auditedModule(run: ModuleRun, index: number): readonly AuditedModule[] {
  const { login, commit, entry, took } = run;
  if (login === undefined) return [];
  // A commit that failed is what decided, whatever login had answered.
  const answer = typeof commit === 'object' ? commit : login;
  const { use, domain } = entry.definition;
  const failure =
    typeof answer === 'object' ? { reason: answer.reason, detail: answer.detail.slice(0, LONGEST_DETAIL) } : {};
  return [
    {
      position: index + 1,
      use,
      ...(domain === undefined ? {} : { domain }),
      flag: entry.flag,
      result: typeof answer === 'object' ? 'failure' : answer,
      ...failure,
      ms: Math.round(took * 100) / 100,
    },
  ];
}
