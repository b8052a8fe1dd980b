/**
 * What one connection may cost. Who has not said who they are may cost little (RELIABILITY S34, S44); what is said
 * here is not configured, because no client that means well comes near it.
 */
import type { Milliseconds } from '../../base/index.ts';

/** Octets of one message of somebody who has not bound. */
export const LARGEST_MESSAGE_BEFORE_BIND = 64 * 1024;
/** Octets of one message after a bind; OpenLDAP's own limit. */
export const LARGEST_MESSAGE = 16 * 1024 * 1024;

/** Messages, and octets of them, that may wait for the operation under way; then no more is read. */
export const MOST_WAITING = 64;
export const MOST_WAITING_OCTETS = 256 * 1024;

/** Paged searches of one connection that wait for their next page; one more ends the oldest. */
export const MOST_PAGED_SEARCHES = 8;

/** For how long an operation goes on before other connections have their turn. */
export const TURN: Milliseconds = 2;
/** No search takes longer, whatever its client allows. */
export const LONGEST_SEARCH: Milliseconds = 3_600_000;

/** From the beginning of a connection to its first whole message, a TLS handshake included. */
export const FIRST_MESSAGE_TIME: Milliseconds = 15_000;
/** From the first octet of a message to its last. */
export const MESSAGE_TIME: Milliseconds = 60_000;
/** For a reader to take what was sent to it, 64 KiB and one entry at the most. */
export const READER_TIME: Milliseconds = 30_000;
/** Without a message, of somebody who has not bound. */
export const ANONYMOUS_IDLE: Milliseconds = 120_000;
/** For the other side to read a last answer before the connection is cut. */
export const LINGER: Milliseconds = 1_000;
/** For a TLS handshake. */
export const HANDSHAKE_TIME: Milliseconds = 15_000;
/** Connections of one door; a newcomer beyond takes the place of somebody who has not bound. */
export const MOST_CONNECTIONS = 10_000;
