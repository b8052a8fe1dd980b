/**
 * What the web doors are given: the parts that live as long as the process (WebPorts) and the ones that a new
 * configuration replaces as a whole (WebGeneration). A request reads the generation once and ends on it.
 *
 * Realms and sessions are small interfaces here, because a worker process has them in another process.
 */
import type { Subject } from '../access/index.ts';
import type { AuditId, AuditTrail } from '../audit/index.ts';
import type { Clock, Logger, Random } from '../base/index.ts';
import type { KeyRing } from '../pki/index.ts';
import type { ChallengeAnswer, LoginOutcome, LoginRequest, Session } from '../realm/index.ts';
import type { GateCookies } from './gate/cookies.ts';
import type { ServiceTable } from './gate/service-table.ts';
import type { ProtectedNames } from './http/identity-headers.ts';
import type { TrustedProxies } from './http/trusted-proxies.ts';

export interface WebGeneration {
  readonly number: number;
  readonly services: ServiceTable;
  readonly realms: ReadonlyMap<string, LoginRealm>;
  readonly trusted: TrustedProxies;
  readonly protectedNames: ProtectedNames;
  /** Scheme, host and port of the login page. */
  readonly publicOrigin: string;
  readonly cookies: GateCookies;
}

export interface WebPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly trail: AuditTrail;
  readonly sessions: WebSessions;
  readonly keys: Pick<KeyRing, 'signer' | 'jwks'>;
  /** The current generation. Throws while none may be used (a worker that is cut off); then nothing passes. */
  readonly generation: () => WebGeneration;
}

/** A security realm as a door sees it. */
export interface LoginRealm {
  login(request: LoginRequest): Promise<LoginOutcome>;
  answer(answer: ChallengeAnswer): Promise<LoginOutcome>;
  /** True when a module takes the client certificate of a connection. */
  readonly takesCertificates: boolean;
  /** Lower-case names of the headers of a trusted proxy that a module takes for a login. */
  readonly loginHeaders: readonly string[];
  /** Those, and the others that a module reads: nobody but a trusted proxy may send them to a back end. */
  readonly headers: readonly string[];
}

export interface WebSessions {
  /** The live session of a cookie on a host; counts as use of it. */
  find(token: string, host: string): Session | undefined;
  /** Makes the single-sign-on session of a login. */
  begin(login: BegunLogin): Promise<{ readonly token: string; readonly session: Session }>;
  /** Ends a session and every one that came from the same login; resolves when it is durable. */
  end(id: string, why: 'logout' | 'replaced'): Promise<void>;
  /** A one-time ticket for a child session on another host, for the browser that holds the bound nonce. */
  issueTicket(sessionId: string, host: string, bind: string): Promise<string>;
  /** Undefined for a ticket that is used, late, of another host or another browser. */
  redeemTicket(
    ticket: string,
    host: string,
    bind: string,
  ): Promise<{ readonly token: string; readonly session: Session } | undefined>;
  /** Calls `act` at the instant the session ends; returns how to forget about it. Calls at once when it is over. */
  onEnd(sessionId: string, act: () => void): () => void;
}

export interface BegunLogin {
  readonly subject: Subject;
  readonly attempt: AuditId;
  /** The host that the cookie belongs to. */
  readonly host: string;
  readonly client: string;
}
