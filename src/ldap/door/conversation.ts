/**
 * Conversation is the order of things on one connection: which operation is under way, which wait for it, and what
 * becomes of those that are abandoned or canceled (RFC 4511, 4.11; RFC 3909).
 *
 * Operations run one after the other and are answered in the order in which they came. A search is advanced a turn at a
 * time; a bind or a change is pending until somebody else has done his part.
 */
import { type Logger, type Milliseconds, messageOf } from '../../base/index.ts';
import { ExtendedOperation, Op } from './codec/protocol.ts';
import { type AnsweredRequest, answerTagOf, type LdapMessage, type TakenRequest } from './codec/request.ts';
import { writeResult } from './codec/response-writer.ts';
import { type LdapResult, ldapResult } from './codec/result-code.ts';
import { MOST_WAITING, MOST_WAITING_OCTETS } from './limits.ts';
import { cancelTarget } from './operations/cancel.ts';
import type { Operations } from './operations/operations.ts';
import { type Reply, resultOfError, SUCCESS } from './operations/reply.ts';
import type { Outgoing } from './outgoing.ts';
import { SearchOperation } from './search-operation.ts';
import type { Session } from './session.ts';

/** What a conversation needs of its connection. */
export interface ConversationHost {
  readonly outgoing: Outgoing;
  readonly logger: Logger;
  readonly now: () => Milliseconds;
  /** A pending operation has ended: go on. */
  resume(): void;
  /** Answers StartTLS and acts on it; `waited` when it came while another operation was under way. */
  startTls(message: LdapMessage<AnsweredRequest>, waited: boolean): void;
}

/** An operation that somebody else works on: a password is derived, a change is on its way to the disk. */
interface Pending {
  readonly message: LdapMessage<AnsweredRequest>;
  /** The client does not want to know how it ended. */
  abandoned: boolean;
  /** Who waits to be told whether it was canceled. */
  readonly cancels: number[];
}

const CANCELED = ldapResult('canceled', '');
const NO_SUCH_OPERATION = ldapResult('noSuchOperation', 'no such operation is under way');
const TOO_LATE = ldapResult('tooLate', 'the operation has ended');
const CANNOT_CANCEL = ldapResult('cannotCancel', 'this operation cannot be canceled');

