/** One LDAP connection that sends operations one after the other and collects each answer whole. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  bindRequest,
  decodeEntry,
  decodeMessage,
  decodeResult,
  elementLength,
  message,
  TAG,
  type WireControl,
  type WireElement,
  type WireEntry,
  type WireResult,
} from './ldap-wire.ts';

export interface WireAnswer {
  readonly result: WireResult;
  readonly entries: readonly WireEntry[];
  readonly references: number;
  /** The tag of the response that ended it. */
  readonly tag: number;
  readonly operation: WireElement;
  readonly controls: readonly WireControl[];
}

export class WireClient {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: (() => void) | undefined;
  #ended = false;
  #id = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    const wake = () => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.();
    };
    socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      wake();
    });
    for (const event of ['error', 'close'] as const) {
      socket.on(event, () => {
        this.#ended = true;
        wake();
      });
    }
  }

  static async connect(port: number): Promise<WireClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new WireClient(socket);
  }

  /** Undefined when the server closed the connection instead of answering. */
  async ask(operation: Uint8Array, controls: readonly WireControl[] = []): Promise<WireAnswer | undefined> {
    this.#id += 1;
    this.#socket.write(message(this.#id, operation, controls));
    const entries: WireEntry[] = [];
    let references = 0;
    for (;;) {
      const octets = await this.#next();
      if (octets === undefined) return undefined;
      const answer = decodeMessage(octets);
      const { tag } = answer.operation;
      if (tag === TAG.searchEntry) entries.push(decodeEntry(answer.operation));
      else if (tag === TAG.searchReference) references += 1;
      else if (tag !== TAG.intermediate) {
        const { operation: last, controls: sent } = answer;
        return { result: decodeResult(last), entries, references, tag, operation: last, controls: sent };
      }
    }
  }

  /** Binds, and rejects when that fails. */
  async bind(dn: string, password: string): Promise<void> {
    const answer = await this.ask(bindRequest(dn, password));
    if (answer?.result.code !== 0) throw new Error(`bind as ${dn}: ${JSON.stringify(answer?.result)}`);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #next(): Promise<Buffer | undefined> {
    for (;;) {
      const length = elementLength(this.#received);
      if (length !== undefined) {
        const octets = this.#received.subarray(0, length);
        this.#received = this.#received.subarray(length);
        return octets;
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }
}
