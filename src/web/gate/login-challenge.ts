/** How somebody who is not logged in is asked: an address for browsers, a challenge for everybody else. */
import { LONGEST_ADDRESS } from '../http/return-address.ts';
import type { CanonicalTarget } from '../http/target.ts';
import type { Service } from './service.ts';

/** Everything below this path is the server's own, on every host. */
export const OWN_PATHS = '/.realmgate/';

/** Where a browser begins to log in and from where it comes back to `target`. */
export function startAddress(service: Service, target: CanonicalTarget): string {
  // From an address too long to be remembered, one comes back to the beginning of the service.
  const back = target.forwarded.length <= LONGEST_ADDRESS ? target.forwarded : `${encodeURI(service.path)}/`;
  return `${service.origin}${OWN_PATHS}start?${new URLSearchParams({ return: back }).toString()}`;
}

/** The WWW-Authenticate value (RFC 7617); names are plain, so no quoting is needed. */
export function basicChallenge(service: Service): string {
  return `Basic realm="${service.realm}", charset="UTF-8"`;
}
