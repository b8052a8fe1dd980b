/**
 * Binds and changes of the directory as they cross from the worker that received them to the primary that keeps logins
 * and writes. Passwords cross as text: the pipe is the one that fork(2) left between the two processes.
 */
import { Secret } from '../../base/index.ts';
import type { DirectoryChange, DirectoryResult } from '../../directory/index.ts';
import type { AskedChange, BindAttempt, ChangeAnswer } from '../../ldap/index.ts';

export type LdapScheme = 'ldap' | 'ldaps';

export interface WireBind extends Omit<BindAttempt, 'password'> {
  /** The listener, which says what realm the bind counts for. */
  readonly scheme: LdapScheme;
  readonly password: string | undefined;
}

export interface WireChange extends Omit<AskedChange, 'change'> {
  readonly change: Exclude<DirectoryChange, { kind: 'password' }> | WirePasswordChange;
}

interface WirePasswordChange {
  readonly kind: 'password';
  readonly dn: Extract<DirectoryChange, { kind: 'password' }>['dn'];
  readonly old: string | undefined;
  readonly next: string | undefined;
}

export interface WireChangeAnswer extends Omit<ChangeAnswer, 'result'> {
  readonly result: Omit<DirectoryResult, 'generated'>;
  readonly generated: string | undefined;
}

export function encodeBind(scheme: LdapScheme, { name, password, client }: BindAttempt): WireBind {
  return { scheme, name, client, password: password?.reveal() };
}

export function decodeBind({ name, password, client }: WireBind): BindAttempt {
  return { name, client, password: password === undefined ? undefined : new Secret(password) };
}

export function encodeChange({ change, ...rest }: AskedChange): WireChange {
  if (change.kind !== 'password') return { ...rest, change };
  const { kind, dn, old, next } = change;
  return { ...rest, change: { kind, dn, old: old?.reveal(), next: next?.reveal() } };
}

export function decodeChange({ change, ...rest }: WireChange): AskedChange {
  if (change.kind !== 'password') return { ...rest, change };
  const { kind, dn, old, next } = change;
  const secrets = {
    ...(old !== undefined && { old: new Secret(old) }),
    ...(next !== undefined && { next: new Secret(next) }),
  };
  return { ...rest, change: { kind, dn, ...secrets } };
}

export function encodeChangeAnswer({ result, ...rest }: ChangeAnswer): WireChangeAnswer {
  const { generated, ...plain } = result;
  return { ...rest, result: plain, generated: generated?.reveal() };
}

export function decodeChangeAnswer({ result, generated, ...rest }: WireChangeAnswer): ChangeAnswer {
  return { ...rest, result: generated === undefined ? result : { ...result, generated: new Secret(generated) } };
}
