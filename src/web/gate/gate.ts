/**
 * Gate decides about one request: which service, who is asking, may they enter, and what the back end is told.
 *
 * The common way, a known session at a service it was at before, is synchronous and allocates little: a lookup of the
 * service, of the session, a few bit tests, a count in the audit trail and a kept header list. Everything else
 * (a login by credentials in the request, a new assertion) returns a promise.
 *
 * INVARIANT: what is thrown in here becomes `unavailable`; a `pass` is made in one place.
 */
import { decide, explainDecision, type Subject } from '../../access/index.ts';
import type { AuditId } from '../../audit/index.ts';
import { messageOf } from '../../base/index.ts';
import type { Session } from '../../realm/index.ts';
import { basicCredentials } from '../http/basic-credentials.ts';
import { readCookie } from '../http/cookies.ts';
import type { WebGeneration, WebPorts } from '../ports.ts';
import type { WebRequest } from '../web-request.ts';
import { answerWith, type SentCredentials } from './callback-answers.ts';
import type { GateAnswer, PassAnswer } from './gate-answer.ts';
import { IdentityIssuer } from './identity-issuer.ts';
import type { Service } from './service.ts';

/** Somebody the gate believes, by a session or by what the request itself brought. */
interface Caller {
  readonly subject: Subject;
  /** The attempt that verified them; undefined for a visitor. */
  readonly attempt: AuditId | undefined;
  /** Undefined for credentials that come with each request. */
  readonly session: Session | undefined;
  /** Stands for the caller where something is kept or counted. */
  readonly holder: string;
}

export class Gate {
  readonly #ports: WebPorts;
  readonly #issuer: IdentityIssuer;

  constructor(ports: WebPorts) {
    this.#ports = ports;
    this.#issuer = new IdentityIssuer(ports.keys, ports.clock);
  }

  answer(web: WebRequest, generation: WebGeneration): GateAnswer | Promise<GateAnswer> {
    try {
      const answer = this.#answer(web, generation);
      return answer instanceof Promise ? answer.catch((error: unknown) => this.#failed(error)) : answer;
    } catch (error) {
      return this.#failed(error);
    }
  }

  #answer(web: WebRequest, generation: WebGeneration): GateAnswer | Promise<GateAnswer> {
    const service = generation.services.find(web.authority.host, web.target.path);
    if (service === undefined) return { kind: 'unknown-service' };
    const sent = credentialsIn(web, generation, service);
    if (sent === 'malformed') return { kind: 'login', service, id: undefined };
    if (sent !== undefined) return this.#logIn(web, generation, service, sent);
    const session = this.#sessionOf(web, generation, service);
    if (session !== undefined) {
      const caller = { subject: session.subject, attempt: session.attempt as AuditId, session, holder: session.id };
      return this.#decide(web, generation, service, caller);
    }
    const certificate = certificateIn(web, generation, service);
    if (certificate !== undefined) return this.#logIn(web, generation, service, certificate);
    return this.#visit(web, generation, service);
  }

