/**
 * LdapConnection is one connection: octets in, messages to the conversation, answers out, and the ways in which it ends.
 *
 * It reads no more than it can keep, sends no more than is taken, and gives way to other connections when its turn is
 * over. StartTLS turns it into an encrypted one: what came in clear behind the request ends it, because whoever sits on
 * the wire could have put it there (RFC 4511, 4.14; RELIABILITY S39).
 *
 * INVARIANT: nothing that comes over a connection throws out of here.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Milliseconds, messageOf } from '../../base/index.ts';
import { ANONYMOUS } from '../../directory/index.ts';
import { MessageFramer } from './codec/message-framer.ts';
import { Op } from './codec/protocol.ts';
import type { AnsweredRequest, LdapMessage, TakenRequest } from './codec/request.ts';
import { decodeMessage } from './codec/request-decoder.ts';
import { writeNoticeOfDisconnection, writeResult } from './codec/response-writer.ts';
import { type LdapResult, ldapResult } from './codec/result-code.ts';
import { ConnectionTimes } from './connection-times.ts';
import { Conversation, type ConversationHost } from './conversation.ts';
import { ANONYMOUS_IDLE, LARGEST_MESSAGE, LARGEST_MESSAGE_BEFORE_BIND, READER_TIME, TURN } from './limits.ts';
import type { Operations } from './operations/operations.ts';
import { SUCCESS } from './operations/reply.ts';
import { Outgoing } from './outgoing.ts';
import { PagedSearches } from './paged-searches.ts';
import type { DoorPorts } from './ports.ts';
import type { Session } from './session.ts';
import type { TlsUpgrade } from './tls/tls-upgrade.ts';

export interface ConnectionOptions {
  readonly ports: Pick<DoorPorts, 'clock' | 'logger' | 'soon'>;
  readonly operations: Operations;
  /** Undefined when this door has no certificate. */
  readonly tls: TlsUpgrade | undefined;
  /** The client's address. */
  readonly client: string;
  /** For how long somebody who has bound may say nothing. */
  readonly idle: Milliseconds;
  /** Called once, when the connection is over. */
  readonly onClose: () => void;
}

/**
 * open       messages are taken
 * securing   a TLS handshake is under way
 * ending     the last answer is sent; what still comes is thrown away
 * closed     the connection is over
 */
type State = 'open' | 'securing' | 'ending' | 'closed';

const MALFORMED = (fault: string): LdapResult => ldapResult('protocolError', `not an LDAP message: ${fault}`);
const SHUTTING_DOWN = ldapResult('unavailable', 'the server is shutting down');

export class LdapConnection implements ConversationHost {
  readonly outgoing: Outgoing;
  readonly logger: DoorPorts['logger'];
  readonly now: () => Milliseconds;
  readonly #options: ConnectionOptions;
  readonly #session: Session;
  readonly #conversation: Conversation;
  readonly #framer = new MessageFramer();
  #socket: Socket;
  #state: State = 'open';
  /** All that came was made messages of: more may be read. */
  #isStarved = true;
  #isPaused = false;
  /** A turn is asked for and has not come. */
  #isScheduled = false;
  #isStopping = false;
  #secureWhenSent = false;
  readonly #times: ConnectionTimes;

  constructor(socket: Socket, options: ConnectionOptions) {
    const { clock, logger } = options.ports;
    this.#options = options;
    this.#socket = socket;
    this.logger = logger;
    this.now = () => clock.monotonic();
    this.#times = new ConnectionTimes(this.now());
    this.outgoing = new Outgoing(socket, clock, () => this.#drained());
    const pages = new PagedSearches();
    this.#session = { asker: ANONYMOUS, secure: false, certificate: undefined, client: options.client, pages };
    this.#conversation = new Conversation(this, this.#session, options.operations);
    this.#listen(socket);
  }

  /** Whether the client has not said who it is: such connections make room when there are too many. */
  get isAnonymous(): boolean {
    return this.#session.asker.kind !== 'entry';
  }

  /** When the last message came, or the connection began. */
  get lastMessage(): Milliseconds {
    return this.#times.lastMessage;
  }

  /** Encrypts the connection before anything is said (LDAPS). */
  secure(): void {
    this.#state = 'securing';
    this.#socket.removeAllListeners('data');
    this.#options.tls!.secure(this.#socket, (secured) => this.#secured(secured));
  }

  /** Answers StartTLS. */
  startTls({ id, request }: LdapMessage<AnsweredRequest>, waited: boolean): void {
    const hasValue = request.op === 'extended' && request.value !== undefined;
    const answer = (result: LdapResult) => writeResult(this.outgoing.writer, id, Op.extendedResponse, result);
    if (this.#options.tls === undefined || hasValue) {
      return answer(ldapResult('protocolError', hasValue ? 'StartTLS has no value' : 'there is no TLS here'));
    }
    if (this.#session.secure) return answer(ldapResult('operationsError', 'the connection is encrypted already'));
    if (waited) return answer(ldapResult('operationsError', 'another operation is under way'));
    if (this.#framer.hasOctets) {
      this.logger.warn('an LDAP connection was dropped: clear text came behind StartTLS', {
        client: this.#options.client,
      });
      return this.close();
    }
    answer(SUCCESS);
    this.#state = 'securing';
    this.#secureWhenSent = true;
  }

  /** A pending operation has ended. */
  resume(): void {
    this.#work();
  }

  /** Cuts the connection off. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#conversation.close();
    this.#socket.destroy();
    this.#options.onClose();
  }

  /** Tells the client, as soon as what is under way has ended, that the server goes away. */
  stop(): void {
    this.#isStopping = true;
    if (this.#state === 'securing') this.close();
    else this.#stopWhenQuiet();
  }

  /** Ends the connection when a time is over; called every second or so. */
  checkTimes(now: Milliseconds): void {
    const isOver =
      this.outgoing.blockedFor(now) > READER_TIME ||
      this.#times.areOver(now, {
        idle: this.isAnonymous ? ANONYMOUS_IDLE : this.#options.idle,
        isSecuring: this.#state === 'securing',
        isBusy: this.#conversation.isBusy,
      });
    if (isOver) this.close();
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => this.close());
    socket.on('end', () => this.close());
    socket.on('close', () => this.close());
  }

