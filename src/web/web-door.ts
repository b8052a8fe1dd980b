/**
 * WebDoor is the HTTP(S) listener for people and front proxies. One request, one way:
 *
 *   /authz/nginx, /authz/forward   ForwardAuth: a front proxy asks about another request
 *   /.well-known/jwks.json         the public keys of the signed assertion
 *   /.realmgate/...                SignIn: login, session, logout
 *   everything else                OwnProxy: decide and hand on to the service's back end
 *
 * INVARIANT: an exception anywhere in here ends as 503 or a closed connection, never as a pass (security rule 2).
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { CodedError, type Milliseconds, messageOf } from '../base/index.ts';
import { ForwardAuth } from './gate/forward-auth.ts';
import { Gate } from './gate/gate.ts';
import { OWN_PATHS } from './gate/login-challenge.ts';
import { OwnProxy } from './gate/own-proxy.ts';
import { canonicalHost } from './http/host.ts';
import { messagePage } from './pages/message-page.ts';
import type { WebGeneration, WebPorts } from './ports.ts';
import { isWebSocketUpgrade } from './proxy/proxy-upgrade.ts';
import { refuseUpgrade, STRICT_SERVER, serveStrictly } from './proxy/strict-server.ts';
import { sendPage } from './send.ts';
import { SignIn } from './sign-in/sign-in.ts';
import { directRequest, type WebRequest } from './web-request.ts';

export interface WebListenOptions {
  /** Undefined listens on every interface. */
  readonly host: string | undefined;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly tls?: WebTls;
  /** Shares the port with other processes of this machine. */
  readonly reusePort?: boolean;
}

/** PEM texts. */
export interface WebTls {
  readonly certificate: string;
  readonly key: string;
  /** The authorities of client certificates. */
  readonly clientCa?: string;
}

/** A front proxy may hand a visitor's Upgrade on with its question, which is answered like any other. */
const SERVER: ServerOptions = {
  ...STRICT_SERVER,
  shouldUpgradeCallback: (request) =>
    isWebSocketUpgrade(request) && ForwardAuth.flavourOf(request.url ?? '') === undefined,
};

const KEY_SET_LIFE_SECONDS = 300;
/** How often connections without a request are closed while the door closes. */
const IDLE_PERIOD: Milliseconds = 100;

export class WebDoor {
  readonly #ports: WebPorts;
  readonly #forwardAuth: ForwardAuth;
  readonly #signIn: SignIn;
  readonly #proxy: OwnProxy;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #closing = false;

