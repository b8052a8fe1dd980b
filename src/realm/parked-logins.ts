/**
 * ParkedLogins keeps the logins that wait for a one-time code, in the process that owns the sessions.
 *
 * A parked login is live: its modules stand where they asked, and none runs twice. It waits two minutes, for one
 * answer, from the browser that began it; a restart starts over. Shared by the configuration generations, so that a
 * login ends on the generation it began with.
 */
import { type Clock, type Milliseconds, type Random, randomToken, Secret, type Timer } from '../base/index.ts';

/** How long a person may take. */
export const PARKING_TIME: Milliseconds = 120_000;
/** Whoever has one password could otherwise fill the memory. */
const MOST_PARKED = 10_000;
const MOST_PARKED_PER_NAME = 3;

/** What is parked. */
export interface ParkableLogin {
  readonly realm: string;
  /** The canonical login name. */
  readonly name: string;
  readonly browserNonce: string;
  /** Nobody answered in time: ends the login. */
  giveUp(): void;
}

interface Parked<Login extends ParkableLogin> {
  readonly login: Login;
  readonly timer: Timer;
}

export class ParkedLogins<Login extends ParkableLogin> {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #parked = new Map<string, Parked<Login>>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** How many logins wait. */
  get size(): number {
    return this.#parked.size;
  }

  /** Keeps a login under a new id; undefined when too many wait. Of one name, the oldest makes room. */
  park(login: Login): string | undefined {
    const same = [...this.#parked].filter(([, { login: other }]) => isSameName(other, login));
    if (same.length >= MOST_PARKED_PER_NAME) this.#drop(same[0]![0]);
    if (this.#parked.size >= MOST_PARKED) return undefined;
    const id = randomToken(this.#random);
    this.#parked.set(id, { login, timer: this.#clock.after(PARKING_TIME, () => this.#drop(id)) });
    return id;
  }

  /** Hands the login out, once; undefined for another realm, another browser, or when it is over. */
  take(id: string, realm: string, browserNonce: string): Login | undefined {
    const parked = this.#parked.get(id);
    if (parked === undefined || parked.login.realm !== realm) return undefined;
    if (!new Secret(parked.login.browserNonce).equals(new Secret(browserNonce))) return undefined;
    this.#parked.delete(id);
    parked.timer.cancel();
    return parked.login;
  }

  /** Gives every waiting login up. */
  close(): void {
    for (const id of [...this.#parked.keys()]) this.#drop(id);
  }

  #drop(id: string): void {
    const parked = this.#parked.get(id);
    if (parked === undefined) return;
    this.#parked.delete(id);
    parked.timer.cancel();
    parked.login.giveUp();
  }
}

function isSameName(one: ParkableLogin, other: ParkableLogin): boolean {
  return one.realm === other.realm && one.name === other.name;
}
