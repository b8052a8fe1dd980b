/**
 * Session is what a successful login leaves behind: who, for how long, on which host.
 *
 * The single-sign-on session is the one of `publicUrl`; a session on a service's own host is its child, shares its
 * life and ends with it. Who holds the token is the user; the id is public (audit trail, `session list`).
 */
import type { Subject } from '../access/index.ts';
import type { Instant, Milliseconds } from '../base/index.ts';

export interface Session {
  /** Public name, never a secret: cannot be turned into the token. */
  readonly id: string;
  /** The single-sign-on session that this one came from by a ticket; undefined for that one itself. */
  readonly parent?: string;
  /** The host that the cookie belongs to. */
  readonly host: string;
  readonly subject: Subject;
  /** The attempt that made it. */
  readonly attempt: string;
  /** The client's address at login. */
  readonly client?: string;
  readonly createdAt: Instant;
}

/** Why a session ended. */
export type SessionEnd = 'logout' | 'revoked' | 'replaced' | 'idle' | 'maximum' | 'validator' | 'realm-gone';

/**
 * A rule that a login, and then the live session, must go on to meet, such as office hours. Pure: the same instant,
 * the same answer.
 */
export interface SessionValidator {
  isValid(session: Pick<Session, 'subject'>, now: Instant): boolean;
  /** The next instant after `now` at which the answer changes by itself; undefined when it never does. */
  nextChange(now: Instant): Instant | undefined;
}

/** What a realm says about the sessions that begin in it. */
export interface SessionPolicy {
  /** A session ends when nothing was asked with it for so long. */
  readonly idle: Milliseconds;
  /** A session ends after so long, however busy. */
  readonly maximum: Milliseconds;
  readonly validators: readonly SessionValidator[];
}

/** What a session begins with. */
export interface BeginSession extends Pick<Session, 'subject' | 'attempt' | 'host' | 'client'> {}

/** A session and the token that only its user may hold. */
export interface IssuedSession {
  readonly token: string;
  readonly session: Session;
}

/**
 * Told of everything that changes in what is live, in the order in which it changes: for a process that keeps a copy.
 * What it throws would reach whoever changed a session, so it must not throw.
 */
export interface SessionObserver {
  /** The session is live, and found by the token of this digest and by no other: it began, or has a new token. */
  live(session: Session, digest: string): void;
  ended(id: string): void;
}
