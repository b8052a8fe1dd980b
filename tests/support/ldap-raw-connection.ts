/** One LDAP connection on which a test sends octets as it likes and takes messages one by one. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import {
  decodeMessage,
  decodeResult,
  elementLength,
  message,
  type WireControl,
  type WireMessage,
} from './ldap-wire.ts';

/** How an operation ended, or `closed` when the connection did. */
export type Outcome = number | 'closed';

const LONGEST_WAIT = 10_000;

export class RawConnection {
  socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: (() => void) | undefined;
  #ended = false;

  constructor(socket: Socket) {
    this.socket = socket;
    this.#listen(socket);
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  static async openTls(port: number, options: ConnectionOptions): Promise<RawConnection> {
    const socket = connectTls({ port, host: '127.0.0.1', ...options });
    await once(socket, 'secureConnect');
    return new RawConnection(socket);
  }

  /** From now on over TLS, as after StartTLS. */
  async secure(options: ConnectionOptions): Promise<void> {
    this.socket.removeAllListeners();
    const secured = connectTls({ socket: this.socket, ...options });
    await once(secured, 'secureConnect');
    this.socket = secured;
    this.#listen(secured);
  }

  send(...octets: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(octets));
  }

  /** The next message; undefined when the connection has ended. */
  async next(): Promise<WireMessage | undefined> {
    for (;;) {
      const length = elementLength(this.#received);
      if (length !== undefined) {
        const octets = this.#received.subarray(0, length);
        this.#received = this.#received.subarray(length);
        return decodeMessage(octets);
      }
      if (this.#ended) return undefined;
      await this.#more();
    }
  }

  /** Sends one operation and waits for the result of it. */
  async ask(operation: Uint8Array, id = 1, controls: readonly WireControl[] = []): Promise<Outcome> {
    this.send(message(id, operation, controls));
    return this.outcome(id);
  }

  /** The code of the result with this id; entries are passed over. */
  async outcome(id = 1): Promise<Outcome> {
    for (;;) {
      const answer = await this.next();
      if (answer === undefined) return 'closed';
      if (answer.id === id && answer.operation.tag !== 0x64) return decodeResult(answer.operation).code;
    }
  }

  /** Everything that comes until the connection ends. */
  async rest(): Promise<readonly WireMessage[]> {
    const all: WireMessage[] = [];
    for (let each = await this.next(); each !== undefined; each = await this.next()) all.push(each);
    return all;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  close(): void {
    this.socket.destroy();
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    for (const event of ['error', 'close'] as const) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  async #more(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`nothing came within ${LONGEST_WAIT} ms`)), LONGEST_WAIT);
    this.#waiting = resolve;
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }
}

/** What the responseName of a notice of disconnection is (RFC 4511, 4.4.1). */
export const NOTICE_OF_DISCONNECTION = '1.3.6.1.4.1.1466.20036';

/** The code of a notice of disconnection; undefined for any other message. */
export function noticeOf({ id, operation }: WireMessage): number | undefined {
  if (id !== 0 || operation.tag !== 0x78 || !operation.content.includes(NOTICE_OF_DISCONNECTION)) return undefined;
  return decodeResult(operation).code;
}
