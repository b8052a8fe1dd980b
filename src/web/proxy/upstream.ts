/**
 * Upstream is one back end behind the gate: where it is, how patient we are with it, and its pool of connections.
 *
 * The connection used last is taken first: the others can fall idle and be closed. Beyond `maxSockets` requests wait in a
 * queue with a bound, so that a slow back end cannot fill memory. All patience is counted in ticks of one timer, so that
 * a request costs no timer of its own.
 */
import { type Clock, CodedError, type Milliseconds, type Timer } from '../../base/index.ts';
import { type ConnectionOwner, type Exchange, UpstreamConnection } from './upstream-connection.ts';

export interface UpstreamOptions {
  /** `http://host:port`, without a path. */
  readonly url: string;
  readonly clock: Clock;
  /** Connections at most, tunnels of upgrades not counted; further requests wait. 1 to 10,000; 256. */
  readonly maxSockets?: number;
  /** Requests that may wait for a connection, for `connectTimeout` at most; further ones get 503. 1,024. */
  readonly queueLimit?: number;
  /** Upgraded connections (WebSockets) at most; further ones get 503. 4,096. */
  readonly maxTunnels?: number;
  /** All times are kept to a quarter of a second. 5 s. */
  readonly connectTimeout?: Milliseconds;
  /** From the end of the request to the head of the response. 60 s. */
  readonly responseTimeout?: Milliseconds;
  /** Without any octet in either direction while a body is under way. 60 s. */
  readonly idleTimeout?: Milliseconds;
}

export interface Upstream {
  /** `http://host:port`. */
  readonly origin: string;
  /** Closes idle connections at once and the others when their request is done; waiting requests fail. */
  close(): void;
}

/** @throws CodedError WEB_UPSTREAM_URL when the address is no `http://host:port`. */
export function createUpstream(options: UpstreamOptions): Upstream {
  return new UpstreamPool(options);
}

const TICK: Milliseconds = 250;
/** An idle connection is closed after this, or one second before the back end said it would close it. */
const IDLE_KEPT: Milliseconds = 4_000;

/** Octets read at a time: large for bodies, small for tunnels, of which thousands stay open. */
const EXCHANGE_READ = 65_536;
const TUNNEL_READ = 8_192;

/** What waits for a connection. */
export interface Candidate extends Exchange {
  /** Sends the request on `connection`. */
  start(connection: UpstreamConnection): void;
  onRefused(failure: 'queue-full' | 'connect-timeout'): void;
}

/** The implementation behind {@link Upstream}, for this folder only. */
export class UpstreamPool implements Upstream, ConnectionOwner {
  readonly origin: string;
  readonly connectTicks: number;
  readonly responseTicks: number;
  readonly idleTicks: number;
  readonly #host: string;
  readonly #port: number;
  readonly #maxSockets: number;
  readonly #queueLimit: number;
  readonly #maxTunnels: number;
  readonly #timer: Timer;
  readonly #all = new Set<UpstreamConnection>();
  readonly #idle: UpstreamConnection[] = [];
  readonly #tunnels = new Set<UpstreamConnection>();
  /** In order of arrival; a candidate whose client left steps out at once. */
  readonly #queue = new Map<Candidate, number>();
  #now = 0;
  #closed = false;

  constructor(options: UpstreamOptions) {
    const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
    if (url?.protocol !== 'http:' || url.pathname !== '/' || url.search !== '' || url.username !== '') {
      throw new CodedError('WEB_UPSTREAM_URL', `upstream ${JSON.stringify(options.url)} is not http://host:port`);
    }
    this.origin = url.origin;
    this.#host = url.hostname.replace(/^\[|\]$/g, '');
    this.#port = url.port === '' ? 80 : Number(url.port);
    this.#maxSockets = options.maxSockets ?? 256;
    this.#queueLimit = options.queueLimit ?? 1_024;
    this.#maxTunnels = options.maxTunnels ?? 4_096;
    this.connectTicks = ticks(options.connectTimeout ?? 5_000);
    this.responseTicks = ticks(options.responseTimeout ?? 60_000);
    this.idleTicks = ticks(options.idleTimeout ?? 60_000);
    this.#timer = options.clock.every(TICK, () => this.#sweep());
  }

