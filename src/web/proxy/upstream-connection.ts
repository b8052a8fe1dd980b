/**
 * UpstreamConnection is one HTTP/1.1 connection to a back end, carrying one exchange at a time.
 *
 * It knows octets and heads, nothing of clients: an Exchange sends through it and is told what comes back.
 * INVARIANT: it is offered for reuse only after a response that ended exactly where its framing said, to a request that
 * was sent completely, with not an octet left over; anything else ends the connection. That is what keeps one
 * client's bytes out of another's response.
 */
import { connect, type Socket } from 'node:net';
import { type BodyDecoder, bodyDecoder } from './body-decoder.ts';
import { LONGEST_HEAD, parseResponseHead, type ResponseHead } from './response-head.ts';

/** Why an exchange got no response, or no complete one. */
export type ConnectionFailure = 'connect' | 'connect-timeout' | 'response-timeout' | 'bad-response' | 'reset';

/** The user of a connection while its exchange lasts. */
export interface Exchange {
  readonly method: string;
  onConnected(): void;
  /** An interim response (100 to 199 but 101). */
  onInterim(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  onBody(part: Buffer, last: boolean): void;
  /** Whether the request has been sent to its end. */
  isSent(): boolean;
  onFailure(failure: ConnectionFailure): void;
  onDrain(): void;
  /** The exchange asked for an upgrade and got 101; the connection is its own from now on. */
  onUpgrade?(head: ResponseHead, connection: UpstreamConnection, rest: Buffer): void;
}

/** What a connection tells its pool. */
export interface ConnectionOwner {
  onReusable(connection: UpstreamConnection, keepAlive: number | undefined): void;
  onClosed(connection: UpstreamConnection): void;
}

const MOST_INTERIM = 16;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

export class UpstreamConnection {
  /** The pool's tick at which patience ends; 0 for never. */
  deadline = 0;
  connected = false;
  /** Exchanges completed on this connection. */
  served = 0;
  readonly socket: Socket;
  readonly #owner: ConnectionOwner;
  #exchange: Exchange | undefined;
  #head: ResponseHead | undefined;
  #partialHead: Buffer = NOTHING;
  #decoder: BodyDecoder | undefined;
  #interim = 0;
  #parts: Buffer[] = [];
  #tunnelled = false;

  /** `readOctets`: how much is read at a time, and held by the connection for as long as it lives. */
  constructor(host: string, port: number, owner: ConnectionOwner, readOctets: number) {
    this.#owner = owner;
    this.socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      onread: {
        // Reused for every read: whoever keeps octets beyond the call copies them.
        buffer: Buffer.allocUnsafeSlow(readOctets),
        callback: (length, buffer) => {
          this.#onData((buffer as Buffer).subarray(0, length));
          return true;
        },
      },
    });
    this.socket.on('connect', () => {
      this.connected = true;
      this.#exchange?.onConnected();
    });
    this.socket.on('drain', () => this.#exchange?.onDrain());
    this.socket.on('error', () => {});
    this.socket.on('end', () => this.#onEnd());
    this.socket.on('close', () => {
      this.#fail(this.connected ? 'reset' : 'connect');
      owner.onClosed(this);
    });
  }

  get busy(): boolean {
    return this.#exchange !== undefined;
  }

  /** Begins an exchange by sending the head of its request. The connection must be idle. */
  begin(exchange: Exchange, head: string): void {
    this.#exchange = exchange;
    this.#head = undefined;
    this.#interim = 0;
    this.socket.write(head, 'latin1');
  }

  /** Ends the exchange and the connection; the exchange hears of it unless it is the one that ends it (no `failure`). */
  abort(failure?: ConnectionFailure): void {
    if (failure === undefined) this.#exchange = undefined;
    else this.#fail(failure);
    this.socket.destroy();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  #fail(failure: ConnectionFailure): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.onFailure(failure);
  }

  #onData(octets: Buffer): void {
    if (this.#tunnelled) {
      this.#exchange?.onBody(octets, false);
      return;
    }
    // A response to no request: a back end's parting 408, or somebody poisoning the next exchange.
    if (this.#exchange === undefined) {
      this.socket.destroy();
      return;
    }
    if (this.#head === undefined) this.#readHead(octets);
    else this.#readBody(octets);
  }

  #readHead(octets: Buffer): void {
    const all = this.#partialHead.length === 0 ? octets : Buffer.concat([this.#partialHead, octets]);
    const end = all.indexOf(END_OF_HEAD, Math.max(0, this.#partialHead.length - 3));
    if (end === -1 || end > LONGEST_HEAD) {
      if (all.length > LONGEST_HEAD) this.abort('bad-response');
      else this.#partialHead = all === octets ? Buffer.from(octets) : all;
      return;
    }
    this.#partialHead = NOTHING;
    const exchange = this.#exchange!;
    const head = parseResponseHead(all.toString('latin1', 0, end), exchange.method);
    const rest = all.subarray(end + END_OF_HEAD.length);
    if (head === undefined) this.abort('bad-response');
    else if (head.status === 101) this.#onSwitch(exchange, head, rest);
    else if (head.status < 200) this.#onInterim(exchange, head, rest);
    else this.#onFinalHead(exchange, head, rest);
  }

  #onSwitch(exchange: Exchange, head: ResponseHead, rest: Buffer): void {
    if (exchange.onUpgrade === undefined) {
      this.abort('bad-response');
      return;
    }
    this.#tunnelled = true;
    exchange.onUpgrade(head, this, rest);
  }

  #onInterim(exchange: Exchange, head: ResponseHead, rest: Buffer): void {
    this.#interim += 1;
    if (this.#interim > MOST_INTERIM) {
      this.abort('bad-response');
      return;
    }
    exchange.onInterim(head);
    if (rest.length > 0 && this.#exchange === exchange) this.#readHead(rest);
  }

  #onFinalHead(exchange: Exchange, head: ResponseHead, rest: Buffer): void {
    this.#head = head;
    this.#decoder = bodyDecoder(head.framing);
    exchange.onHead(head);
    if (this.#exchange !== exchange) return;
    if (this.#decoder === undefined) this.#complete(exchange, NOTHING, rest.length);
    else if (rest.length > 0) this.#readBody(rest);
  }

  #readBody(octets: Buffer): void {
    const exchange = this.#exchange!;
    const parts = this.#parts;
    parts.length = 0;
    const taken = this.#decoder!.decode(octets, parts);
    if (taken === 'bad') {
      this.abort('bad-response');
      return;
    }
    const body = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    if (taken !== 'more') this.#complete(exchange, body, octets.length - taken);
    else if (body.length > 0) exchange.onBody(body, false);
  }

  /** The response has ended; whether the connection lives on is settled before anybody else may take it. */
  #complete(exchange: Exchange, body: Buffer, leftOver: number): void {
    const head = this.#head!;
    const reusable = head.persistent && leftOver === 0 && exchange.isSent();
    this.#exchange = undefined;
    this.#decoder = undefined;
    this.served += 1;
    exchange.onBody(body, true);
    if (reusable && !this.socket.destroyed) {
      this.socket.resume();
      this.#owner.onReusable(this, head.keepAlive);
    } else this.socket.destroy();
  }

  #onEnd(): void {
    const exchange = this.#exchange;
    if (exchange !== undefined && this.#decoder?.endsWithConnection === true) this.#complete(exchange, NOTHING, 0);
    else this.socket.destroy();
  }
}
