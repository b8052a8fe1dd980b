/**
 * proxyUpgrade carries a WebSocket between a client's socket and an upstream.
 *
 * The caller keeps the handle and closes it at the instant the session ends, so that no socket outlives its login (S12).
 * Only `websocket` is passed on: `h2c` and its like would open a tunnel in which no rule is ever asked again. No octet
 * that the client sent after its head reaches the upstream before the upstream has said 101, so that a refused upgrade
 * cannot smuggle a request. RFC 6455 section 4.2, RFC 9110 section 7.8.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Forwarding, ProxyFailure } from './proxy-request.ts';
import { requestHead } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import type { Candidate, Upstream, UpstreamPool } from './upstream.ts';
import type { ConnectionFailure, UpstreamConnection } from './upstream-connection.ts';

export interface UpgradeHandle {
  /** Ends both sides at once. Idempotent. */
  close(): void;
  /** Settles when the tunnel has ended or was refused. Never rejects. */
  readonly ended: Promise<UpgradeOutcome>;
}

export type UpgradeOutcome =
  | { readonly kind: 'ended' }
  /** The upstream answered something else than 101; its answer was sent to the client and the socket closed. */
  | { readonly kind: 'declined'; readonly status: number }
  /** Nothing was sent to the client yet: the caller answers on the socket with `status`. */
  | {
      readonly kind: 'failed';
      readonly status: 400 | 502 | 503 | 504;
      readonly reason: ProxyFailure | 'not-a-websocket';
    };

const FAILURE_STATUS: Record<ProxyFailure, 502 | 503 | 504> = {
  connect: 502,
  reset: 502,
  'bad-response': 502,
  'connect-timeout': 504,
  'response-timeout': 504,
  'queue-full': 503,
};

const NOT_A_WEBSOCKET: UpgradeOutcome = { kind: 'failed', status: 400, reason: 'not-a-websocket' };

/** Whether a request asks for an upgrade that is passed on; everything else is handled as if it had not asked. */
export function isWebSocketUpgrade(req: IncomingMessage): boolean {
  const { upgrade, 'content-length': length, 'transfer-encoding': encoding } = req.headers;
  return (
    req.method === 'GET' &&
    req.httpVersion === '1.1' &&
    upgrade?.toLowerCase() === 'websocket' &&
    length === undefined &&
    encoding === undefined
  );
}

/**
 * `req`, `socket` and `head` are those of the server's `upgrade` event; a request that is no {@link isWebSocketUpgrade} fails.
 * @throws CodedError WEB_REQUEST_INVALID when `forwarding` cannot be sent (a programming error).
 */
export function proxyUpgrade(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  upstream: Upstream,
  forwarding: Forwarding,
): UpgradeHandle {
  if (!isWebSocketUpgrade(req)) {
    return { close: () => void socket.destroy(), ended: Promise.resolve(NOT_A_WEBSOCKET) };
  }
  const text = requestHead(req.method ?? 'GET', forwarding.path, forwarding.headers, { kind: 'none' }, 'websocket');
  const tunnel = new Tunnel(socket, head, upstream as UpstreamPool, text);
  return { close: () => tunnel.close(), ended: tunnel.ended };
}

class Tunnel implements Candidate {
  readonly method = 'GET';
  readonly ended: Promise<UpgradeOutcome>;
  readonly #client: Duplex;
  readonly #early: Buffer;
  readonly #pool: UpstreamPool;
  readonly #head: string;
  #settle: (outcome: UpgradeOutcome) => void = () => {};
  #connection: UpstreamConnection | undefined;
  #status = 0;

  constructor(client: Duplex, early: Buffer, pool: UpstreamPool, head: string) {
    this.#client = client;
    this.#early = early;
    this.#pool = pool;
    this.#head = head;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    client.on('error', this.#close);
    client.on('close', this.#close);
    // The client may have left while the request was being decided on: its `close` will not come again.
    if (client.destroyed) this.#settle({ kind: 'ended' });
    else pool.acquireTunnel(this);
  }

  close(): void {
    this.#close();
  }

  isSent(): boolean {
    return true;
  }

  start(connection: UpstreamConnection): void {
    this.#connection = connection;
    connection.begin(this, this.#head);
  }

  onConnected(): void {
    this.#patience(this.#pool.responseTicks);
  }

  onInterim(): void {
    this.#patience(this.#pool.responseTicks);
  }

  /** Not 101: the answer goes back as it is, and the socket ends with it. */
  onHead(head: ResponseHead): void {
    this.#status = head.status;
    this.#patience(this.#pool.idleTicks);
    this.#client.write(`${statusLine(head)}${headerLines(head.headers)}Connection: close\r\n\r\n`, 'latin1');
  }

  onBody(part: Buffer, last: boolean): void {
    if (this.#status !== 101) this.#patience(this.#pool.idleTicks);
    // The connection reads into one buffer again and again, so what is written later must be a copy.
    const wantsMore = part.length === 0 || this.#client.write(Buffer.from(part));
    if (last) {
      this.#connection = undefined;
      this.#client.end(() => this.#client.destroy());
      this.#settle({ kind: 'declined', status: this.#status });
    } else if (!wantsMore) {
      this.#connection?.pause();
      this.#client.once('drain', () => this.#connection?.resume());
    }
  }

  onUpgrade(head: ResponseHead, connection: UpstreamConnection, rest: Buffer): void {
    if (head.upgrade !== 'websocket') {
      connection.abort('bad-response');
      return;
    }
    this.#status = 101;
    connection.deadline = 0;
    const lines = `${headerLines(head.headers)}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    this.#client.write(statusLine(head) + lines, 'latin1');
    if (rest.length > 0) this.onBody(rest, false);
    if (this.#early.length > 0) connection.socket.write(this.#early);
    this.#client.on('data', (part: Buffer) => {
      if (!connection.socket.write(part)) this.#client.pause();
    });
    this.#client.on('end', this.#close);
  }

  onDrain(): void {
    if (this.#status === 101) this.#client.resume();
  }

  onFailure(reason: ConnectionFailure): void {
    this.#connection = undefined;
    if (this.#status === 0) this.#failed(reason);
    else this.#close();
  }

  onRefused(reason: 'queue-full' | 'connect-timeout'): void {
    this.#failed(reason);
  }

  #failed(reason: ProxyFailure): void {
    this.#settle({ kind: 'failed', status: FAILURE_STATUS[reason], reason });
  }

  #patience(span: number): void {
    if (this.#connection !== undefined) this.#connection.deadline = this.#pool.deadline(span);
  }

  readonly #close = (): void => {
    this.#connection?.abort();
    this.#connection = undefined;
    this.#client.destroy();
    this.#settle({ kind: 'ended' });
  };
}

function statusLine(head: ResponseHead): string {
  return `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
}

function headerLines(headers: readonly string[]): string {
  let lines = '';
  for (let at = 0; at + 1 < headers.length; at += 2) lines += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return lines;
}
