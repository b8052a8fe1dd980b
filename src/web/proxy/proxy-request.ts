/**
 * proxyRequest sends one request to an upstream and its response back, streaming both ways.
 *
 * The caller hands in the whole header list that goes out; only the framing is added here. A failure before the
 * response has begun is a value, so that the caller shows its own page; a failure after that destroys the client's
 * connection, so that a cut body never looks complete. Trailers are dropped in both directions.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type RequestFraming, requestHead } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import type { Candidate, Upstream, UpstreamPool } from './upstream.ts';
import type { ConnectionFailure, UpstreamConnection } from './upstream-connection.ts';

export interface Forwarding {
  /** Everything to send but the framing: name, value, name, value. Must hold exactly one Host. */
  readonly headers: readonly string[];
  /** The canonical target (`CanonicalTarget.forwarded`). */
  readonly path: string;
}

export type ProxyOutcome =
  /** The response went through to its end. */
  | { readonly kind: 'answered'; readonly status: number }
  /** Nothing was sent to the client yet: the caller answers with `status`. */
  | { readonly kind: 'failed'; readonly status: 502 | 503 | 504; readonly reason: ProxyFailure }
  /** The client went away, or the upstream did in the middle of a body; the client's connection is closed. */
  | { readonly kind: 'broken'; readonly by: 'client' | 'upstream' };

export type ProxyFailure = ConnectionFailure | 'queue-full';

const FAILURE_STATUS: Record<ProxyFailure, 502 | 503 | 504> = {
  connect: 502,
  reset: 502,
  'bad-response': 502,
  'connect-timeout': 504,
  'response-timeout': 504,
  'queue-full': 503,
};

/** Methods that may be sent once more when a kept connection turned out to be dead. RFC 9110 section 9.2.2. */
const RETRIED: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Up to this size a body is copied as text, so that Node sends head and body in one piece. */
const SMALL_BODY = 16_384;

/**
 * Never rejects for what client or upstream do.
 * @throws CodedError WEB_REQUEST_INVALID when `forwarding` cannot be sent (a programming error).
 */
export function proxyRequest(
  req: IncomingMessage,
  res: ServerResponse,
  upstream: Upstream,
  forwarding: Forwarding,
): Promise<ProxyOutcome> {
  return new Promise((resolve) => {
    new ProxiedExchange(req, res, upstream as UpstreamPool, forwarding, resolve).run();
  });
}

