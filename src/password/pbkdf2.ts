/**
 * PBKDF2 (RFC 8018, 5.2) as OpenLDAP's pw-pbkdf2 stores it: derived by node:crypto on libuv's threads.
 */
import { pbkdf2, timingSafeEqual } from 'node:crypto';
import type { Pbkdf2Form } from './stored-form.ts';

export function pbkdf2Matches(form: Pbkdf2Form, password: Uint8Array): Promise<boolean> {
  const { algorithm, iterations, salt, key } = form;
  return new Promise((resolve, reject) => {
    pbkdf2(password, salt, iterations, key.length, algorithm, (error, derived) =>
      error === null ? resolve(timingSafeEqual(derived, key)) : reject(error),
    );
  });
}
