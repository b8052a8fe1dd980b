/**
 * RememberedMatches saves a chatty client (HTTP Basic, an LDAP bind for each query) the key derivation of a password
 * that was right a moment ago.
 *
 * What is remembered is that one password fits one stored form, under a key that is made of both (security rule 10): a
 * changed password has another stored form and is found no more, a locked account has none that fits. Only matches are
 * remembered, so a guess always costs the full derivation. The memory holds keyed digests alone, for at most ten
 * minutes, and dies with the process.
 */
import { createHmac } from 'node:crypto';
import type { Clock, Milliseconds, Random, Secret } from '../base/index.ts';
import type { KeyDerivation } from './key-derivation.ts';

export interface RememberedMatchesOptions {
  readonly clock: Clock;
  readonly random: Random;
}

const LIFE: Milliseconds = 10 * 60_000;
const MOST_KEPT = 10_000;

/** A key derivation that answers `match` at once for what matched within the last ten minutes. */
export function rememberMatches(keys: KeyDerivation, { clock, random }: RememberedMatchesOptions): KeyDerivation {
  const secret = random.bytes(32);
  /** When each digest was derived, on the monotonic clock; oldest first. */
  const derivedAt = new Map<string, Milliseconds>();
  const digestOf = (stored: string, password: Secret) =>
    createHmac('sha256', secret).update(`${stored.length}:${stored}:`).update(password.reveal()).digest('base64');

  const isRemembered = (digest: string): boolean => {
    const at = derivedAt.get(digest);
    if (at !== undefined && clock.monotonic() - at < LIFE) return true;
    derivedAt.delete(digest);
    return false;
  };
  const verifyAtOnce: KeyDerivation['verifyAtOnce'] = (stored, password) =>
    keys.verifyAtOnce(stored, password) ?? (isRemembered(digestOf(stored, password)) ? 'match' : undefined);

  return {
    hash: (password) => keys.hash(password),
    close: () => keys.close(),
    get isIdle() {
      return keys.isIdle;
    },
    verifyAtOnce,
    async verify(stored, password) {
      const known = verifyAtOnce(stored, password);
      if (known !== undefined) return known;
      const verdict = await keys.verify(stored, password);
      if (verdict === 'match') {
        const [oldest] = derivedAt.keys();
        if (oldest !== undefined && derivedAt.size >= MOST_KEPT) derivedAt.delete(oldest);
        derivedAt.set(digestOf(stored, password), clock.monotonic());
      }
      return verdict;
    },
  };
}
