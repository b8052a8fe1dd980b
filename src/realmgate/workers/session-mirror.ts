/**
 * SessionMirror is a worker's copy of the live sessions. A lookup is local; everything that changes a session is asked
 * of the primary, whose SessionRegistry alone knows the rules: a session is live here exactly until it says otherwise.
 *
 * INVARIANT: an answer of `find` counts only while the worker's lease holds; the door asks for the generation first.
 */
import { makeSubject } from '../../access/index.ts';
import { Registrations } from '../../base/index.ts';
import { type Session, tokenDigest } from '../../realm/index.ts';
import type { BegunLogin, WebSessions } from '../../web/index.ts';
import type { SessionChange } from './messages.ts';
import type { CallPrimary } from './primary-link.ts';

interface Mirrored {
  readonly session: Session;
  digest: string;
  readonly onEnd: Registrations<() => void>;
}

export class SessionMirror implements WebSessions {
  readonly #call: CallPrimary;
  readonly #byId = new Map<string, Mirrored>();
  readonly #byDigest = new Map<string, Mirrored>();
  #used = new Set<string>();

  constructor(call: CallPrimary) {
    this.#call = call;
  }

  apply(changes: readonly SessionChange[]): void {
    for (const change of changes) {
      if (change.kind === 'live') this.#live(change.session, change.digest);
      else this.#ended(change.id);
    }
  }

  /** The sessions that were used since the last call. */
  takeUsed(): readonly string[] {
    const used = [...this.#used];
    this.#used = new Set();
    return used;
  }

  find(token: string, host: string): Session | undefined {
    const mirrored = this.#byDigest.get(tokenDigest(token));
    if (mirrored === undefined || mirrored.session.host !== host) return undefined;
    this.#used.add(mirrored.session.id);
    return mirrored.session;
  }

  begin(login: BegunLogin) {
    return this.#call('begin', login);
  }

  end(id: string, why: 'logout' | 'replaced'): Promise<void> {
    return this.#call('end', { id, why });
  }

  issueTicket(id: string, host: string, bind: string): Promise<string> {
    return this.#call('issueTicket', { id, host, bind });
  }

  redeemTicket(ticket: string, host: string, bind: string) {
    return this.#call('redeemTicket', { ticket, host, bind });
  }

  onEnd(sessionId: string, act: () => void): () => void {
    const mirrored = this.#byId.get(sessionId);
    if (mirrored === undefined) {
      act();
      return () => {};
    }
    return mirrored.onEnd.add(act);
  }

  #live(session: Session, digest: string): void {
    const known = this.#byId.get(session.id);
    if (known !== undefined) {
      // Another token: the old one is void.
      this.#byDigest.delete(known.digest);
      known.digest = digest;
      this.#byDigest.set(digest, known);
      return;
    }
    // One Subject for the life of the session: what decisions work out of it is kept with it.
    const mirrored = {
      session: { ...session, subject: makeSubject(session.subject) },
      digest,
      onEnd: new Registrations<() => void>(),
    };
    this.#byId.set(session.id, mirrored);
    this.#byDigest.set(digest, mirrored);
  }

  #ended(id: string): void {
    const mirrored = this.#byId.get(id);
    if (mirrored === undefined) return;
    this.#byId.delete(id);
    this.#byDigest.delete(mirrored.digest);
    this.#used.delete(id);
    for (const act of mirrored.onEnd) act();
  }
}
