/**
 * SignIn serves the paths under `/.realmgate/`: the way from "who are you" to a session on the service's own host.
 *
 *   SERVICE/.realmgate/start    sets a nonce cookie on the service's host, sends the browser to
 *   PUBLIC/.realmgate/login     the login form (or, with a single-sign-on session, straight on to)
 *   SERVICE/.realmgate/session  redeems the one-time ticket against the nonce, sets this host's session cookie
 *   .../.realmgate/logout       ends the single-sign-on session and every session that came from it
 *   .../.realmgate/refused, unavailable   pages for front proxies, with the id of the decision
 *
 * A `__Host-` cookie belongs to one host, hence the ticket (docs/protocols/sessions.md). The nonce makes a ticket
 * useless in any other browser, so that nobody can be logged in as somebody else by a link.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseAuditId } from '../../audit/index.ts';
import { randomToken, Secret } from '../../base/index.ts';
import type { LoginOutcome } from '../../realm/index.ts';
import { answerWith } from '../gate/callback-answers.ts';
import { OWN_PATHS } from '../gate/login-challenge.ts';
import { readCookie } from '../http/cookies.ts';
import { canonicalHost } from '../http/host.ts';
import { safeReturnAddress } from '../http/return-address.ts';
import { canonicalPath } from '../http/target.ts';
import { codePage, loginPage } from '../pages/login-page.ts';
import { loggedOutPage, logoutPage, type Message, messagePage } from '../pages/message-page.ts';
import type { BegunLogin, WebGeneration, WebPorts } from '../ports.ts';
import { sendPage, sendRedirect } from '../send.ts';
import type { WebRequest } from '../web-request.ts';
import { CSRF_FIELD, csrfToken, isOwnForm } from './csrf.ts';
import { type FormFields, readForm } from './form-body.ts';
import { bindingOf, type LoginTarget, loginTargetFields, NOWHERE, readLoginTarget } from './login-target.ts';

/** How long a browser may take from the start of a login to its end. */
const NONCE_LIFE = 15 * 60_000;

/** One request on its way through SignIn. */
interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly web: WebRequest;
  readonly generation: WebGeneration;
  readonly query: URLSearchParams;
}

export class SignIn {
  readonly #ports: WebPorts;

  constructor(ports: WebPorts) {
    this.#ports = ports;
  }

  /** Answers one request whose canonical path begins with OWN_PATHS. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    web: WebRequest,
    generation: WebGeneration,
  ): Promise<void> {
    const mark = web.target.forwarded.indexOf('?');
    const query = new URLSearchParams(mark === -1 ? '' : web.target.forwarded.slice(mark + 1));
    const visit: Visit = { request, response, web, generation, query };
    const route = `${web.method === 'HEAD' ? 'GET' : web.method} ${web.target.path.slice(OWN_PATHS.length)}`;
    if (isPublicHost(visit)) {
      switch (route) {
        case 'GET login':
          return this.#showLogin(visit);
        case 'POST login':
          return this.#login(visit);
        case 'POST login/code':
          return this.#answerChallenge(visit);
      }
    }
    switch (route) {
      case 'GET start':
        return this.#start(visit);
      case 'GET session':
        return this.#redeem(visit);
      case 'GET logout':
        return this.#showLogout(visit);
      case 'POST logout':
        return this.#logout(visit);
      case 'GET refused':
        return this.#showMessage(visit, 'forbidden');
      case 'GET unavailable':
        return this.#showMessage(visit, 'unavailable');
      default:
        return sendPage(response, messagePage('unknown-service', undefined));
    }
  }

  /** On the service's host: remembers this browser and sends it to the login page. */
  #start({ response, web, generation, query }: Visit): void {
    const { cookies, services, publicOrigin } = generation;
    const path = query.get('return') ?? '/';
    const place = canonicalPath(path);
    const service = place === 'ambiguous' ? undefined : services.find(web.authority.host, place.path);
    if (service === undefined) return sendPage(response, messagePage('unknown-service', undefined));
    const known = readCookie(web.headers, cookies.nonce);
    const nonce = known.kind === 'present' ? known.value : randomToken(this.#ports.random);
    const target = readLoginTarget(
      (name) => ({ service: service.name, return: path, bind: bindingOf(nonce) })[name],
      services,
    );
    if (target === undefined) return sendPage(response, messagePage('bad-request', undefined));
    const address = `${publicOrigin}${OWN_PATHS}login?${new URLSearchParams(loginTargetFields(target)).toString()}`;
    sendRedirect(response, address, [cookies.set(cookies.nonce, nonce, { maxAge: NONCE_LIFE })]);
  }

