/**
 * proxyRequest sends one request to an upstream and its response back, streaming both ways.
 *
 * The caller hands in the whole header list that goes out; only the framing is added here. A failure before the
 * response has begun is a value, so that the caller shows its own page; a failure after that destroys the client's
 * connection, so that a cut body never looks complete.
 */
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { Timer } from '../../base/index.ts';
import type { NodeUpstream, Upstream } from './upstream.ts';

export interface Forwarding {
  /** Everything to send but the framing: name, value, name, value. Must hold exactly one Host. */
  readonly headers: readonly string[];
  /** The canonical target (`CanonicalTarget.forwarded`). */
  readonly path: string;
}

export type ProxyOutcome =
  /** The response went through to its end. */
  | { readonly kind: 'answered'; readonly status: number }
  /** Nothing was sent to the client yet: the caller answers with `status`. */
  | { readonly kind: 'failed'; readonly status: 502 | 503 | 504; readonly reason: ProxyFailure }
  /** The client went away, or the upstream did in the middle of a body; the connection is closed. */
  | { readonly kind: 'broken'; readonly by: 'client' | 'upstream' };

export type ProxyFailure = 'connect' | 'connect-timeout' | 'response-timeout' | 'queue-full' | 'bad-response' | 'reset';

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'trailer',
  'upgrade',
  'te',
]);

export function proxyRequest(
  req: IncomingMessage,
  res: ServerResponse,
  upstream: Upstream,
  forwarding: Forwarding,
): Promise<ProxyOutcome> {
  const { agent, host, port, options } = upstream as NodeUpstream;
  return new Promise((resolve) => {
    const headers = [...forwarding.headers];
    const length = req.headers['content-length'];
    const chunked = req.headers['transfer-encoding'] !== undefined;
    if (length !== undefined) headers.push('Content-Length', length);
    else if (chunked) headers.push('Transfer-Encoding', 'chunked');
    const outgoing = request({ agent, host, port, method: req.method, path: forwarding.path, headers });
    let timer: Timer | undefined = options.clock.after(options.responseTimeout, () => {
      timer = undefined;
      outgoing.destroy();
      resolve({ kind: 'failed', status: 504, reason: 'response-timeout' });
    });
    outgoing.on('error', () => {
      timer?.cancel();
      if (res.headersSent) res.destroy();
      else resolve({ kind: 'failed', status: 502, reason: 'connect' });
    });
    outgoing.on('response', (incoming) => {
      timer?.cancel();
      const kept: string[] = [];
      for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
        if (!HOP_BY_HOP.has(incoming.rawHeaders[at]!.toLowerCase())) {
          kept.push(incoming.rawHeaders[at]!, incoming.rawHeaders[at + 1]!);
        }
      }
      const status = incoming.statusCode ?? 502;
      res.writeHead(status, incoming.statusMessage, kept);
      pipeline(incoming, res, (error) => {
        if (error) {
          res.destroy();
          resolve({ kind: 'broken', by: 'upstream' });
        } else resolve({ kind: 'answered', status });
      });
    });
    res.on('close', () => outgoing.destroy());
    if (length !== undefined || chunked) req.pipe(outgoing);
    else outgoing.end();
  });
}
