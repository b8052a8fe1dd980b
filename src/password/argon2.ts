/**
 * Argon2 (RFC 9106): derived by @node-rs/argon2 on libuv's threads, or by node:crypto where that package has no
 * binary for the machine. node:crypto takes three times as long and knows the current version (0x13) alone.
 */
import * as crypto from 'node:crypto';
import type { Argon2Form } from './stored-form.ts';

export type Argon2Parameters = Omit<Argon2Form, 'tag'> & { readonly tagLength: number };

/** Derives a tag; `undefined` when this machine's engine does not know the version. */
export type Argon2Engine = (password: Uint8Array, parameters: Argon2Parameters) => Promise<Uint8Array | undefined>;

/** The numbers of @node-rs/argon2, whose `const enum`s a program that is only stripped of its types cannot import. */
const ALGORITHM = { argon2d: 0, argon2i: 1, argon2id: 2 } as const;
const VERSION = { 16: 0, 19: 1 } as const;

/** The fast engine when it loads, the built-in one otherwise. */
export async function loadArgon2(): Promise<Argon2Engine> {
  try {
    const { hashRaw } = await import('@node-rs/argon2');
    return (password, { scheme, version, memory, passes, lanes, salt, tagLength }) =>
      hashRaw(password, {
        algorithm: ALGORITHM[scheme],
        version: VERSION[version],
        memoryCost: memory,
        timeCost: passes,
        parallelism: lanes,
        salt,
        outputLen: tagLength,
      });
  } catch {
    return builtInArgon2;
  }
}

/** Argon2 of node:crypto (Node 24 and newer). */
export const builtInArgon2: Argon2Engine = (password, { scheme, version, memory, passes, lanes, salt, tagLength }) =>
  new Promise((resolve, reject) => {
    if (version !== 19) return resolve(undefined);
    crypto.argon2(
      scheme,
      { message: password, nonce: salt, parallelism: lanes, tagLength, memory, passes },
      (error, tag) => (error === null ? resolve(tag) : reject(error)),
    );
  });

/** Writes the PHC string. */
export function formatArgon2(form: Argon2Form): string {
  const { scheme, version, memory, passes, lanes } = form;
  return `$${scheme}$v=${version}$m=${memory},t=${passes},p=${lanes}$${unpadded(form.salt)}$${unpadded(form.tag)}`;
}

function unpadded(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64').replace(/=+$/, '');
}