  /** On the public host: asks for name and password, unless this browser is logged in to the realm already. */
  async #showLogin(visit: Visit): Promise<void> {
    const target = readLoginTarget((name) => visit.query.get(name) ?? undefined, visit.generation.services);
    if (target === undefined) return sendPage(visit.response, messagePage('bad-request', undefined));
    const session = this.#signOnSession(visit, target.service.realm);
    if (session !== undefined) return this.#leave(visit, target, session.id, []);
    this.#sendLoginPage(visit, target, {});
  }

  async #login(visit: Visit): Promise<void> {
    const fields = await this.#ownForm(visit);
    const target = fields && readLoginTarget((name) => fields.get(name), visit.generation.services);
    if (fields === undefined || target === undefined) return this.#expired(visit, target);
    const realm = visit.generation.realms.get(target.service.realm);
    if (realm === undefined) return sendPage(visit.response, messagePage('unavailable', undefined));
    const name = fields.get('name') ?? '';
    const browserNonce = fields.get(CSRF_FIELD);
    const outcome = await realm.login({
      id: this.#ports.trail.newId(),
      door: 'form',
      service: target.service.name,
      client: visit.web.client,
      handler: answerWith({ name, password: new Secret(fields.get('password') ?? '') }),
      counted: true,
      now: this.#ports.clock.now(),
      ...(browserNonce !== undefined && { browserNonce }),
    });
    await this.#conclude(visit, target, outcome, name);
  }

  /** The second step of a challenged login; only the browser that began it may answer. */
  async #answerChallenge(visit: Visit): Promise<void> {
    const fields = await this.#ownForm(visit);
    const target = fields && readLoginTarget((name) => fields.get(name), visit.generation.services);
    if (fields === undefined || target === undefined) return this.#expired(visit, target);
    const realm = visit.generation.realms.get(target.service.realm);
    if (realm === undefined) return sendPage(visit.response, messagePage('unavailable', undefined));
    const outcome = await realm.answer({
      id: this.#ports.trail.newId(),
      parkedId: fields.get('login') ?? '',
      code: fields.get('code') ?? '',
      browserNonce: fields.get(CSRF_FIELD) ?? '',
    });
    await this.#conclude(visit, target, outcome, '');
  }

  async #conclude(visit: Visit, target: LoginTarget, outcome: LoginOutcome, name: string): Promise<void> {
    switch (outcome.kind) {
      case 'authenticated':
        return this.#begin(visit, target, { subject: outcome.subject, attempt: outcome.id });
      case 'challenged':
        return this.#sendCodePage(visit, target, outcome.parkedId);
      case 'refused': {
        const kind = outcome.reason === 'must-change' ? 'must-change' : 'refused';
        return this.#sendLoginPage(visit, target, { name, failure: { kind, id: outcome.id } });
      }
      case 'unavailable':
        return this.#sendLoginPage(visit, target, { name, failure: { kind: outcome.kind, id: outcome.id } });
    }
  }

  /** A fresh session at every login: what the browser held before is ended, never upgraded (attack S10). */
  async #begin(visit: Visit, target: LoginTarget, login: Pick<BegunLogin, 'subject' | 'attempt'>): Promise<void> {
    const { cookies } = visit.generation;
    const before = this.#signOnSession(visit, target.service.realm);
    const { host } = visit.web.authority;
    const { token, session } = await this.#ports.sessions.begin({ ...login, host, client: visit.web.client });
    if (before !== undefined) await this.#ports.sessions.end(before.id, 'replaced');
    await this.#leave(visit, target, session.id, [cookies.set(cookies.signOn(target.service.realm), token)]);
  }

  /** Back to the service with a ticket for its host and this browser. */
  async #leave(visit: Visit, target: LoginTarget, session: string, cookies: readonly string[]): Promise<void> {
    const { service, returnPath, bind } = target;
    const ticket = await this.#ports.sessions.issueTicket(session, service.host, bind);
    const query = new URLSearchParams({ ticket, return: returnPath }).toString();
    sendRedirect(visit.response, `${service.origin}${OWN_PATHS}session?${query}`, cookies);
  }

  /** On the service's host: one ticket, one browser, one session of this host. */
  async #redeem({ response, web, generation, query }: Visit): Promise<void> {
    const { cookies } = generation;
    const nonce = readCookie(web.headers, cookies.nonce);
    const returnPath = safeReturnAddress(query.get('return') ?? '/', NOWHERE);
    if (returnPath === undefined) return sendPage(response, messagePage('bad-request', undefined));
    // Asked for also without a nonce: a ticket that somebody else shows is used up.
    const bind = nonce.kind === 'present' ? bindingOf(nonce.value) : '';
    const redeemed = await this.#ports.sessions.redeemTicket(query.get('ticket') ?? '', web.authority.host, bind);
    // A used or late ticket is what a reload or the back button brings: the way in begins anew, without an error.
    if (redeemed === undefined) return sendRedirect(response, returnPath);
    sendRedirect(response, returnPath, [
      cookies.set(cookies.session(redeemed.session.subject.realm), redeemed.token),
      cookies.clear(cookies.nonce),
    ]);
  }

  #showLogout(visit: Visit): void {
    const session = this.#anySession(visit);
    if (session === undefined) return sendPage(visit.response, loggedOutPage());
    const csrf = csrfToken(visit.request, visit.generation.cookies, this.#ports.random);
    sendPage(
      visit.response,
      logoutPage({ name: session.subject.name, fields: { [CSRF_FIELD]: csrf.token } }),
      csrf.setCookie,
    );
  }

  async #logout(visit: Visit): Promise<void> {
    const fields = await this.#ownForm(visit);
    if (fields === undefined) return this.#expired(visit, undefined);
    const { cookies, realms } = visit.generation;
    const cleared: string[] = [];
    for (const realm of realms.keys()) {
      const session = this.#sessionOf(visit, cookies.session(realm), realm) ?? this.#signOnSession(visit, realm);
      if (session !== undefined) await this.#ports.sessions.end(session.id, 'logout');
      cleared.push(cookies.clear(cookies.session(realm)), cookies.clear(cookies.signOn(realm)));
    }
    sendPage(visit.response, loggedOutPage(), cleared);
  }

  #showMessage({ response, query }: Visit, message: Message): void {
    sendPage(response, messagePage(message, parseAuditId(query.get('id') ?? '')));
  }

  #signOnSession(visit: Visit, realm: string) {
    return this.#sessionOf(visit, visit.generation.cookies.signOn(realm), realm);
  }

  /** Of the realm that the cookie is named for: a token under another name is no session. */
  #sessionOf({ web }: Visit, cookieName: string, realm: string) {
    const cookie = readCookie(web.headers, cookieName);
    if (cookie.kind !== 'present') return undefined;
    const session = this.#ports.sessions.find(cookie.value, web.authority.host);
    return session?.subject.realm === realm ? session : undefined;
  }

  #anySession(visit: Visit) {
    const { cookies, realms } = visit.generation;
    for (const realm of realms.keys()) {
      const session = this.#sessionOf(visit, cookies.session(realm), realm) ?? this.#signOnSession(visit, realm);
      if (session !== undefined) return session;
    }
    return undefined;
  }

  async #ownForm({ request, response, web, generation }: Visit): Promise<FormFields | undefined> {
    const fields = await readForm(request, response, this.#ports.clock);
    const origin = `${web.scheme}://${request.headers.host ?? ''}`;
    return fields !== undefined && isOwnForm(request, fields, generation.cookies, origin) ? fields : undefined;
  }

  #expired(visit: Visit, target: LoginTarget | undefined): void {
    if (target === undefined) return sendPage(visit.response, messagePage('bad-request', undefined));
    this.#sendLoginPage(visit, target, { failure: { kind: 'expired', id: undefined } });
  }

  #sendLoginPage(
    visit: Visit,
    target: LoginTarget,
    more: Pick<Parameters<typeof loginPage>[0], 'name' | 'failure'>,
  ): void {
    const csrf = csrfToken(visit.request, visit.generation.cookies, this.#ports.random);
    const fields = { ...loginTargetFields(target), [CSRF_FIELD]: csrf.token };
    const { service } = target;
    sendPage(
      visit.response,
      loginPage({ serviceName: service.name, formTarget: service.origin, fields, ...more }),
      csrf.setCookie,
    );
  }

  #sendCodePage(visit: Visit, target: LoginTarget, parked: string): void {
    const csrf = csrfToken(visit.request, visit.generation.cookies, this.#ports.random);
    const fields = { ...loginTargetFields(target), [CSRF_FIELD]: csrf.token, login: parked };
    const { service } = target;
    sendPage(
      visit.response,
      codePage({ serviceName: service.name, formTarget: service.origin, fields }),
      csrf.setCookie,
    );
  }
}

/** Passwords are typed under one address, which people can learn to trust. */
function isPublicHost({ web, generation }: Visit): boolean {
  return canonicalHost(new URL(generation.publicOrigin).hostname) === web.authority.host;
}
