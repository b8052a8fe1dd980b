/**
 * The act `explain`: why somebody was let in or refused, and the smallest change that would have made it otherwise.
 *
 * Built from the audit trail alone, so it tells of what happened then. The smallest change is found by applying edits to
 * what was recorded and deciding again, with today's rules of the service; when they are not the ones that decided, it
 * says so.
 */
import {
  describeEdit,
  explainDecision,
  makeSubject,
  type Subject,
  smallestChange,
  wrapPrincipals,
} from '../access/index.ts';
import {
  type AttemptRecord,
  type AuditRecord,
  type DecisionRecord,
  type Numbered,
  parseAuditId,
} from '../audit/index.ts';
import { judgeAnswer, type PhaseResult, type SecurityRealm, smallestFlagEdit } from '../realm/index.ts';
import type { AdminGeneration, AdminPorts } from './ports.ts';
import { refusalSentence } from './refusal-sentences.ts';

type WrittenAttempt = AttemptRecord & Numbered;

export interface ExplainInput {
  /** The code that the user was shown. */
  readonly id: string;
}

export interface Explanation {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: 'login' | 'decision';
  /** What came out: `authenticated`, `refused`, `unavailable`, `challenged`, `permitted`, `denied`. */
  readonly outcome: string;
  /** Why, in one sentence. */
  readonly because: string;
  readonly login?: AttemptRecord;
  readonly decision?: DecisionRecord;
  /** The fewest edits, one sentence each, after which the outcome would have been the other one. */
  readonly change: readonly string[];
  /** What limits this explanation. */
  readonly notes: readonly string[];
}

export async function explain(ports: AdminPorts, input: ExplainInput): Promise<Explanation | undefined> {
  const id = parseAuditId(input.id.trim());
  if (id === undefined) return undefined;
  const record = await ports.trail.find(id);
  switch (record?.kind) {
    case 'attempt':
      return explainAttempt(record, ports.generation());
    case 'decision': {
      const attempt = record.attempt === undefined ? undefined : await ports.trail.find(record.attempt);
      return explainRecordedDecision(record, attempt, ports.generation());
    }
    case 'refusals':
      return explainFlood(ports, record);
    default:
      return undefined;
  }
}

/** One of many refusals of a flood: explained by the last one that was written in full. */
async function explainFlood(
  ports: AdminPorts,
  record: AuditRecord & { kind: 'refusals' },
): Promise<Explanation | undefined> {
  const like = await explain(ports, { id: record.like });
  const note = `one of a flood of refusals that were counted and not written one by one; ${record.like} was of the same kind`;
  return like && { ...like, id: record.id, notes: [...like.notes, note] };
}

function explainAttempt(record: WrittenAttempt, generation: AdminGeneration): Explanation {
  const realm = generation.realms.get(record.realm);
  return {
    id: record.id,
    at: new Date(record.at).toISOString(),
    kind: 'login',
    outcome: record.outcome,
    because: becauseOfAttempt(record),
    login: record,
    ...flagChange(record, realm),
    ...(record.cut === true && { notes: [CUT] }),
  };
}

function becauseOfAttempt(record: AttemptRecord): string {
  const who = record.name ?? 'somebody without a name';
  switch (record.outcome) {
    case 'authenticated':
      return `${who} was verified by login domain ${record.domain ?? '(none)'}`;
    case 'challenged':
      return `${who} was asked for a one-time code`;
    case 'unavailable':
      return `${record.domain ?? 'a source'} did not answer, and it could have let ${who} in`;
    case 'refused':
      return refusalSentence(record.reason, who);
  }
}

