/**
 * LoginTarget is where a login leads: the service, the path on it, and the browser that asked.
 *
 * It travels through the login page as plain fields. Nothing in it is trusted: the service must exist, the path must
 * stay on that service's own origin, and the ticket that a login earns works only in the browser that holds the nonce
 * whose hash is `bind`.
 */
import { createHash } from 'node:crypto';
import type { Service } from '../gate/service.ts';
import type { ServiceTable } from '../gate/service-table.ts';
import { safeReturnAddress } from '../http/return-address.ts';

export interface LoginTarget {
  readonly service: Service;
  /** Path and query on the service's origin. */
  readonly returnPath: string;
  /** SHA-256 of the browser's nonce on the service's host, base64url. */
  readonly bind: string;
}

/** A return address is always a path: no host is allowed in it. */
export const NOWHERE: ReadonlySet<string> = new Set();

/** Reads a target from the fields of an address or a form; undefined when any part is missing or not allowed. */
export function readLoginTarget(
  field: (name: string) => string | undefined,
  services: ServiceTable,
): LoginTarget | undefined {
  const service = services.named(field('service') ?? '');
  const returnPath = safeReturnAddress(field('return') ?? '/', NOWHERE);
  const bind = field('bind') ?? '';
  if (service === undefined || returnPath === undefined || !/^[A-Za-z0-9_-]{43}$/.test(bind)) return undefined;
  return { service, returnPath, bind };
}

/** The fields that `readLoginTarget` reads back. */
export function loginTargetFields(target: LoginTarget): Readonly<Record<string, string>> {
  return { service: target.service.name, return: target.returnPath, bind: target.bind };
}

/** What a nonce is bound by: its hash may stand in an address, the nonce itself stays in its cookie. */
export function bindingOf(nonce: string): string {
  return createHash('sha256').update(nonce).digest('base64url');
}
