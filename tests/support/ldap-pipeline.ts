/** One LDAP connection with many requests under way: what asks a server tens of thousands of questions in a test. */
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
  type WireEntry,
  type WireResult,
} from './ldap-wire.ts';

export interface PipelineAnswer extends WireResult {
  readonly entries: readonly WireEntry[];
}

interface Waiting {
  readonly entries: WireEntry[];
  readonly resolve: (answer: PipelineAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** More under way than this would only fill the buffers of both sides. */
const MAX_WAITING = 256;

export class LdapPipeline {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #rest: Buffer = Buffer.alloc(0);
  #nextId = 1;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (octets: Buffer) => this.#read(octets));
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the server closed the connection'));
    });
  }

  static async connect(port: number, dn: string, password: string): Promise<LdapPipeline> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    const pipeline = new LdapPipeline(socket);
    const { code } = await pipeline.send(bindRequest(dn, password));
    if (code !== 0) throw new Error(`bind refused with ${code}`);
    return pipeline;
  }

  /** Sends one operation; resolves with its result and the entries before it, whatever the result is. */
  async send(operation: Uint8Array): Promise<PipelineAnswer> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { entries: [], resolve, reject });
      this.#socket.write(message(id, operation));
    });
  }

  /** Sends many, some hundred at a time, and answers in their order. */
  async sendAll(operations: readonly Uint8Array[]): Promise<PipelineAnswer[]> {
    const answers: PipelineAnswer[] = [];
    for (let at = 0; at < operations.length; at += MAX_WAITING) {
      answers.push(...(await Promise.all(operations.slice(at, at + MAX_WAITING).map((each) => this.send(each)))));
    }
    return answers;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(octets: Buffer): void {
    let rest = this.#rest.length === 0 ? octets : Buffer.concat([this.#rest, octets]);
    for (let length = elementLength(rest); length !== undefined; length = elementLength(rest)) {
      this.#take(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    this.#rest = rest;
  }

  #take(octets: Buffer): void {
    const { id, operation } = decodeMessage(octets);
    const waiting = this.#waiting.get(id);
    if (operation.tag === TAG.searchEntry) {
      waiting?.entries.push(decodeEntry(operation));
      return;
    }
    this.#waiting.delete(id);
    waiting?.resolve({ ...decodeResult(operation), entries: waiting.entries });
  }
}
