/**
 * Callbacks are how a login module asks the door for what the client sent (JAAS, javax.security.auth.callback).
 *
 * A module hands the CallbackHandler a list; the handler fills in what it has. A value that stays `undefined`
 * was not sent. A OneTimeCodeCallback may take long: the door answers the client with a challenge, the login
 * is parked, and the handler's promise settles when the code arrives (or the parking time is over).
 */
import type { X509Certificate } from 'node:crypto';
import type { Secret } from '../base/index.ts';

export interface NameCallback {
  readonly kind: 'name';
  /** The login name as the client typed it. */
  name?: string;
}

export interface PasswordCallback {
  readonly kind: 'password';
  password?: Secret;
}

export interface OneTimeCodeCallback {
  readonly kind: 'one-time-code';
  readonly factor: 'totp';
  code?: string;
}

export interface CertificateChainCallback {
  readonly kind: 'certificate-chain';
  /** The client's chain, leaf first; present only when the TLS layer has verified it against `clientCaFile`. */
  chain?: readonly X509Certificate[];
}

export interface HeaderCallback {
  readonly kind: 'header';
  /** Lower-case header name. */
  readonly header: string;
  /** The single value; present only when the peer is a trusted proxy and sent exactly one. */
  value?: string;
}

export type Callback =
  | NameCallback
  | PasswordCallback
  | OneTimeCodeCallback
  | CertificateChainCallback
  | HeaderCallback;

/** Fills in what the client sent. Returns nothing when it answered at once, a promise when it must wait. */
export type CallbackHandler = (callbacks: readonly Callback[]) => undefined | Promise<undefined>;
