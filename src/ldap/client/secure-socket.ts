/**
 * Opens the socket to a directory: plain, LDAPS, or StartTLS; with TLS the server is always verified.
 *
 * StartTLS is spoken here and not by the client library, which keeps octets that came in clear and reads them
 * as if they had come encrypted: whoever sits on the wire could answer the bind before the server does
 * (response injection). Here a single octet after the answer to StartTLS ends the connection, and so does
 * anything but success: there is no way back to clear text (RELIABILITY S18).
 * See RFC 4511 section 4.14, RFC 4513 section 3.1, RFC 6125.
 */
import { connect, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import { berElementLength } from '../../x500/index.ts';
import { parseLdapAnswer, TAG } from './ldap-answer.ts';

export interface SocketSettings {
  readonly host: string;
  readonly port: number;
  readonly security: 'none' | 'ldaps' | 'startTls';
  /** PEM certificates; the well-known authorities when undefined. */
  readonly authorities: readonly string[] | undefined;
}

/** ExtendedRequest 1.3.6.1.4.1.1466.20037 with message id 1. */
const START_TLS = Buffer.concat([Buffer.from('301d02010177188016', 'hex'), Buffer.from('1.3.6.1.4.1.1466.20037')]);
/** Octets; a StartTLS answer has about fourteen. */
const LARGEST_START_TLS_ANSWER = 4096;

/** Resolves with a socket that is ready to speak LDAP on; rejects with the reason, also when `signal` is aborted. */
export async function openSocket(settings: SocketSettings, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({ host: settings.host, port: settings.port, noDelay: true });
  // Until the caller has its own listener, an error must not become an exception of the process.
  socket.on('error', () => {});
  const giveUp = () => socket.destroy(reasonOf(signal));
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await once(socket, 'connect');
    if (settings.security === 'none') return socket;
    if (settings.security === 'startTls') await startTls(socket);
    return await secure(socket, settings);
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? reasonOf(signal) : error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

async function startTls(socket: Socket): Promise<void> {
  socket.write(START_TLS);
  let octets: Buffer = Buffer.alloc(0);
  await new Promise<void>((resolve, reject) => {
    const settle = (error?: Error) => {
      socket.removeAllListeners('data').off('error', reject).off('close', closed);
      if (error === undefined) resolve();
      else reject(error);
    };
    const closed = () => settle(new Error('the server closed the connection instead of answering StartTLS'));
    socket.on('error', reject).on('close', closed);
    socket.on('data', (chunk: Buffer) => {
      octets = Buffer.concat([octets, chunk]);
      const length = berElementLength(octets, 0, octets.length);
      if (length === undefined || octets.length > LARGEST_START_TLS_ANSWER)
        return settle(new Error('no answer to StartTLS'));
      if (length === 'more' || length > octets.length) return;
      socket.pause();
      settle(startTlsFault(octets, length));
    });
  });
}

function startTlsFault(octets: Uint8Array, end: number): Error | undefined {
  if (octets.length > end) return new Error('the server sent clear text after its answer to StartTLS');
  const answer = parseLdapAnswer(octets);
  if (answer?.tag !== TAG.extended || answer.messageId !== 1) return new Error('no answer to StartTLS');
  const code = answer.result?.resultCode;
  return code === 0 ? undefined : new Error(`the server refuses StartTLS (result code ${code})`);
}

async function secure(socket: Socket, { host, authorities }: SocketSettings): Promise<TLSSocket> {
  const secured = connectTls({
    socket,
    host,
    // RFC 6066: a server name is never an address.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(authorities === undefined ? {} : { ca: [...authorities] }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    checkServerIdentity: subjectAlternativeName,
  });
  secured.on('error', () => {});
  await once(secured, 'secureConnect');
  return secured;
}

/** As Node's own check without its way out to the common name, which names no host (RFC 6125 section 6.4.4). */
function subjectAlternativeName(host: string, certificate: PeerCertificate): Error | undefined {
  return checkServerIdentity(host, { ...certificate, subject: { ...certificate.subject, CN: '' } });
}

function once(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error('the server closed the connection'));
    socket.once('error', reject).once('close', closed);
    socket.once(event, () => {
      socket.off('error', reject).off('close', closed);
      resolve();
    });
  });
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}
