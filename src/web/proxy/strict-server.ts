/**
 * How a node:http (or node:https) server of the gate is set up: strict parser, limits, and every event that can carry a
 * request answered, so that nothing falls through to a default.
 */
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Milliseconds } from '../../base/index.ts';
import { announcesBody, MOST_HEADERS, requestFault } from '../http/request-fault.ts';
import { isWebSocketUpgrade } from './proxy-upgrade.ts';

/** How long the rest of a body may take once its request was answered. */
const LATE_BODY: Milliseconds = 1_000;

/** To be spread into the options of `createServer`. Times are in milliseconds. */
export const STRICT_SERVER: ServerOptions = {
  insecureHTTPParser: false,
  requireHostHeader: true,
  maxHeaderSize: 16_384,
  headersTimeout: 15_000,
  // A large upload may take hours; a stalled one is ended by the upstream's idle time-out.
  requestTimeout: 0,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
  noDelay: true,
  // A request without a body is at its end from the start: a tenth of the work of serving it.
  optimizeEmptyRequests: true,
  shouldUpgradeCallback: isWebSocketUpgrade,
};

export interface RequestHandlers {
  /** Whoever reads a body that the client holds back (`Expect: 100-continue`) calls `res.writeContinue()` first. */
  request(req: IncomingMessage, res: ServerResponse): void;
  /** A WebSocket request; whoever refuses it answers with {@link refuseUpgrade}. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Connects the handlers; they see only requests whose head is beyond doubt. */
export function serveStrictly(server: Server, clock: Clock, handlers: RequestHandlers): void {
  server.maxHeadersCount = MOST_HEADERS + 1;
  // What follows a doubtful request on its connection may be its body to another reader: it is never looked at.
  const condemned = new WeakSet<Duplex>();
  /** The response begun last on each connection. */
  const latest = new WeakMap<Duplex, ServerResponse>();
  const onRequest = (req: IncomingMessage, res: ServerResponse) => {
    if (condemned.has(req.socket)) return;
    latest.set(req.socket, res);
    const fault = requestFault(req);
    // A back end would answer with all that it was told of the visitor, the assertion included.
    if (req.method === 'TRACE') refuse(res, 405);
    else if (fault === undefined) {
      if (announcesBody(req)) endWithAnswer(req, res, clock);
      handlers.request(req, res);
    } else {
      condemned.add(req.socket);
      refuse(res, fault);
    }
  };
  server.on('request', onRequest);
  server.on('checkContinue', onRequest);
  server.on('checkExpectation', (_req, res: ServerResponse) => refuse(res, 417));
  server.on('connect', (_req, socket: Duplex) => refuseUpgrade(socket, 405));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // While a response is under way nothing may be written into it.
    const responding = latest.get(socket)?.writableFinished === false;
    if (responding || error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else refuseUpgrade(socket, PARSER_FAULT[error.code ?? ''] ?? 400);
  });
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const fault = condemned.has(socket) ? 400 : requestFault(req);
    if (fault === undefined) handlers.upgrade(req, socket, head);
    else refuseUpgrade(socket, fault);
  });
}

const PARSER_FAULT: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

const REASON: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Answers on a bare socket, without a body, and closes it. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  if (socket.destroyed) return;
  const head = `HTTP/1.1 ${status} ${REASON[status] ?? 'Refused'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  socket.end(head, 'latin1', () => socket.destroy());
}

/** What is left of an answered request would be read only to be thrown away, for as long as the client likes to send. */
function endWithAnswer(req: IncomingMessage, res: ServerResponse, clock: Clock): void {
  const { socket } = req;
  res.once('finish', () => {
    if (!req.complete) clock.after(LATE_BODY, () => req.complete || socket.destroySoon());
  });
}

function refuse(res: ServerResponse, status: number): void {
  res.writeHead(status, { Connection: 'close', 'Content-Length': '0' }).end();
}
