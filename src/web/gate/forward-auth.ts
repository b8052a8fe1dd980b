/**
 * ForwardAuth answers a front proxy that asks whether a request may pass: `/authz/nginx` and `/authz/forward`.
 *
 * The two differ only in what their proxies understand. nginx knows 2xx, 401 and 403 and turns all else into 500, so a
 * browser is told where to log in by 401 with a Location that the snippet reads, and what is unclear is a 403.
 * Caddy, Traefik and the Lua action for HAProxy hand the whole answer on, so a browser gets its 302 and an unclear
 * address its 400. Nothing else is ever answered (security rule 2).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { wantsHtml } from '../http/accept.ts';
import { messagePage } from '../pages/message-page.ts';
import type { WebGeneration } from '../ports.ts';
import { sendPage, sendStatus } from '../send.ts';
import { forwardedRequest, type Unreadable, type WebRequest } from '../web-request.ts';
import type { Gate } from './gate.ts';
import type { GateAnswer, PassAnswer } from './gate-answer.ts';
import { basicChallenge, startAddress } from './login-challenge.ts';

/** Names the decision in every answer; `realmgate explain` takes the value. */
export const ID_HEADER = 'X-Realmgate-Id';

type Flavour = 'nginx' | 'forward';

export class ForwardAuth {
  readonly #gate: Gate;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** The flavour that a request target asks for, whatever its query: Caddy hands on the visitor's. Undefined for any other. */
  static flavourOf(target: string): Flavour | undefined {
    if (!target.startsWith('/authz/')) return undefined;
    const mark = target.indexOf('?');
    const path = mark === -1 ? target : target.slice(0, mark);
    return path === '/authz/nginx' ? 'nginx' : path === '/authz/forward' ? 'forward' : undefined;
  }

  /** Answers at once where the gate does; a promise costs more than the whole decision. */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    flavour: Flavour,
    generation: WebGeneration,
  ): void | Promise<void> {
    const web = forwardedRequest(request, generation, flavour);
    if (typeof web === 'string') return this.#unreadable(response, flavour, web);
    const answer = this.#gate.answer(web, generation);
    if (!(answer instanceof Promise)) return this.#write(response, flavour, web, answer);
    return answer.then((later) => this.#write(response, flavour, web, later));
  }

  #write(response: ServerResponse, flavour: Flavour, web: WebRequest, answer: GateAnswer): void {
    switch (answer.kind) {
      case 'pass':
        return pass(response, answer);
      case 'login':
        return this.#askToLogIn(response, flavour, web, answer);
      case 'forbidden':
        return refuse(response, flavour, 403, answer.id, web);
      case 'unavailable':
        return refuse(response, flavour, 503, answer.id, web);
      case 'unknown-service':
        return sendStatus(response, 403, 'no service is set up for this host and path');
    }
  }

  #askToLogIn(
    response: ServerResponse,
    flavour: Flavour,
    web: WebRequest,
    answer: GateAnswer & { kind: 'login' },
  ): void {
    if (answer.id !== undefined) response.setHeader(ID_HEADER, answer.id);
    response.setHeader('Cache-Control', 'no-store');
    const browser = answer.service.challenge === 'form' && wantsHtml(web.method, web.headers);
    if (!browser) response.setHeader('WWW-Authenticate', basicChallenge(answer.service));
    else response.setHeader('Location', startAddress(answer.service, web.target));
    if (browser && flavour === 'forward') {
      response.statusCode = 302;
      response.end();
    } else sendStatus(response, 401, 'log in first');
  }

  #unreadable(response: ServerResponse, flavour: Flavour, because: Unreadable): void {
    // A peer that is not trusted gets no hint about what would have been decided.
    const status = flavour === 'nginx' || because === 'untrusted-proxy' ? 403 : 400;
    sendStatus(response, status, because);
  }
}

/** Whether the front proxy may keep an allow. */
const FOR_A_SECOND = ['X-Accel-Expires', '1'] as const;
const NOT_AT_ALL = ['Cache-Control', 'no-store'] as const;

function pass(response: ServerResponse, answer: PassAnswer): void {
  const keeping = answer.service.frontCache ? FOR_A_SECOND : NOT_AT_ALL;
  response.writeHead(200, [...answer.headers, ID_HEADER, answer.id, ...keeping, 'Content-Length', '0']).end();
}

function refuse(
  response: ServerResponse,
  flavour: Flavour,
  status: 403 | 503,
  id: string | undefined,
  web: WebRequest,
): void {
  if (id !== undefined) response.setHeader(ID_HEADER, id);
  if (flavour === 'forward' && wantsHtml(web.method, web.headers)) {
    sendPage(response, messagePage(status === 403 ? 'forbidden' : 'unavailable', id));
  } else
    sendStatus(response, status, `${status === 403 ? 'refused' : 'unavailable'}${id === undefined ? '' : ` ${id}`}`);
}
