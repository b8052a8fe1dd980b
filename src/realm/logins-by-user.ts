/** LoginsByUser finds the single-sign-on sessions of one user of one login domain, the oldest first. */
import type { Session } from './session.ts';

export type UserOfDomain = Pick<Session['subject'], 'realm' | 'domain' | 'name'>;

export class LoginsByUser<Live extends { readonly session: Session }> {
  readonly #byUser = new Map<string, Set<Live>>();

  /** A child session is passed over: it is found by the login that it came from. */
  add(live: Live): void {
    if (live.session.parent !== undefined) return;
    const key = keyOf(live.session.subject);
    const logins = this.#byUser.get(key);
    if (logins === undefined) this.#byUser.set(key, new Set([live]));
    else logins.add(live);
  }

  remove(live: Live): void {
    const key = keyOf(live.session.subject);
    const logins = this.#byUser.get(key);
    if (logins?.delete(live) && logins.size === 0) this.#byUser.delete(key);
  }

  of(user: UserOfDomain): readonly Live[] {
    return [...(this.#byUser.get(keyOf(user)) ?? [])];
  }
}

function keyOf({ realm, domain, name }: UserOfDomain): string {
  return JSON.stringify([realm, domain, name]);
}