  /** Nobody is logged in: a visitor whom the rule names may pass, everybody else is asked to log in. */
  #visit(web: WebRequest, generation: WebGeneration, service: Service): GateAnswer | Promise<GateAnswer> {
    const { visitor, rule } = service;
    if (visitor === undefined || !decide(visitor, rule).permitted) return { kind: 'login', service, id: undefined };
    const holder = `visitor:${service.name}`;
    return this.#decide(web, generation, service, { subject: visitor, attempt: undefined, session: undefined, holder });
  }

  #sessionOf(web: WebRequest, generation: WebGeneration, service: Service): Session | undefined {
    const cookie = readCookie(web.headers, generation.cookies.session(service.realm));
    if (cookie.kind !== 'present') return undefined;
    const session = this.#ports.sessions.find(cookie.value, web.authority.host);
    return session?.subject.realm === service.realm ? session : undefined;
  }

  /** Logs in with what the request brought; a credential that is there but wrong is final. */
  async #logIn(
    web: WebRequest,
    generation: WebGeneration,
    service: Service,
    sent: RequestCredentials,
  ): Promise<GateAnswer> {
    const realm = generation.realms.get(service.realm);
    if (realm === undefined) return { kind: 'unavailable', id: undefined };
    const outcome = await realm.login({
      id: this.#ports.trail.newId(),
      door: sent.door,
      service: service.name,
      client: web.client,
      handler: answerWith(sent.credentials),
      counted: true,
      now: this.#ports.clock.now(),
    });
    switch (outcome.kind) {
      case 'authenticated': {
        const { subject } = outcome;
        const holder = `${sent.door}:${service.realm}:${subject.domain}\\${subject.name}`;
        return this.#decide(web, generation, service, { subject, attempt: outcome.id, session: undefined, holder });
      }
      case 'unavailable':
        return { kind: 'unavailable', id: outcome.id };
      default:
        return { kind: 'login', service, id: outcome.id };
    }
  }

  #decide(
    web: WebRequest,
    generation: WebGeneration,
    service: Service,
    caller: Caller,
  ): GateAnswer | Promise<GateAnswer> {
    const { permitted, reason } = decide(caller.subject, service.rule);
    if (!permitted) return { kind: 'forbidden', service, id: this.#record(web, generation, service, caller) };
    const key = { session: caller.holder, service: service.name, generation: generation.number, reason };
    const id = this.#ports.trail.repeated(key) ?? this.#record(web, generation, service, caller);
    const kept = this.#issuer.kept(caller.subject, service);
    if (kept !== undefined) return pass(service, kept, id, caller);
    const roles = service.rule.policy.rolesOf(caller.subject);
    return this.#issuer
      .issue(caller.subject, roles, service, generation.publicOrigin)
      .then((headers) => pass(service, headers, id, caller));
  }

  /** Writes the decision with its reasons before it is answered. */
  #record(web: WebRequest, generation: WebGeneration, service: Service, caller: Caller): AuditId {
    const decision = explainDecision(caller.subject, service.rule);
    return this.#ports.trail.append({
      kind: 'decision',
      id: this.#ports.trail.newId(),
      service: service.name,
      session: caller.holder,
      ...(caller.attempt !== undefined && { attempt: caller.attempt }),
      host: web.authority.host,
      path: web.target.path,
      method: web.method,
      client: web.client,
      realm: caller.subject.realm,
      name: caller.subject.name,
      domain: caller.subject.domain,
      permitted: decision.permitted,
      reason: decision.reason,
      generation: generation.number,
      matched: decision.considerations.flatMap((reason) => ('item' in reason ? [reason.item.text] : [])),
      roles: decision.roles.held,
    });
  }

  #failed(error: unknown): GateAnswer {
    this.#ports.logger.error('the gate failed and refused', { error: messageOf(error) });
    return { kind: 'unavailable', id: undefined };
  }
}

function pass(service: Service, headers: PassAnswer['headers'], id: AuditId, caller: Caller): PassAnswer {
  return { kind: 'pass', service, subject: caller.subject, headers, id, session: caller.session?.id };
}

interface RequestCredentials {
  readonly door: 'basic' | 'certificate' | 'header';
  readonly credentials: SentCredentials;
}

/** What was sent on purpose with this very request: Basic, else the header of a trusted proxy. */
function credentialsIn(
  web: WebRequest,
  generation: WebGeneration,
  service: Service,
): RequestCredentials | undefined | 'malformed' {
  const basic = basicCredentials(web.headers);
  if (basic.kind === 'malformed') return 'malformed';
  if (basic.kind === 'present') {
    return { door: 'basic', credentials: { name: basic.name, password: basic.password, header: web.trustedHeader } };
  }
  const headers = generation.realms.get(service.realm)?.loginHeaders;
  const header = headers?.find((name) => web.trustedHeader(name) !== undefined);
  return header === undefined ? undefined : { door: 'header', credentials: { header: web.trustedHeader } };
}

/**
 * The certificate of the connection, which a browser sends with everything and for good: asked after the session, so
 * that somebody whom the realm does not know by it can still log in by the form.
 */
function certificateIn(web: WebRequest, generation: WebGeneration, service: Service): RequestCredentials | undefined {
  const { chain } = web;
  if (chain === undefined || generation.realms.get(service.realm)?.takesCertificates !== true) return undefined;
  return { door: 'certificate', credentials: { chain, header: web.trustedHeader } };
}
