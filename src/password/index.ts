/**
 * password, floor 1: password schemes: what a stored verifier is, verifying a password against it, hashing a new
 * one; key derivation in its own bounded pool.
 */
export {
  createKeyDerivation,
  type KeyDerivation,
  type KeyDerivationOptions,
  LONGEST_PASSWORD,
  type PasswordVerdict,
} from './key-derivation.ts';
export { type RememberedMatchesOptions, rememberMatches } from './remembered-matches.ts';
export { decoyOf, isToBeRehashed, needsRehash, type PasswordScheme, STANDARD_SAMPLE, schemeOf } from './scheme.ts';
