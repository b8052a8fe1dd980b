/**
 * Subject is who logged in: the canonical name and every principal that the modules of a realm committed.
 * Immutable; a new login makes a new Subject.
 */
import type { Principal, WrappedPrincipal } from './principal.ts';

export interface Subject {
  readonly realm: string;
  /** The login domain whose module verified the credential. */
  readonly domain: string;
  /** The name as the verifying source spells it; what a back end is told. */
  readonly name: string;
  readonly principals: readonly Principal[];
  /** Only from modules with `wrapPrincipals`. */
  readonly wrapped: readonly WrappedPrincipal[];
}