class ProxiedExchange implements Candidate {
  readonly method: string;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #pool: UpstreamPool;
  readonly #framing: RequestFraming;
  readonly #head: string;
  readonly #resolve: (outcome: ProxyOutcome) => void;
  #connection: UpstreamConnection | undefined;
  #onKeptConnection = false;
  #sent: boolean;
  #reading = false;
  /** What the client's connection says from now on is no matter of this exchange; its listeners go with the response. */
  #finished = false;
  #status = 0;

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    pool: UpstreamPool,
    forwarding: Forwarding,
    resolve: (outcome: ProxyOutcome) => void,
  ) {
    this.method = req.method ?? 'GET';
    this.#req = req;
    this.#res = res;
    this.#pool = pool;
    this.#framing = bodyFraming(req);
    this.#head = requestHead(this.method, forwarding.path, forwarding.headers, this.#framing);
    this.#sent = this.#framing.kind === 'none' || (this.#framing.kind === 'length' && this.#framing.length === 0);
    this.#resolve = resolve;
  }

  run(): void {
    if (this.#res.destroyed) {
      this.#resolve({ kind: 'broken', by: 'client' });
      return;
    }
    this.#res.on('close', this.#onClientClosed);
    this.#pool.acquire(this);
  }

  isSent(): boolean {
    return this.#sent;
  }

  start(connection: UpstreamConnection): void {
    this.#connection = connection;
    this.#onKeptConnection = connection.served > 0;
    connection.begin(this, this.#head);
    if (connection.connected) this.onConnected();
  }

  onConnected(): void {
    if (this.#sent) this.#awaitResponse();
    else this.#sendBody();
  }

  onInterim(_head: ResponseHead): void {
    // The client's own 100 Continue was sent when its body was asked for; early hints are not passed on.
    this.#patience(this.#pool.responseTicks);
  }

  onHead(head: ResponseHead): void {
    this.#status = head.status;
    this.#endConnectionUnlessSent();
    this.#res.writeHead(head.status, head.reason, head.headers);
    this.#patience(this.#pool.idleTicks);
  }

  onBody(part: Buffer, last: boolean): void {
    const res = this.#res;
    if (last) {
      this.#connection = undefined;
      this.#end(part);
      return;
    }
    this.#patience(this.#pool.idleTicks);
    // The connection reads into one buffer again and again, so what is written later must be a copy.
    if (res.write(Buffer.from(part))) return;
    this.#connection?.pause();
    res.once('drain', this.#onClientDrain);
  }

  onDrain(): void {
    this.#patience(this.#pool.idleTicks);
    if (this.#reading) this.#req.resume();
  }

  onRefused(failure: 'queue-full' | 'connect-timeout'): void {
    this.#failed(failure);
  }

  onFailure(failure: ConnectionFailure): void {
    this.#connection = undefined;
    if (this.#status !== 0) {
      this.#finish({ kind: 'broken', by: this.#res.writableNeedDrain ? 'client' : 'upstream' });
      this.#res.destroy();
    } else if (failure === 'reset' && this.#mayRetry()) {
      this.#onKeptConnection = false;
      this.#pool.acquire(this, true);
    } else this.#failed(failure);
  }

  /** A kept connection may have been closed by the back end while the request was on its way: nothing was answered. */
  #mayRetry(): boolean {
    return this.#onKeptConnection && this.#framing.kind === 'none' && RETRIED.has(this.method);
  }

  #end(part: Buffer): void {
    const status = this.#status;
    if (part.length === 0) this.#res.end();
    else if (part.length <= SMALL_BODY) this.#res.end(part.toString('latin1'), 'latin1');
    else this.#res.end(Buffer.from(part));
    this.#finish({ kind: 'answered', status });
  }

  #failed(reason: ProxyFailure): void {
    this.#endConnectionUnlessSent();
    this.#finish({ kind: 'failed', status: FAILURE_STATUS[reason], reason });
  }

  #finish(outcome: ProxyOutcome): void {
    this.#finished = true;
    this.#stopReading();
    this.#resolve(outcome);
  }

  /** What is left of the request would be read only to be thrown away: the client's connection ends with the response. */
  #endConnectionUnlessSent(): void {
    if (!this.#sent) this.#res.shouldKeepAlive = false;
  }

  readonly #onClientClosed = (): void => {
    if (this.#finished) return;
    this.#pool.withdraw(this);
    this.#connection?.abort();
    this.#connection = undefined;
    this.#finish({ kind: 'broken', by: 'client' });
  };

  readonly #onClientDrain = (): void => {
    if (this.#finished) return;
    this.#patience(this.#pool.idleTicks);
    this.#connection?.resume();
  };

  #awaitResponse(): void {
    if (this.#status === 0) this.#patience(this.#pool.responseTicks);
  }

  #patience(span: number): void {
    if (this.#connection !== undefined) this.#connection.deadline = this.#pool.deadline(span);
  }

  #sendBody(): void {
    this.#patience(this.#pool.idleTicks);
    this.#reading = true;
    // The body is asked for only now: a refused client never had to send it.
    if (/^100-continue$/i.test(this.#req.headers.expect ?? '')) this.#res.writeContinue();
    this.#req.on('data', this.#onRequestData).on('end', this.#onRequestEnd);
  }

  #stopReading(): void {
    if (!this.#reading) return;
    this.#reading = false;
    this.#req.off('data', this.#onRequestData).off('end', this.#onRequestEnd);
  }

  readonly #onRequestData = (part: Buffer): void => {
    const socket = this.#connection?.socket;
    if (socket === undefined) return;
    this.#patience(this.#pool.idleTicks);
    if (!this.#write(socket, part)) this.#req.pause();
  };

  #write(socket: UpstreamConnection['socket'], part: Buffer): boolean {
    if (this.#framing.kind === 'length') return socket.write(part);
    socket.cork();
    socket.write(`${part.length.toString(16)}\r\n`, 'latin1');
    socket.write(part);
    const wantsMore = socket.write('\r\n', 'latin1');
    socket.uncork();
    return wantsMore;
  }

  readonly #onRequestEnd = (): void => {
    this.#stopReading();
    this.#sent = true;
    if (this.#framing.kind === 'chunked') this.#connection?.socket.write('0\r\n\r\n', 'latin1');
    this.#awaitResponse();
  };
}

/** Node's parser has already refused what is ambiguous (both framings, several lengths); see `requestFault`. */
function bodyFraming(req: IncomingMessage): RequestFraming {
  if (req.headers['transfer-encoding'] !== undefined) return { kind: 'chunked' };
  const length = req.headers['content-length'];
  // A POST of nothing says so: some back ends answer 411 otherwise.
  return length === undefined ? { kind: 'none' } : { kind: 'length', length: Number(length) };
}
