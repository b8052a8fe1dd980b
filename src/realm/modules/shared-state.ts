/**
 * What the modules of one login tell each other through JAAS's shared state.
 *
 * A module that verified a credential leaves the canonical name, so that a later module that only adds
 * (groups, credential helpers) asks for the user who was verified and not for what was typed.
 */
const VERIFIED_USER = 'verified-user';

export interface VerifiedUser {
  /** The name as the verifying source spells it. */
  readonly name: string;
  /** The login domain of the module that verified it. */
  readonly domain: string;
}

/** Of several modules that verified a credential the first counts: the subject is named after the same one. */
export function setVerifiedUser(shared: Map<string, unknown>, user: VerifiedUser): void {
  if (!shared.has(VERIFIED_USER)) shared.set(VERIFIED_USER, user);
}

/** The user whom the first module that verified a credential found; undefined before one did. */
export function verifiedUser(shared: ReadonlyMap<string, unknown>): VerifiedUser | undefined {
  return shared.get(VERIFIED_USER) as VerifiedUser | undefined;
}
