/**
 * TlsUpgrade encrypts connections that were accepted in clear: at once (LDAPS), or after StartTLS. TLS 1.2 and later.
 *
 * A tls.Server that does not listen is handed the sockets; it finds out whether a client certificate is good. Which of the
 * sockets an encrypted one was made of is known by the addresses and ports of both ends, which no two have in common.
 */
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import { HANDSHAKE_TIME } from '../limits.ts';

/** PEM texts. */
export interface LdapTls {
  readonly certificate: string;
  readonly key: string;
  /** The authorities of client certificates; without it none is asked for. */
  readonly clientCa?: string;
}

export interface Secured {
  readonly socket: TLSSocket;
  /** The client's, when its chain leads to an authority of ours. */
  readonly certificate: X509Certificate | undefined;
}

export class TlsUpgrade {
  readonly #server: Server;
  readonly #waiting = new Map<string, (secured: Secured | undefined) => void>();

  constructor(tls: LdapTls) {
    this.#server = createServer({
      ...contextOptions(tls),
      handshakeTimeout: HANDSHAKE_TIME,
      noDelay: true,
      // A client without a certificate may still bind otherwise; one with a bad chain is as one without.
      ...(tls.clientCa !== undefined && { requestCert: true, rejectUnauthorized: false }),
    });
    this.#server.on('secureConnection', (socket) => this.#settle(socket, this.#secured(socket)));
    this.#server.on('tlsClientError', (_error, socket) => this.#settle(socket, undefined));
  }

  /** Takes a renewed certificate for handshakes from now on. */
  renew(tls: LdapTls): void {
    this.#server.setSecureContext(contextOptions(tls));
  }

  /**
   * Begins the handshake on a socket that nobody listens to; `done` is called with the encrypted socket, or with nothing
   * when it failed (and never when the socket is closed before).
   */
  secure(socket: Socket, done: (secured: Secured | undefined) => void): void {
    const key = endsOf(socket);
    this.#waiting.set(key, done);
    socket.once('close', () => this.#waiting.delete(key));
    this.#server.emit('connection', socket);
  }

  #secured(socket: TLSSocket): Secured {
    return { socket, certificate: socket.authorized ? socket.getPeerX509Certificate() : undefined };
  }

  #settle(socket: TLSSocket, secured: Secured | undefined): void {
    const key = endsOf(socket);
    const done = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (done === undefined) socket.destroy();
    else done(secured);
  }
}

function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}

function contextOptions({ certificate, key, clientCa }: LdapTls): SecureContextOptions {
  return { cert: certificate, key, minVersion: 'TLSv1.2', ...(clientCa !== undefined && { ca: clientCa }) };
}
