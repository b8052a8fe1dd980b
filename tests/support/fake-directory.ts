/**
 * A directory that answers whatever a test wants, octet by octet: what no real server would say.
 *
 * It remembers every request, so that a test can look at the very octets that would have reached a server.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { BerReader, berElementLength, Tag } from '../../src/x500/index.ts';

/** A null, where the other requests have parts. */
const UNBIND = 0x42;

export interface FakeRequest {
  readonly id: number;
  /** Protocol operation: 0x60 bind, 0x63 search, 0x42 unbind, 0x77 extended. */
  readonly tag: number;
  /** The parts of the operation, with their tags. */
  readonly parts: readonly { readonly tag: number; readonly octets: Buffer }[];
}

/** Octets to send back; none is silence. */
export type Answer = (request: FakeRequest) => Buffer | undefined;

export class FakeDirectory {
  readonly requests: FakeRequest[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  connections = 0;
  answer: Answer;

  private constructor(answer: Answer) {
    this.answer = answer;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(answer: Answer = () => undefined): Promise<FakeDirectory> {
    const directory = new FakeDirectory(answer);
    directory.#server.listen(0, '127.0.0.1');
    await once(directory.#server, 'listening');
    return directory;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ldap://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    let held = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      for (;;) {
        const length = berElementLength(held, 0, held.length);
        if (typeof length !== 'number' || length > held.length) return;
        const request = readRequest(held.subarray(0, length));
        held = held.subarray(length);
        this.requests.push(request);
        const octets = this.answer(request);
        if (octets !== undefined) socket.write(octets);
      }
    });
  }
}

function readRequest(octets: Buffer): FakeRequest {
  const reader = new BerReader(octets);
  const message = reader.enter(Tag.sequence);
  const id = reader.integer(Tag.integer);
  const tag = reader.peek();
  const parts: { readonly tag: number; readonly octets: Buffer }[] = [];
  if (tag === UNBIND) return { id, tag, parts };
  const operation = reader.enter(tag);
  while (reader.more) {
    const part = reader.peek();
    parts.push({ tag: part, octets: reader.octets(part) });
  }
  reader.leave(operation);
  reader.leavePast(message);
  return { id, tag, parts };
}

/** A BER element with a definite length. */
export function ber(tag: number, ...content: readonly (Buffer | string)[]): Buffer {
  const octets = Buffer.concat(content.map((part) => Buffer.from(part)));
  const { length } = octets;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x83, length >> 16, (length >> 8) & 255, length & 255];
  return Buffer.concat([Buffer.from(head), octets]);
}

export const message = (id: number, operation: Buffer, ...more: Buffer[]) =>
  ber(0x30, ber(0x02, Buffer.from([id])), operation, ...more);

/** An LDAPResult under the tag of its operation: 0x61 bind, 0x65 search done. */
export const result = (id: number, tag: number, code: number, text = '') =>
  message(id, ber(tag, ber(0x0a, Buffer.from([code])), ber(0x04, ''), ber(0x04, text)));

export const entry = (id: number, dn: string, attributes: Record<string, readonly string[]>) =>
  message(
    id,
    ber(
      0x64,
      ber(0x04, dn),
      ber(
        0x30,
        ...Object.entries(attributes).map(([type, values]) =>
          ber(0x30, ber(0x04, type), ber(0x31, ...values.map((value) => ber(0x04, value)))),
        ),
      ),
    ),
  );
