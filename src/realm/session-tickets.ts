/**
 * SessionTickets carry a login from the public host to the host of a service: good for a minute, for one host, for
 * the one browser that holds the nonce, once.
 *
 * They live in memory: after a restart the browser asks for another.
 */
import { type Clock, type Milliseconds, type Random, randomToken, Secret, type Timer } from '../base/index.ts';
import { tokenDigest } from './stored-sessions.ts';

export const TICKET_LIFE: Milliseconds = 60_000;
/** Beyond this many, the oldest is dropped. */
const MOST_TICKETS = 100_000;

interface Ticket {
  readonly session: string;
  readonly host: string;
  readonly nonce: Secret;
  readonly issuedAt: Milliseconds;
}

export class SessionTickets {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #tickets = new Map<string, Ticket>();
  readonly #sweeping: Timer;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    this.#sweeping = clock.every(TICKET_LIFE, () => this.#sweep());
  }

  issue(session: string, host: string, nonce: string): string {
    const ticket = randomToken(this.#random);
    const oldest = this.#tickets.size >= MOST_TICKETS ? this.#tickets.keys().next().value : undefined;
    if (oldest !== undefined) this.#tickets.delete(oldest);
    const issuedAt = this.#clock.monotonic();
    this.#tickets.set(tokenDigest(ticket), { session, host, nonce: new Secret(nonce), issuedAt });
    return ticket;
  }

  /** The session that the ticket is for; whatever is wrong with how it was presented, it is used up. */
  redeem(ticket: string, host: string, nonce: string): string | undefined {
    const digest = tokenDigest(ticket);
    const found = this.#tickets.get(digest);
    if (found === undefined) return undefined;
    this.#tickets.delete(digest);
    const isLive = this.#clock.monotonic() - found.issuedAt < TICKET_LIFE;
    return isLive && found.host === host && found.nonce.equals(new Secret(nonce)) ? found.session : undefined;
  }

  close(): void {
    this.#sweeping.cancel();
    this.#tickets.clear();
  }

  #sweep(): void {
    const oldest = this.#clock.monotonic() - TICKET_LIFE;
    for (const [digest, { issuedAt }] of this.#tickets) if (issuedAt <= oldest) this.#tickets.delete(digest);
  }
}