  #receive(chunk: Buffer): void {
    if (this.#state !== 'open') return;
    this.#framer.push(chunk);
    this.#isStarved = false;
    if (this.#isScheduled || this.outgoing.blocked) this.#guarded(() => this.#attend());
    else this.#work();
  }

  /** One turn: goes on with what is under way, then takes what came. */
  #work(): void {
    this.#guarded(() => {
      const until = this.now() + TURN;
      for (;;) {
        const state = this.#conversation.advance(until);
        if (state === 'again') this.#schedule();
        if (state !== 'idle' || this.#state !== 'open' || !this.#takeNext()) break;
        if (this.now() >= until) {
          this.#schedule();
          break;
        }
      }
      this.#attend();
    });
  }

  /** Looks at what comes while an operation is under way, sends what there is, and decides whether to read on. */
  #attend(): void {
    while (this.#state === 'open' && this.#conversation.isBusy && this.#conversation.takesMore) {
      if (!this.#takeNext()) break;
    }
    this.outgoing.flush();
    if (this.#state === 'open') this.#readOn();
    if (this.#secureWhenSent && !this.outgoing.blocked) this.#startHandshake();
    if (this.#isStopping) this.#stopWhenQuiet();
  }

  /** Takes the next message, when it has come; false when there is none to take. */
  #takeNext(): boolean {
    const limit = this.isAnonymous ? LARGEST_MESSAGE_BEFORE_BIND : LARGEST_MESSAGE;
    const framer = this.#framer;
    const found = framer.next(limit);
    if (found === 'more') {
      this.#isStarved = true;
      if (framer.hasOctets) this.#times.begun(this.now());
      return false;
    }
    if (found === 'broken') {
      this.#disconnect(MALFORMED('its length cannot be, or is more than is taken'));
      return false;
    }
    const message = decodeMessage(framer.source, framer.start, framer.end);
    if ('fault' in message) {
      this.#disconnect(MALFORMED(message.fault));
      return false;
    }
    this.#times.came(this.now());
    if (message.request.op === 'unbind') {
      this.outgoing.flush();
      this.#end();
      return false;
    }
    this.#conversation.take(message as LdapMessage<TakenRequest>, framer.end - framer.start);
    return this.#state === 'open';
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.ports.soon(() => {
      this.#isScheduled = false;
      if (this.#state === 'open') this.#work();
    });
  }

  /** What is read and cannot be taken yet waits in the system's buffers, and in the client's. */
  #readOn(): void {
    if (this.#isStarved === !this.#isPaused) return;
    this.#isPaused = !this.#isStarved;
    if (this.#isPaused) this.#socket.pause();
    else this.#socket.resume();
  }

  #drained(): void {
    if (this.#state === 'open' || this.#secureWhenSent) this.#work();
  }

  #startHandshake(): void {
    this.#secureWhenSent = false;
    this.secure();
  }

  #secured(secured: { readonly socket: TLSSocket; readonly certificate: Session['certificate'] } | undefined): void {
    if (secured === undefined || this.#state !== 'securing') return this.close();
    this.#socket = secured.socket;
    this.#session.secure = true;
    this.#session.certificate = secured.certificate;
    this.outgoing.attach(secured.socket);
    this.#times.secured(this.now());
    this.#state = 'open';
    this.#listen(secured.socket);
    if (this.#isStopping) this.#stopWhenQuiet();
  }

  #stopWhenQuiet(): void {
    if (this.#state === 'open' && !this.#conversation.isBusy && !this.#isScheduled) this.#disconnect(SHUTTING_DOWN);
  }

  /** Says why, and ends the connection. */
  #disconnect(why: LdapResult): void {
    this.logger.debug('an LDAP connection is ended', { client: this.#options.client, why: why.message });
    this.outgoing.flush();
    writeNoticeOfDisconnection(this.outgoing.writer, why);
    this.outgoing.flush();
    this.#end();
  }

  /** Lets the other side read what was sent; one that goes on sending would lose it to a reset. */
  #end(): void {
    this.#state = 'ending';
    this.#times.ending(this.now());
    this.#conversation.close();
    this.#socket.resume();
    this.#socket.end();
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.logger.error('an LDAP connection failed', { error: messageOf(error) });
      this.close();
    }
  }
}
