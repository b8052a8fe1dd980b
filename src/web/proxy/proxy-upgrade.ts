/**
 * proxyUpgrade carries a WebSocket (or another upgrade) between a client's socket and an upstream.
 *
 * The caller keeps the handle and closes it at the instant the session ends, so that no socket outlives its login.
 */
import { type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Forwarding, ProxyFailure } from './proxy-request.ts';
import type { NodeUpstream, Upstream } from './upstream.ts';

export interface UpgradeHandle {
  /** Ends both sides at once. Idempotent. */
  close(): void;
  /** Settles when the tunnel has ended or was refused. */
  readonly ended: Promise<UpgradeOutcome>;
}

export type UpgradeOutcome =
  | { readonly kind: 'ended' }
  /** The upstream answered something else than 101; its answer was sent to the client and the socket closed. */
  | { readonly kind: 'declined'; readonly status: number }
  /** Nothing was sent to the client yet: the caller answers on the socket with `status`. */
  | {
      readonly kind: 'failed';
      readonly status: 400 | 502 | 503 | 504;
      readonly reason: ProxyFailure | 'not-an-upgrade';
    };

export function proxyUpgrade(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  upstream: Upstream,
  forwarding: Forwarding,
): UpgradeHandle {
  const { agent, host, port } = upstream as NodeUpstream;
  let close = () => void socket.destroy();
  const ended = new Promise<UpgradeOutcome>((resolve) => {
    const headers = [...forwarding.headers, 'Connection', 'Upgrade', 'Upgrade', req.headers.upgrade ?? ''];
    const outgoing = request({ agent, host, port, method: 'GET', path: forwarding.path, headers });
    outgoing.on('error', () => resolve({ kind: 'failed', status: 502, reason: 'connect' }));
    outgoing.on('upgrade', (response, other, otherHead) => {
      const lines = ['HTTP/1.1 101 Switching Protocols'];
      for (let at = 0; at < response.rawHeaders.length; at += 2) {
        lines.push(`${response.rawHeaders[at]}: ${response.rawHeaders[at + 1]}`);
      }
      socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
      socket.write(otherHead);
      other.write(head);
      socket.pipe(other).pipe(socket);
      close = () => {
        socket.destroy();
        other.destroy();
      };
      for (const side of [socket, other]) side.on('error', close).on('close', close);
      socket.on('close', () => resolve({ kind: 'ended' }));
    });
    outgoing.end();
  });
  return { close: () => close(), ended };
}
