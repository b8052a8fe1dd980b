/**
 * TypedLogin is the name and password that the client typed, fit to be put to a source across the network.
 *
 * What no source can answer for is settled here, before anything is asked (security rule 3): an empty or blank
 * password would be an anonymous bind (RFC 4513 section 5.1.2), NUL ends a string early in many servers,
 * and a password of megabytes is an attack on whoever hashes it.
 */
import type { Secret } from '../../base/index.ts';
import type { CallbackHandler, NameCallback, PasswordCallback } from '../callbacks.ts';
import type { LoginFailure } from '../login-module.ts';
import { loginFailure } from '../phase-answer.ts';

/** Octets; a login name that is longer names nobody. */
const LONGEST_NAME = 1024;
/** Octets of UTF-8, as for every stored password. */
const LONGEST_PASSWORD = 4096;

export interface TypedLogin {
  readonly kind: 'typed';
  readonly name: string;
  readonly password: Secret;
}

/** Asks the handler for name and password; a failure when there is nothing to ask a source about. */
export async function typedLogin(handler: CallbackHandler): Promise<TypedLogin | LoginFailure> {
  const nameCallback: NameCallback = { kind: 'name' };
  const passwordCallback: PasswordCallback = { kind: 'password' };
  await handler([nameCallback, passwordCallback]);
  const { name } = nameCallback;
  const { password } = passwordCallback;
  if (typeof name !== 'string' || name === '') return loginFailure('missing-credential', 'no login name was sent');
  if (password === undefined) return loginFailure('missing-credential', 'no password was sent');
  if (password.octets > LONGEST_PASSWORD) return loginFailure('wrong-credential', 'the password is longer than 4 KiB');
  const text = password.reveal();
  if (text.trim() === '') return loginFailure('missing-credential', 'the password is empty or blank');
  if (text.includes('\0') || !text.isWellFormed())
    return loginFailure('wrong-credential', 'the password is not plain text');
  if (name.trim() === '' || /\p{Cc}/u.test(name) || !name.isWellFormed() || Buffer.byteLength(name) > LONGEST_NAME) {
    return loginFailure('unknown-user', 'the login name is blank, too long or has control characters');
  }
  return { kind: 'typed', name, password };
}