/** The flags that would have to be different, when different flags alone would do. */
function flagChange(record: AttemptRecord, realm: SecurityRealm | undefined): Pick<Explanation, 'change' | 'notes'> {
  if (realm === undefined) return { change: [], notes: [`realm ${record.realm} is not configured any more`] };
  if (record.outcome === 'challenged' || record.modules.length === 0) return { change: [], notes: [] };
  const answers: (PhaseResult | undefined)[] = realm.stack.map((_entry, index) => answerAt(record, index + 1));
  const same = record.modules.every(
    ({ position, use, flag }) =>
      realm.stack[position - 1]?.definition.use === use && realm.stack[position - 1]?.flag === flag,
  );
  if (!same) return { change: [], notes: [`the modules of realm ${record.realm} have changed since`] };
  const stack = realm.stack.map(({ flag, fallThrough, definition }) => ({
    flag,
    ...(fallThrough !== undefined && { fallThrough }),
    verifies: definition.verifies,
  }));
  const edits = smallestFlagEdit(stack, answers) ?? [];
  return {
    change: edits.map(
      ({ position, from, to }) =>
        `make module ${position} (${realm.stack[position - 1]!.definition.use}) of realm ${record.realm} ${to} instead of ${from}`,
    ),
    notes: [],
  };
}

function answerAt(record: AttemptRecord, position: number): PhaseResult | undefined {
  const module = record.modules.find((candidate) => candidate.position === position);
  if (module === undefined) return undefined;
  if (module.result !== 'failure') return module.result;
  return judgeAnswer({ kind: 'failure', reason: module.reason, detail: module.detail ?? '' });
}

/** An incomplete subject would be judged wrongly: a group that is missing may be the one that decided. */
const CUT =
  'the login behind it was too long for one record: not all groups of the user are in it, so no change was worked out';

function explainRecordedDecision(
  record: DecisionRecord & Numbered,
  attempt: AuditRecord | undefined,
  generation: AdminGeneration,
): Explanation {
  const login = attempt?.kind === 'attempt' ? attempt : undefined;
  const base = {
    id: record.id,
    at: new Date(record.at).toISOString(),
    kind: 'decision',
    outcome: record.permitted ? 'permitted' : 'denied',
    decision: record,
    ...(login !== undefined && { login }),
  } as const;
  const service = generation.services.get(record.service);
  if (service === undefined || login === undefined) {
    const missing =
      service === undefined
        ? `service ${record.service} is not configured any more`
        : 'the login behind it is no longer in the trail';
    return { ...base, because: record.reason, change: [], notes: [missing] };
  }
  if (login.cut === true) return { ...base, because: record.reason, change: [], notes: [CUT] };
  const subject = subjectOf(login, generation);
  const today = explainDecision(subject, service.rule);
  const edits = smallestChange(subject, service.rule, today.permitted ? 'refused' : 'permitted') ?? [];
  const notes: string[] = [];
  if (record.generation !== generation.number) {
    notes.push(
      `decided under configuration ${record.generation}; the change is worked out for today's, ${generation.number}`,
    );
  }
  if (today.permitted !== record.permitted) {
    notes.push(`today's rules decide otherwise: ${today.because}`);
    return { ...base, because: record.reason, change: [], notes };
  }
  return { ...base, because: today.because, change: edits.map((edit) => describeEdit(edit, subject.name)), notes };
}

/** The subject as the trail recorded it; wrapped principals are made again by today's realm. */
function subjectOf(login: AttemptRecord, generation: AdminGeneration): Subject {
  const domain = login.domain ?? '';
  const principals = login.principals.map((principal) => ({ ...principal, type: principalType(principal.type) }));
  const wrapping = new Set(
    generation.realms
      .get(login.realm)
      ?.stack.filter((entry) => entry.wrapPrincipals === true)
      .map((entry) => entry.definition.domain) ?? [],
  );
  const wrapped = principals
    .filter((principal) => wrapping.has(principal.domain))
    .flatMap((principal) => wrapPrincipals(login.realm, [principal]));
  const user = principals.find(({ type, domain: from }) => type === 'user' && from === domain);
  return makeSubject({ realm: login.realm, domain, name: user?.name ?? login.name ?? '', principals, wrapped });
}

function principalType(text: string): 'user' | 'group' | 'host' | 'x500' {
  return text === 'group' || text === 'host' || text === 'x500' ? text : 'user';
}
