/**
 * LdapDoor is one LDAP listener, in clear with StartTLS or encrypted from the start (LDAPS): it accepts connections, as many
 * as it may, and ends them.
 *
 * When there are too many, somebody who has not said who they are makes room (RELIABILITY S44).
 */
import { createServer, type Server, type Socket } from 'node:net';
import { CodedError, type Milliseconds, messageOf, type Timer } from '../../base/index.ts';
import { LdapConnection } from './connection.ts';
import { MOST_CONNECTIONS } from './limits.ts';
import { Operations } from './operations/operations.ts';
import type { DoorPorts, DoorSettings } from './ports.ts';
import { type LdapTls, TlsUpgrade } from './tls/tls-upgrade.ts';

export interface LdapDoorOptions extends Omit<DoorSettings, 'offersStartTls'> {
  /** `ldaps`: encrypted from the first octet. */
  readonly scheme: 'ldap' | 'ldaps';
  /** Without it `ldap` offers no StartTLS. */
  readonly tls: LdapTls | undefined;
  /** For how long somebody who has bound may say nothing. */
  readonly idle: Milliseconds;
  /** Connections of one address at a time. */
  readonly connectionsPerAddress: number;
  /** Connections of all addresses; for tests. */
  readonly connections?: number;
}

export interface LdapListenOptions {
  /** Undefined listens on every interface. */
  readonly host: string | undefined;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Shares the port with other processes of this machine. */
  readonly reusePort?: boolean;
}

/** How often times are looked at. */
const CHECK_PERIOD: Milliseconds = 1_000;

export class LdapDoor {
  readonly #ports: DoorPorts;
  readonly #options: LdapDoorOptions;
  readonly #operations: Operations;
  readonly #tls: TlsUpgrade | undefined;
  readonly #server: Server;
  readonly #connections = new Set<LdapConnection>();
  readonly #perAddress = new Map<string, number>();
  readonly #checking: Timer;
  #closed: (() => void) | undefined;

  /** @throws CodedError LDAP_TLS for `ldaps` without a certificate. */
  constructor(ports: DoorPorts, options: LdapDoorOptions) {
    const { scheme, tls } = options;
    if (scheme === 'ldaps' && tls === undefined)
      throw new CodedError('LDAP_TLS', 'LDAPS needs a certificate and a key');
    this.#ports = ports;
    this.#options = options;
    this.#tls = tls && new TlsUpgrade(tls);
    this.#operations = new Operations(ports, { ...options, offersStartTls: tls !== undefined });
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#checking = ports.clock.every(CHECK_PERIOD, () => this.#checkTimes());
  }

  /** Listens; resolves the port. Rejects with LDAP_LISTEN. */
  listen({ host, port, reusePort }: LdapListenOptions): Promise<number> {
    return new Promise((resolve, reject) => {
      const failed = (cause: NodeJS.ErrnoException) => {
        const place = `${host ?? '*'}:${port}`;
        reject(
          new CodedError('LDAP_LISTEN', `cannot listen on ${place}: ${cause.code ?? messageOf(cause)}`, { cause }),
        );
      };
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
  renew(tls: LdapTls | undefined): void {
    if (tls !== undefined) this.#tls?.renew(tls);
  }

  /**
   * Stops accepting and tells every client. Operations under way may end for `grace` milliseconds, then what is left is
   * cut off.
   */
  async close(grace: Milliseconds): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const gone = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    for (const connection of [...this.#connections]) connection.stop();
    const timer = this.#ports.clock.after(grace, () => {
      for (const connection of [...this.#connections]) connection.close();
    });
    if (this.#connections.size > 0) await gone;
    timer.cancel();
    this.#checking.cancel();
    await stopped;
  }

  #accept(socket: Socket): void {
    // Until the connection listens, and after it is over, an error must not become an exception of the process.
    socket.on('error', () => socket.destroy());
    const client = plainAddress(socket.remoteAddress ?? '');
    const count = this.#perAddress.get(client) ?? 0;
    if (count >= this.#options.connectionsPerAddress || !this.#hasRoom()) {
      socket.destroy();
      return;
    }
    this.#perAddress.set(client, count + 1);
    const connection: LdapConnection = new LdapConnection(socket, {
      ports: this.#ports,
      operations: this.#operations,
      tls: this.#tls,
      client,
      idle: this.#options.idle,
      onClose: () => this.#forget(connection, client),
    });
    this.#connections.add(connection);
    if (this.#options.scheme === 'ldaps') connection.secure();
  }

  /** Somebody who has not bound, and has said nothing for the longest, makes room for a newcomer. */
  #hasRoom(): boolean {
    if (this.#connections.size < (this.#options.connections ?? MOST_CONNECTIONS)) return true;
    let longest: LdapConnection | undefined;
    for (const connection of this.#connections) {
      if (connection.isAnonymous && (longest === undefined || connection.lastMessage < longest.lastMessage)) {
        longest = connection;
      }
    }
    longest?.close();
    return longest !== undefined;
  }

  #forget(connection: LdapConnection, client: string): void {
    this.#connections.delete(connection);
    const left = (this.#perAddress.get(client) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(client, left);
    else this.#perAddress.delete(client);
    if (this.#connections.size === 0) this.#closed?.();
  }

  #checkTimes(): void {
    const now = this.#ports.clock.monotonic();
    for (const connection of this.#connections) connection.checkTimes(now);
  }
}

/** An IPv4 client of a socket for both families is written as IPv4. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
