/**
 * A TCP relay in front of a server, which can delay, stall, cut or add octets, and remembers what clients sent.
 *
 * Serves RELIABILITY F14, F25, F28, S18 and S37.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface RelayBehaviour {
  /** Milliseconds before each piece of the server's is passed on. */
  readonly delay?: number;
  /** Octets of the server's that pass; then silence with the connection open. */
  readonly stallAfter?: number;
  /** Octets of the server's that pass; then the connection is reset. */
  readonly cutAfter?: number;
  /** Appended to the server's first piece, in the same segment. */
  readonly append?: Uint8Array;
  /** Answers the client's first piece itself, in place of the server. */
  readonly answerFirst?: Uint8Array;
}

export class TcpRelay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #fromClients: Buffer[] = [];
  readonly #target: number;
  /** May be changed between connections. */
  behaviour: RelayBehaviour;
  /** Connections accepted so far. */
  connections = 0;

  private constructor(target: number, behaviour: RelayBehaviour) {
    this.#target = target;
    this.behaviour = behaviour;
    this.#server = createServer((client) => this.#relay(client));
  }

  /** Relays to `target`, a loopback port. */
  static async start(target: number, behaviour: RelayBehaviour = {}): Promise<TcpRelay> {
    const relay = new TcpRelay(target, behaviour);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Everything that clients have sent, over all connections. */
  get fromClients(): Buffer {
    return Buffer.concat(this.#fromClients);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(client: Socket): void {
    this.connections += 1;
    const { behaviour } = this;
    const server = connect(this.#target, '127.0.0.1');
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    let answered = behaviour.answerFirst === undefined;
    client.on('data', (octets: Buffer) => {
      this.#fromClients.push(octets);
      if (answered) {
        server.write(octets);
        return;
      }
      answered = true;
      client.write(behaviour.answerFirst!);
    });
    void this.#backward(server, client, behaviour);
  }

  async #backward(server: Socket, client: Socket, behaviour: RelayBehaviour): Promise<void> {
    let passed = 0;
    let { append } = behaviour;
    try {
      for await (const piece of server as AsyncIterable<Buffer>) {
        if (behaviour.delay !== undefined) await wait(behaviour.delay);
        const limit = behaviour.stallAfter ?? behaviour.cutAfter ?? Number.POSITIVE_INFINITY;
        const octets = piece.subarray(0, Math.max(0, limit - passed));
        passed += piece.length;
        if (octets.length > 0) client.write(append === undefined ? octets : Buffer.concat([octets, append]));
        append = undefined;
        if (passed >= limit && behaviour.cutAfter !== undefined) client.resetAndDestroy();
      }
    } catch {
      client.destroy();
    }
  }
}
