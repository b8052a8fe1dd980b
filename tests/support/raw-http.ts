/** Raw TCP ends for tests of HTTP doors: what was really on the wire, octet by octet. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** A back end that records every octet and answers what `answer` says to each piece (undefined: nothing). */
export class RawBackEnd {
  /** What each connection sent, Latin-1, in order of arrival. */
  readonly received: string[] = [];
  readonly sockets = new Set<Socket>();
  port = 0;
  readonly #server: Server;

  constructor(answer: (text: string, socket: Socket, connection: number) => void) {
    this.#server = createServer((socket) => {
      const connection = this.received.push('') - 1;
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('data', (octets) => {
        this.received[connection] += octets.toString('latin1');
        answer(this.received[connection]!, socket, connection);
      });
    });
  }

  async start(): Promise<this> {
    this.port = await listen(this.#server);
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Sends `text` (Latin-1) and answers all that came back until the other side closed or `quiet` ms passed in silence. */
export function exchange(port: number, text: string, quiet = 60): Promise<string> {
  return new Promise((resolve) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(got);
    };
    let timer = setTimeout(done, quiet * 25);
    socket.on('data', (octets) => {
      got += octets.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(done, quiet);
    });
    socket.on('error', done);
    socket.on('close', done);
  });
}

export async function until(condition: () => boolean, limit = 5_000): Promise<void> {
  for (const start = performance.now(); !condition(); await sleep(5)) {
    if (performance.now() - start > limit) throw new Error('waited in vain');
  }
}
