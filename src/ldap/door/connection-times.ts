/**
 * ConnectionTimes knows since when a connection has been waiting for its client, and when that is too long: for the first
 * message, for the rest of one, for another one, for the end.
 */
import type { Milliseconds } from '../../base/index.ts';
import { FIRST_MESSAGE_TIME, LINGER, MESSAGE_TIME } from './limits.ts';

/** All times are on the monotonic clock. */
export class ConnectionTimes {
  #lastMessage: Milliseconds;
  #hasSpoken = false;
  /** Since when a message has been incomplete. */
  #partialSince: Milliseconds | undefined;
  #endingSince: Milliseconds | undefined;

  constructor(now: Milliseconds) {
    this.#lastMessage = now;
  }

  /** When the last message came, or the connection began. */
  get lastMessage(): Milliseconds {
    return this.#lastMessage;
  }

  /** A message has come. */
  came(now: Milliseconds): void {
    this.#hasSpoken = true;
    this.#lastMessage = now;
    this.#partialSince = undefined;
  }

  /** The beginning of a message is there, the rest is not; the first call counts. */
  begun(now: Milliseconds): void {
    this.#partialSince ??= now;
  }

  /** A TLS handshake is done. */
  secured(now: Milliseconds): void {
    this.#lastMessage = now;
  }

  /** The last answer was sent. */
  ending(now: Milliseconds): void {
    this.#endingSince = now;
  }

  /** `idle` is for how long nothing may come from this client; while it is `isBusy` it waits for us. */
  areOver(
    now: Milliseconds,
    state: { readonly idle: Milliseconds; readonly isSecuring: boolean; readonly isBusy: boolean },
  ): boolean {
    if (this.#endingSince !== undefined) return now - this.#endingSince > LINGER;
    if (this.#partialSince !== undefined && now - this.#partialSince > MESSAGE_TIME) return true;
    const silence = this.#hasSpoken && !state.isSecuring ? state.idle : FIRST_MESSAGE_TIME;
    return !state.isBusy && now - this.#lastMessage > silence;
  }
}
