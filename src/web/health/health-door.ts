/**
 * HealthDoor answers load balancers and containers on a listener of its own, so that no health check can ever be
 * mistaken for a login (GHSA-5hvv-m4w4-gf6v): GET /healthz/live and /ping, GET /healthz/ready.
 */
import { createServer, type Server } from 'node:http';
import { CodedError } from '../../base/index.ts';

export class HealthDoor {
  readonly #server: Server;

  /** `isReady`: a configuration is in force and the process is not stopping. */
  constructor(isReady: () => boolean) {
    this.#server = createServer((request, response) => {
      const alive = request.url === '/healthz/live' || request.url === '/ping';
      const known = alive || request.url === '/healthz/ready';
      const status = !known ? 404 : alive || isReady() ? 200 : 503;
      response.writeHead(status, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' });
      response.end(status === 200 ? 'ok\n' : status === 503 ? 'not ready\n' : 'not found\n');
    });
    this.#server.maxHeadersCount = 50;
    this.#server.headersTimeout = 5_000;
  }

  /** Listens; resolves the port. */
  listen({ host, port }: { readonly host: string | undefined; readonly port: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      // It stays: a connection that cannot be accepted must not be an event that nobody hears.
      this.#server.on('error', (cause: NodeJS.ErrnoException) =>
        reject(
          new CodedError('WEB_LISTEN', `cannot listen on ${host ?? '*'}:${port}: ${cause.code ?? cause.message}`, {
            cause,
          }),
        ),
      );
      this.#server.listen({ port, ...(host !== undefined && { host }) }, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
