/**
 * Finds the port that several processes are going to share, and makes sure that nobody else has it: a listener that
 * shares its port also shares it with a stranger of the same user, who would then get every other connection.
 */
import { createServer } from 'node:net';
import { CodedError, messageOf } from '../../base/index.ts';

/** Resolves the port (chosen by the system for 0), free at this moment. Rejects with a CodedError of the door's code. */
export function reservePort(
  code: 'WEB_LISTEN' | 'LDAP_LISTEN',
  { host, port }: { readonly host?: string | undefined; readonly port: number },
): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const place = `${host ?? '*'}:${port}`;
      reject(new CodedError(code, `cannot listen on ${place}: ${cause.code ?? messageOf(cause)}`, { cause }));
    });
    server.listen({ port, ...(host !== undefined && { host }) }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