  /** The tick at which `span` ticks from now have surely passed. */
  deadline(span: number): number {
    return this.#now + span + 1;
  }

  /** Finds a connection for `candidate`, opens one, or lets it wait. `fresh` refuses a used connection (for a retry). */
  acquire(candidate: Candidate, fresh = false): void {
    const idle = fresh ? undefined : this.#takeIdle();
    if (idle !== undefined) candidate.start(idle);
    else if (this.#closed || (this.#all.size >= this.#maxSockets && this.#queue.size >= this.#queueLimit)) {
      candidate.onRefused('queue-full');
    } else if (this.#all.size >= this.#maxSockets) {
      this.#queue.set(candidate, this.deadline(this.connectTicks));
    } else this.#open(candidate);
  }

  /** Takes a candidate out of the queue; nothing happens when it is not in it. */
  withdraw(candidate: Candidate): void {
    this.#queue.delete(candidate);
  }

  /** A connection of its own for an upgrade. */
  acquireTunnel(candidate: Candidate): void {
    if (this.#closed || this.#tunnels.size >= this.#maxTunnels) candidate.onRefused('queue-full');
    else this.#tunnels.add(this.#connect(candidate, TUNNEL_READ));
  }

  onReusable(connection: UpstreamConnection, keepAlive: number | undefined): void {
    const next = this.#closed || this.#tunnels.has(connection) ? undefined : this.#nextWaiting();
    if (next !== undefined) {
      next.start(connection);
      return;
    }
    const kept = keepAlive === undefined ? IDLE_KEPT : Math.min(IDLE_KEPT, keepAlive * 1_000 - 1_000);
    if (this.#closed || kept <= 0 || this.#tunnels.has(connection)) connection.abort();
    else {
      connection.deadline = this.deadline(ticks(kept));
      this.#idle.push(connection);
    }
  }

  onClosed(connection: UpstreamConnection): void {
    this.#tunnels.delete(connection);
    this.#all.delete(connection);
    this.#stopWhenEmpty();
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
    const next = this.#closed ? undefined : this.#nextWaiting();
    if (next !== undefined) this.#open(next);
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.abort();
    for (const candidate of this.#queue.keys()) candidate.onRefused('queue-full');
    this.#queue.clear();
    this.#stopWhenEmpty();
  }

  /** The timer outlives `close` as long as an exchange does: its patience still counts. */
  #stopWhenEmpty(): void {
    if (this.#closed && this.#all.size === 0 && this.#tunnels.size === 0) this.#timer.cancel();
  }

  #takeIdle(): UpstreamConnection | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (!idle.socket.destroyed && idle.socket.writable) return idle;
    }
    return undefined;
  }

  #open(candidate: Candidate): void {
    this.#all.add(this.#connect(candidate, EXCHANGE_READ));
  }

  #connect(candidate: Candidate, readOctets: number): UpstreamConnection {
    const connection = new UpstreamConnection(this.#host, this.#port, this, readOctets);
    candidate.start(connection);
    connection.deadline = this.deadline(this.connectTicks);
    return connection;
  }

  #nextWaiting(): Candidate | undefined {
    for (const candidate of this.#queue.keys()) {
      this.#queue.delete(candidate);
      return candidate;
    }
    return undefined;
  }

  #sweep(): void {
    this.#now += 1;
    for (const set of [this.#all, this.#tunnels]) {
      for (const connection of set) {
        if (connection.deadline === 0 || connection.deadline > this.#now) continue;
        if (!connection.busy) connection.abort();
        else connection.abort(connection.connected ? 'response-timeout' : 'connect-timeout');
      }
    }
    for (const [candidate, deadline] of this.#queue) {
      if (deadline > this.#now) break;
      this.#queue.delete(candidate);
      candidate.onRefused('connect-timeout');
    }
  }
}

function ticks(span: Milliseconds): number {
  return Math.max(1, Math.ceil(span / TICK));
}