  constructor(ports: WebPorts, options: WebListenOptions) {
    this.#ports = ports;
    const gate = new Gate(ports);
    this.#forwardAuth = new ForwardAuth(gate);
    this.#signIn = new SignIn(ports);
    this.#proxy = new OwnProxy(gate, ports);
    this.#server = createServer(options);
    serveStrictly(this.#server, ports.clock, {
      request: (request, response) => this.#serve(request, response),
      upgrade: (request, socket, head) => void this.#upgrade(request, socket, head),
    });
    this.#server.on('connection', (socket) => this.#watch(socket));
  }

  /** Listens; resolves the port. */
  listen({ host, port, reusePort }: WebListenOptions): Promise<number> {
    return new Promise((resolve, reject) => {
      const failed = (cause: NodeJS.ErrnoException) =>
        reject(
          new CodedError('WEB_LISTEN', `cannot listen on ${host ?? '*'}:${port}: ${cause.code ?? messageOf(cause)}`, {
            cause,
          }),
        );
      this.#server.once('error', failed);
      this.#server.listen(
        { port, ...(host !== undefined && { host }), ...(reusePort === true && { reusePort }) },
        () => {
          this.#server.off('error', failed);
          this.#server.on('error', (error) =>
            this.#ports.logger.error('cannot accept a connection', { error: messageOf(error) }),
          );
          const address = this.#server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : port);
        },
      );
    });
  }

  /** Takes a renewed certificate for connections from now on; whether there is TLS at all needs a restart. */
  renew(tls: WebTls | undefined): void {
    if (tls !== undefined && this.#server instanceof HttpsServer) this.#server.setSecureContext(secureContext(tls));
  }

  /** Stops accepting, lets requests under way end for `grace` milliseconds, then closes what is left. */
  close(grace: number): Promise<void> {
    this.#closing = true;
    this.#proxy.close();
    return new Promise((resolve) => {
      const timer = this.#ports.clock.after(grace, () => {
        for (const socket of this.#sockets) socket.destroy();
      });
      // A connection whose request is answered meanwhile is kept alive for another one that may not come.
      const idle = this.#ports.clock.every(IDLE_PERIOD, () => this.#server.closeIdleConnections());
      this.#server.close(() => {
        timer.cancel();
        idle.cancel();
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }

  /** Most requests are answered at once; only one that is not costs a promise. */
  #serve(request: IncomingMessage, response: ServerResponse): void {
    try {
      this.#route(request, response)?.catch((error: unknown) => this.#failed(response, error));
    } catch (error) {
      this.#failed(response, error);
    }
  }

  #failed(response: ServerResponse, error: unknown): void {
    this.#ports.logger.error('request failed', { error: messageOf(error) });
    if (response.headersSent) response.destroy();
    else sendPage(response, messagePage('unavailable', undefined));
  }

  #route(request: IncomingMessage, response: ServerResponse): Promise<void> | undefined | void {
    if (this.#closing) response.setHeader('Connection', 'close');
    const generation = this.#ports.generation();
    const flavour = ForwardAuth.flavourOf(request.url ?? '');
    if (flavour !== undefined) return this.#forwardAuth.handle(request, response, flavour, generation);
    const web = directRequest(request, generation);
    if (typeof web === 'string') return sendPage(response, messagePage('bad-request', undefined));
    if (isKeySet(web, generation)) return this.#keySet(response);
    if (web.target.path.startsWith(OWN_PATHS)) return this.#signIn.handle(request, response, web, generation);
    return this.#proxy.handle(request, response, web, generation);
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    try {
      const generation: WebGeneration = this.#ports.generation();
      const web = directRequest(request, generation);
      if (typeof web === 'string') return refuseUpgrade(socket, 400);
      if (web.target.path.startsWith(OWN_PATHS)) return refuseUpgrade(socket, 404);
      await this.#proxy.upgrade(request, socket, head, web, generation);
    } catch (error) {
      this.#ports.logger.error('upgrade failed', { error: messageOf(error) });
      refuseUpgrade(socket, 503);
    }
  }

  #keySet(response: ServerResponse): void {
    response.setHeader('Content-Type', 'application/jwk-set+json');
    response.setHeader('Cache-Control', `public, max-age=${KEY_SET_LIFE_SECONDS}`);
    response.end(JSON.stringify(this.#ports.keys.jwks()));
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

/** A service may have a key set of its own: ours is in its place nowhere but on the host of the login page. */
function isKeySet({ target, authority }: WebRequest, { publicOrigin, services }: WebGeneration): boolean {
  if (target.path !== '/.well-known/jwks.json') return false;
  return services.at(authority.host).length === 0 || canonicalHost(new URL(publicOrigin).hostname) === authority.host;
}

function createServer({ tls }: WebListenOptions): Server {
  if (tls === undefined) return createHttpServer(SERVER);
  return createHttpsServer({
    ...SERVER,
    ...secureContext(tls),
    handshakeTimeout: 15_000,
    // A client without a certificate may still log in otherwise; one with a bad chain is as one without.
    ...(tls.clientCa !== undefined && { requestCert: true, rejectUnauthorized: false }),
  });
}

function secureContext({ certificate, key, clientCa }: WebTls): SecureContextOptions {
  return { cert: certificate, key, minVersion: 'TLSv1.2', ...(clientCa !== undefined && { ca: clientCa }) };
}

/** Undefined when certificate, key and authorities can be served together, else why they cannot. */
export function faultOfTls(tls: WebTls): string | undefined {
  // OpenSSL takes empty texts for "none" and passes over an authority that it cannot read: then no handshake succeeds,
  // or every client certificate is refused, in silence.
  const leaf = parsed(() => new X509Certificate(tls.certificate));
  if (leaf === undefined) return 'certificateFile holds no certificate in PEM form';
  const key = parsed(() => createPrivateKey(tls.key));
  if (key === undefined) return 'keyFile holds no private key in PEM form that opens without a passphrase';
  if (!leaf.checkPrivateKey(key)) return 'the key is not that of the certificate';
  for (const pem of tls.clientCa === undefined ? [] : certificatesIn(tls.clientCa)) {
    if (parsed(() => new X509Certificate(pem)) === undefined)
      return 'clientCaFile holds what is no certificate in PEM form';
  }
  try {
    createSecureContext(secureContext(tls));
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function parsed<Result>(parse: () => Result): Result | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

function certificatesIn(pem: string): readonly string[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  return found ?? [pem];
}
