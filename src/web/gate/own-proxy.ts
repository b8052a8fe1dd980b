/**
 * OwnProxy is the gate in front of an application without another proxy: decide, write down who it is, hand on.
 *
 * What goes to the back end is made here from nothing: the client's headers without all that could be taken for an
 * identity, our host, our forwarded context, our identity. The path is the canonical one that was decided on.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { wantsHtml } from '../http/accept.ts';
import { withoutCookies } from '../http/cookies.ts';
import { canonicalHost, formatAuthority } from '../http/host.ts';
import { stripInbound } from '../http/identity-headers.ts';
import { REPEATED, singleHeader } from '../http/raw-headers.ts';
import { announcesBody } from '../http/request-fault.ts';
import { type Message, messagePage, statusOf } from '../pages/message-page.ts';
import type { WebGeneration, WebPorts } from '../ports.ts';
import { proxyRequest } from '../proxy/proxy-request.ts';
import { proxyUpgrade } from '../proxy/proxy-upgrade.ts';
import { refuseUpgrade } from '../proxy/strict-server.ts';
import { sendPage, sendRedirect, sendStatus } from '../send.ts';
import type { WebRequest } from '../web-request.ts';
import { ID_HEADER } from './forward-auth.ts';
import type { Gate } from './gate.ts';
import type { GateAnswer, PassAnswer } from './gate-answer.ts';
import { basicChallenge, startAddress } from './login-challenge.ts';
import { OpenPasses } from './open-passes.ts';

export class OwnProxy {
  readonly #gate: Gate;
  readonly #ports: WebPorts;
  readonly #open: OpenPasses;

  constructor(gate: Gate, ports: WebPorts) {
    this.#gate = gate;
    this.#ports = ports;
    this.#open = new OpenPasses(ports);
  }

  close(): void {
    this.#open.close();
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    web: WebRequest,
    generation: WebGeneration,
  ): Promise<void> {
    const pending = this.#gate.answer(web, generation);
    const answer = pending instanceof Promise ? await pending : pending;
    if (answer.kind !== 'pass') return refuse(request, response, web, answer);
    const { upstream } = answer.service;
    if (upstream === undefined) return sendMessage(response, web, 'unknown-service', answer.id);
    const release = this.#open.add(web, answer, generation, () => response.destroy());
    try {
      const forwarding = { headers: outgoingHeaders(web, answer, generation), path: web.target.forwarded };
      const outcome = await proxyRequest(request, response, upstream, forwarding);
      if (outcome.kind === 'failed') {
        this.#ports.logger.warn('back end failed', { service: answer.service.name, reason: outcome.reason });
        sendMessage(response, web, FAILED[outcome.status], answer.id);
      }
    } finally {
      release();
    }
  }

  /** A WebSocket or another upgrade: decided like any request, and closed at the instant its session ends. */
  async upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    web: WebRequest,
    generation: WebGeneration,
  ): Promise<void> {
    const pending = this.#gate.answer(web, generation);
    const answer = pending instanceof Promise ? await pending : pending;
    const status = upgradeRefusal(answer);
    if (answer.kind !== 'pass' || answer.service.upstream === undefined) return refuseUpgrade(socket, status);
    if (answer.session !== undefined && !isFromHere(web, generation)) {
      this.#ports.logger.warn('a page of another site wanted a WebSocket', { service: answer.service.name });
      return refuseUpgrade(socket, 403);
    }
    const forwarding = { headers: outgoingHeaders(web, answer, generation), path: web.target.forwarded };
    const tunnel = proxyUpgrade(request, socket, head, answer.service.upstream, forwarding);
    const release = this.#open.add(web, answer, generation, () => tunnel.close());
    const outcome = await tunnel.ended;
    release();
    if (outcome.kind === 'failed') refuseUpgrade(socket, outcome.status);
  }
}

const FAILED: Readonly<Record<502 | 503 | 504, Message>> = {
  502: 'bad-gateway',
  503: 'unavailable',
  504: 'gateway-timeout',
};

/** The whole header list for the back end, but the framing. */
function outgoingHeaders(web: WebRequest, answer: PassAnswer, generation: WebGeneration): string[] {
  const stripped = stripInbound(web.headers, generation.protectedNames);
  const headers = withoutCookies(stripped, generation.cookies.own);
  if (!answer.service.forwardAuthorization) removeBasic(headers);
  const authority = formatAuthority(web.authority, web.scheme);
  headers.push('Host', authority);
  headers.push('X-Forwarded-For', web.client, 'X-Forwarded-Proto', web.scheme, 'X-Forwarded-Host', authority);
  headers.push(...answer.headers, ID_HEADER, answer.id);
  return headers;
}

/** A Basic password is for the gate; a bearer token is the back end's own matter. */
function removeBasic(headers: string[]): void {
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    const name = headers[at]!;
    if (name.length === 13 && name.toLowerCase() === 'authorization' && /^\s*basic\b/i.test(headers[at + 1]!)) {
      headers.splice(at, 2);
    }
  }
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  web: WebRequest,
  answer: Exclude<GateAnswer, PassAnswer>,
): void {
  // The body is not read: the connection cannot be used for another request.
  if (announcesBody(request) && !request.complete) response.setHeader('Connection', 'close');
  switch (answer.kind) {
    case 'login':
      return askToLogIn(response, web, answer);
    case 'forbidden':
      return sendMessage(response, web, 'forbidden', answer.id);
    case 'unavailable':
      return sendMessage(response, web, 'unavailable', answer.id);
    case 'unknown-service':
      return sendMessage(response, web, 'unknown-service', undefined);
  }
}

function askToLogIn(response: ServerResponse, web: WebRequest, answer: GateAnswer & { kind: 'login' }): void {
  if (answer.id !== undefined) response.setHeader(ID_HEADER, answer.id);
  if (answer.service.challenge === 'form' && wantsHtml(web.method, web.headers)) {
    return sendRedirect(response, startAddress(answer.service, web.target));
  }
  response.setHeader('WWW-Authenticate', basicChallenge(answer.service));
  sendStatus(response, 401, answer.id === undefined ? 'log in first' : `this login was refused: ${answer.id}`);
}

/** A page for a browser, one line for everybody else. */
export function sendMessage(response: ServerResponse, web: WebRequest, message: Message, id: string | undefined): void {
  if (id !== undefined) response.setHeader(ID_HEADER, id);
  if (wantsHtml(web.method, web.headers)) return sendPage(response, messagePage(message, id));
  sendStatus(response, statusOf(message), id === undefined ? message : `${message} ${id}`);
}

/**
 * Browsers let any page open a WebSocket, with the cookies of its host where the page is of the same site: only pages of
 * guarded hosts may use a session so. Who sends no Origin is no browser. RFC 6455 section 10.2.
 */
function isFromHere({ headers, authority }: WebRequest, { services }: WebGeneration): boolean {
  const origin = singleHeader(headers, 'origin');
  if (origin === undefined) return true;
  if (origin === REPEATED || !URL.canParse(origin)) return false;
  const host = canonicalHost(new URL(origin).hostname);
  return host !== undefined && (host === authority.host || services.at(host).length > 0);
}

function upgradeRefusal(answer: GateAnswer): number {
  switch (answer.kind) {
    case 'login':
      return 401;
    case 'forbidden':
      return 403;
    case 'unavailable':
      return 503;
    default:
      return 404;
  }
}