export class Conversation {
  readonly #host: ConversationHost;
  readonly #session: Session;
  readonly #operations: Operations;
  readonly #waiting: LdapMessage<AnsweredRequest>[] = [];
  #waitingOctets = 0;
  #search: SearchOperation | undefined;
  #pending: Pending | undefined;
  /** What ends the operation that begins or is pending, when somebody asked for it. */
  #aborter: AbortController | undefined;
  #closed = false;
  readonly #signal = () => {
    this.#aborter ??= new AbortController();
    return this.#aborter.signal;
  };

  constructor(host: ConversationHost, session: Session, operations: Operations) {
    this.#host = host;
    this.#session = session;
    this.#operations = operations;
  }

  /** An operation is under way, or waits for its turn. */
  get isBusy(): boolean {
    return this.#search !== undefined || this.#pending !== undefined || this.#waiting.length > 0;
  }

  /**
   * Whether one more message may be taken. While somebody binds none is: how large it may be depends on who it is
   * (and nobody may send one, RFC 4511, 4.2.1).
   */
  get takesMore(): boolean {
    if (this.#pending?.message.request.op === 'bind') return false;
    return this.#waiting.length < MOST_WAITING && this.#waitingOctets < MOST_WAITING_OCTETS;
  }

  /** Takes a message of so many octets: begins what it asks for, or lets it wait for what is under way. */
  take(message: LdapMessage<TakenRequest>, octets: number): void {
    const { id, request } = message;
    if (request.op === 'abandon') return this.#abandon(request.target);
    if (request.op === 'extended' && request.name === ExtendedOperation.cancel) return this.#cancel(id, request.value);
    const answered = message as LdapMessage<AnsweredRequest>;
    if (!this.isBusy) return this.#begin(answered, false);
    this.#waiting.push(answered);
    this.#waitingOctets += octets;
  }

  /** Works until the turn is over: `idle` when nothing is left to do, `waiting` when somebody else has to do his part. */
  advance(until: Milliseconds): 'idle' | 'again' | 'waiting' {
    for (;;) {
      if (this.#host.outgoing.blocked || this.#pending !== undefined) return 'waiting';
      if (this.#search !== undefined) {
        if (this.#advanceSearch(this.#search, until) === 'again')
          return this.#host.outgoing.blocked ? 'waiting' : 'again';
        continue;
      }
      const next = this.#waiting.shift();
      if (next === undefined) return 'idle';
      if (this.#waiting.length === 0) this.#waitingOctets = 0;
      this.#begin(next, true);
      if (this.#host.now() >= until) return 'again';
    }
  }

  /** The connection is over: nobody is answered any more. */
  close(): void {
    this.#closed = true;
    this.#search = undefined;
    this.#waiting.length = 0;
    this.#session.pages.clear();
  }

  #begin(message: LdapMessage<AnsweredRequest>, waited: boolean): void {
    const { request } = message;
    if (request.op === 'extended' && request.name === ExtendedOperation.startTls) {
      return this.#host.startTls(message, waited);
    }
    this.#aborter = undefined;
    try {
      const begun = this.#operations.begin(this.#session, message, this.#signal);
      if (begun instanceof SearchOperation) this.#search = begun;
      else if (begun instanceof Promise) this.#await(message, begun);
      else this.#answer(message, begun);
    } catch (error) {
      this.#answer(message, this.#failed(error));
    }
  }

  #advanceSearch(search: SearchOperation, until: Milliseconds): 'done' | 'again' {
    try {
      const state = search.advance(this.#host.outgoing, this.#host.now, until);
      if (state === 'done') this.#search = undefined;
      return state;
    } catch (error) {
      this.#search = undefined;
      search.end(this.#host.outgoing, this.#failed(error).result);
      return 'done';
    }
  }

  #await(message: LdapMessage<AnsweredRequest>, begun: Promise<Reply>): void {
    const pending: Pending = { message, abandoned: false, cancels: [] };
    this.#pending = pending;
    begun.then(
      (reply) => this.#ended(pending, reply),
      (error: unknown) => this.#ended(pending, this.#failed(error)),
    );
  }

  #ended(pending: Pending, reply: Reply): void {
    this.#pending = undefined;
    this.#aborter = undefined;
    if (this.#closed) return;
    if (!pending.abandoned) this.#answer(pending.message, reply);
    const canceled = reply.result.code === 'canceled' ? SUCCESS : TOO_LATE;
    for (const id of pending.cancels) this.#answerCancel(id, canceled);
    this.#host.resume();
  }

  #answer({ id, request }: LdapMessage<AnsweredRequest>, { result, parts }: Reply): void {
    writeResult(this.#host.outgoing.writer, id, answerTagOf(request), result, parts);
  }

  #abandon(target: number): void {
    if (this.#search?.id === target) this.#search = undefined;
    else if (this.#pending?.message.id === target) {
      // Neither a bind nor StartTLS can be abandoned (RFC 4511, 4.11); whoever is told that a change is made may believe it.
      if (this.#aborter === undefined) return;
      this.#pending.abandoned = true;
      this.#aborter.abort();
    } else this.#takeOut(target);
  }

  #cancel(id: number, value: Buffer | undefined): void {
    const target = cancelTarget(value);
    if (typeof target === 'object') return this.#answerCancel(id, target);
    const { outgoing } = this.#host;
    if (this.#search?.id === target) {
      this.#search.end(outgoing, CANCELED);
      this.#search = undefined;
      return this.#answerCancel(id, SUCCESS);
    }
    if (this.#pending?.message.id === target) {
      if (this.#aborter === undefined) return this.#answerCancel(id, CANNOT_CANCEL);
      this.#pending.cancels.push(id);
      return this.#aborter.abort();
    }
    const waiting = this.#takeOut(target);
    if (waiting === undefined) return this.#answerCancel(id, NO_SUCH_OPERATION);
    this.#answer(waiting, { result: CANCELED });
    this.#answerCancel(id, SUCCESS);
  }

  #answerCancel(id: number, result: LdapResult): void {
    writeResult(this.#host.outgoing.writer, id, Op.extendedResponse, result);
  }

  #takeOut(id: number): LdapMessage<AnsweredRequest> | undefined {
    const index = this.#waiting.findIndex((message) => message.id === id);
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0];
  }

  #failed(error: unknown): Reply {
    const result = resultOfError(error);
    if (result.code === 'other') this.#host.logger.error('an LDAP operation failed', { error: messageOf(error) });
    return { result };
  }
}
