/**
 * Subject is who logged in: the canonical name and every principal that the modules of a realm committed.
 * Immutable; a new login makes a new Subject.
 *
 * Plain data: a session may write it down and make it again. What decisions need of it is worked out once for each
 * configuration generation and kept by AccessPolicy, as long as the Subject itself is kept: a door that makes a new
 * Subject for every request pays for that every time.
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
  /**
   * Login domains whose groups could not be read during the login. Unknown membership is not membership for an allow
   * list, and refuses where a deny list asks for it.
   */
  readonly unknownDomains?: readonly string[];
  /** True for the subject of somebody who did not log in (DefaultPrincipal); a rule must admit it explicitly. */
  readonly anonymous?: true;
}

/** The parts of a subject; what is left out is empty. */
export type SubjectParts = Pick<Subject, 'realm' | 'domain' | 'name'> & Partial<Subject>;

/** Makes a Subject that nobody can change any more: lists are copied and frozen. */
export function makeSubject(parts: SubjectParts): Subject {
  const { realm, domain, name, principals = [], wrapped = [], unknownDomains = [], anonymous } = parts;
  return Object.freeze({
    realm,
    domain,
    name,
    principals: Object.freeze([...principals]),
    wrapped: Object.freeze([...wrapped]),
    ...(unknownDomains.length > 0 && { unknownDomains: Object.freeze([...unknownDomains]) }),
    ...(anonymous && { anonymous }),
  });
}
