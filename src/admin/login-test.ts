/**
 * The act `login-test`: logs in as a user at a service, shows every step, and leaves nothing behind: no session, no
 * count at the lockout. The attempt itself is in the audit trail like any other, with the door `test`.
 */
import { explainDecision } from '../access/index.ts';
import type { AuditId } from '../audit/index.ts';
import { CodedError, Secret } from '../base/index.ts';
import type { CallbackHandler } from '../realm/index.ts';
import { type Explanation, explain } from './explain.ts';
import type { AdminPorts } from './ports.ts';

export interface LoginTestInput {
  readonly service: string;
  readonly user: string;
  readonly password: string;
}

export interface LoginTestReport {
  readonly admitted: boolean;
  readonly outcome: Explanation['outcome'];
  readonly explanation: Explanation;
}

/** @throws CodedError ADMIN_UNKNOWN_SERVICE when no service has that name, ADMIN_EXPLAIN when the trail took no record. */
export async function testLogin(ports: AdminPorts, input: LoginTestInput): Promise<LoginTestReport> {
  const generation = ports.generation();
  const service = generation.services.get(input.service);
  const realm = service && generation.realms.get(service.realm);
  if (service === undefined || realm === undefined) {
    throw new CodedError('ADMIN_UNKNOWN_SERVICE', `no service is called ${input.service}`);
  }
  const outcome = await realm.login({
    id: ports.trail.newId(),
    door: 'test',
    service: input.service,
    handler: answerWith(input.user, new Secret(input.password)),
    counted: false,
    now: ports.clock.now(),
  });
  if (outcome.kind !== 'authenticated') return report(ports, outcome.id, false);
  await outcome.logout();
  const { subject } = outcome;
  const decision = explainDecision(subject, service.rule);
  const decisionId = ports.trail.append({
    kind: 'decision',
    id: ports.trail.newId(),
    service: input.service,
    attempt: outcome.id,
    host: '',
    path: '',
    method: '',
    realm: subject.realm,
    name: subject.name,
    domain: subject.domain,
    permitted: decision.permitted,
    reason: decision.reason,
    generation: generation.number,
    matched: decision.considerations.flatMap((reason) => ('item' in reason ? [reason.item.text] : [])),
    roles: decision.roles.held,
  });
  return report(ports, decisionId, decision.permitted);
}

async function report(ports: AdminPorts, id: AuditId | undefined, admitted: boolean): Promise<LoginTestReport> {
  const explanation = id && (await explain(ports, { id }));
  if (!explanation) {
    throw new CodedError('ADMIN_EXPLAIN', 'the attempt could not be written to the audit trail; is its disk full?');
  }
  return { admitted, outcome: explanation.outcome, explanation };
}

function answerWith(name: string, password: Secret): CallbackHandler {
  return (callbacks) => {
    for (const callback of callbacks) {
      if (callback.kind === 'name') callback.name = name;
      if (callback.kind === 'password') callback.password = password;
    }
    return undefined;
  };
}
