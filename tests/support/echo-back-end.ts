/**
 * A back end that tells what it was asked: JSON with method, address and headers; `/stream` never ends; a WebSocket is
 * accepted and echoes octets.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export class EchoBackEnd {
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  /** Requests that reached it. */
  requests = 0;

  private constructor() {
    this.#server = createServer({ maxHeaderSize: 262_144 }, (request, response) => {
      this.requests += 1;
      if (request.url?.startsWith('/stream')) {
        response.writeHead(200, { 'Content-Type': 'text/plain' });
        const ticking = setInterval(() => response.write('tick\n'), 10);
        response.on('close', () => clearInterval(ticking));
        return;
      }
      const headers: [string, string][] = [];
      for (let at = 0; at < request.rawHeaders.length; at += 2)
        headers.push([request.rawHeaders[at]!, request.rawHeaders[at + 1]!]);
      request.resume();
      request.on('end', () => {
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify({ method: request.method, url: request.url, headers }));
      });
    });
    this.#server.on('connection', (socket: Socket) => this.#keep(socket));
    this.#server.on('upgrade', (_request, socket: Duplex) => {
      this.requests += 1;
      this.#keep(socket);
      socket.on('error', () => socket.destroy());
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.pipe(socket);
    });
  }

  static async start(): Promise<EchoBackEnd> {
    const backEnd = new EchoBackEnd();
    backEnd.#server.listen(0, '127.0.0.1');
    await once(backEnd.#server, 'listening');
    return backEnd;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
