/**
 * Keeps in the Store which one-time codes were used, a record a user and time step.
 *
 * The record is made with the expectation that it is absent, in one transaction: of two logins with the same code, on
 * one node or on two, exactly one goes on. The key is a digest, because a name may be longer than a key.
 */
import { createHash } from 'node:crypto';
import type { Clock, Milliseconds } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import type { UsedCodes } from './totp.ts';

const BUCKET = 'totp-used';
/** A code is good for five steps of 30 seconds at most (`window: 2`); the rest is for clocks that are set. */
const REMEMBERED: Milliseconds = 5 * 60_000;

export function storedUsedCodes(store: Store, clock: Clock): UsedCodes {
  return {
    async use({ domain, name }, step) {
      const key = createHash('sha256')
        .update(JSON.stringify([domain, name, step]))
        .digest('base64url');
      const expiresAt = clock.now() + REMEMBERED;
      const write = { bucket: BUCKET, key, value: new Uint8Array(), expect: 'absent', expiresAt } as const;
      return (await store.commit([write])) === 'committed';
    },
  };
}
