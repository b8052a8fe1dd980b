/**
 * Upstream is one back end behind the gate: where it is, and how patient we are with it.
 */
import { Agent } from 'node:http';
import { type Clock, CodedError, type Milliseconds } from '../../base/index.ts';

export interface UpstreamOptions {
  /** `http://host:port`, without a path. */
  readonly url: string;
  readonly clock: Clock;
  /** Connections at most; further requests wait. 1 to 10,000. */
  readonly maxSockets?: number;
  /** Requests that may wait for a connection; further ones get 503. */
  readonly queueLimit?: number;
  readonly connectTimeout?: Milliseconds;
  /** Until the head of the response has arrived, after the request was sent. */
  readonly responseTimeout?: Milliseconds;
  /** Without any octet in either direction while a body is under way. */
  readonly idleTimeout?: Milliseconds;
}

export interface Upstream {
  readonly origin: string;
  /** Closes idle connections and, when their request is done, the others. */
  close(): void;
}

export class NodeUpstream implements Upstream {
  readonly origin: string;
  readonly agent: Agent;
  readonly options: Required<UpstreamOptions>;
  readonly host: string;
  readonly port: number;

  constructor(options: UpstreamOptions) {
    const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
    if (url?.protocol !== 'http:' || url.pathname !== '/' || url.search !== '') {
      throw new CodedError('WEB_UPSTREAM_URL', `upstream ${JSON.stringify(options.url)} is not http://host:port`);
    }
    this.origin = url.origin;
    this.host = url.hostname.replace(/^\[|\]$/g, '');
    this.port = url.port === '' ? 80 : Number(url.port);
    this.options = {
      maxSockets: 256,
      queueLimit: 1_024,
      connectTimeout: 5_000,
      responseTimeout: 60_000,
      idleTimeout: 60_000,
      ...options,
    };
    this.agent = new Agent({ keepAlive: true, maxSockets: this.options.maxSockets, scheduling: 'lifo', noDelay: true });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** @throws CodedError WEB_UPSTREAM_URL when the address is no `http://host:port`. */
export function createUpstream(options: UpstreamOptions): Upstream {
  return new NodeUpstream(options);
}
