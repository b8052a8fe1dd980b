/**
 * A security realm as a worker has it: the modules, the lockout and the parked logins are in the primary, which also
 * writes the attempt down. A primary that cannot be asked is an outage, never a pass and never a wrong password.
 */
import type { AuditTrail } from '../../audit/index.ts';
import { type Logger, messageOf } from '../../base/index.ts';
import type { ChallengeAnswer, LoginOutcome, LoginRequest } from '../../realm/index.ts';
import type { LoginRealm } from '../../web/index.ts';
import type { RealmFacts } from './messages.ts';
import type { CallPrimary } from './primary-link.ts';
import { decodeOutcome, encodeLogin } from './wire-login.ts';

export interface RemoteRealmPorts {
  readonly call: CallPrimary;
  readonly trail: AuditTrail;
  readonly logger: Logger;
}

export function remoteRealm(realm: string, facts: RealmFacts, { call, trail, logger }: RemoteRealmPorts): LoginRealm {
  /** The primary may not have heard of it, so the attempt stands in this worker's chain. */
  const outage = (error: unknown, attempt: Pick<LoginRequest, 'id' | 'door' | 'service' | 'client'>): LoginOutcome => {
    logger.error('a login could not be handed to the primary', { error: messageOf(error) });
    const { door, service, client } = attempt;
    const outcome = { outcome: 'unavailable', reason: 'unavailable', domain: 'primary' } as const;
    try {
      const id = trail.append({
        kind: 'attempt',
        id: attempt.id,
        door,
        realm,
        ...(service !== undefined && { service }),
        ...(client !== undefined && { client }),
        modules: [],
        principals: [],
        ...outcome,
      });
      return { kind: 'unavailable', domain: 'primary', id };
    } catch {
      return { kind: 'unavailable', domain: 'audit', id: undefined };
    }
  };
  return {
    ...facts,
    async login(request: LoginRequest) {
      try {
        const login = await encodeLogin(request, facts.headers);
        return decodeOutcome(await call('login', { realm, login }));
      } catch (error) {
        return outage(error, request);
      }
    },
    async answer(answer: ChallengeAnswer) {
      const { parkedId, code, browserNonce } = answer;
      try {
        return decodeOutcome(await call('answer', { realm, parkedId, code, browserNonce }));
      } catch (error) {
        return outage(error, { id: answer.id, door: 'challenge' });
      }
    },
  };
}
