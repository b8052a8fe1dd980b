/**
 * AnswerGuard stands between the socket and the client library: only whole, well-formed messages that answer the
 * question being asked pass, and no answer may be larger than 1 MiB. Anything else ends the connection.
 *
 * The library has no limit of its own, believes a response of any kind as long as the message id fits, and reads
 * what is missing as success (see ldap-answer.ts). One question is asked at a time on a connection, so the guard
 * knows which messages may come: none at all while nothing is asked.
 */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { berElementLength, decodeBer, Tag } from '../../x500/index.ts';
import { type LdapResult, parseLdapAnswer, TAG } from './ldap-answer.ts';

/** Octets of all messages of one answer. */
const LARGEST_ANSWER = 1024 * 1024;

const EXPECTED = {
  bind: [TAG.bind],
  search: [TAG.entry, TAG.reference, TAG.done],
} satisfies Record<string, readonly number[]>;

export type Question = keyof typeof EXPECTED;

export class AnswerGuard extends Duplex {
  /** What a client of sockets looks at to see that it need not wait for `connect`. */
  readonly connecting = false;
  readonly readyState = 'open';

  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<'ended'>;

  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  /** Octets received and not yet passed on. */
  #held = 0;
  /** Octets to hold before looking again. */
  #wanted = 2;
  #expected: readonly number[] = [];
  #messageId: number | undefined;
  #answerOctets = 0;
  #result: LdapResult | undefined;
  #fault: string | undefined;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    this.ended = new Promise((resolve) => this.once('close', () => resolve('ended')));
    // The library listens only once it has asked something; before that an error must not end the process.
    this.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(error.message));
    socket.on('end', () => this.#fail('the server closed the connection'));
    socket.on('close', () => this.#fail('the connection was closed'));
  }

  /** Announces the next question; exactly one may be open. */
  expect(question: Question): void {
    this.#expected = EXPECTED[question];
    this.#messageId = undefined;
    this.#answerOctets = 0;
    this.#result = undefined;
  }

  /** How the server ended the last question; undefined while it has not. */
  get result(): LdapResult | undefined {
    return this.#result;
  }

  /** Why the connection ended; undefined while it lives. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Ends the connection for a reason of the caller's. */
  close(reason: string): void {
    this.#fail(reason);
  }

  override _read(): void {
    // Messages are pushed when they are whole; the limit on an answer bounds what can pile up.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#messageId ??= messageIdOf(chunk);
    this.#socket.write(chunk, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#fault ??= error?.message ?? 'closed by us';
    this.#socket.destroy();
    done(error);
  }

  #receive(chunk: Buffer): void {
    if (this.#fault !== undefined) return;
    this.#answerOctets += chunk.length;
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    const fault = this.#announcedFault() ?? (this.#held < this.#wanted ? undefined : this.#passWhole());
    if (fault !== undefined) this.#fail(fault);
  }

  #announcedFault(): string | undefined {
    if (this.#expected.length === 0) return 'the server spoke without being asked';
    return this.#answerOctets > LARGEST_ANSWER ? 'the answer is larger than 1 MiB' : undefined;
  }

  /** Passes on every message that is whole; returns what is wrong with the first that is not fit to be. */
  #passWhole(): string | undefined {
    const octets = Buffer.concat(this.#chunks);
    let at = 0;
    for (;;) {
      const length = berElementLength(octets, at, octets.length);
      if (length === undefined) return 'the server sent octets that are not LDAP';
      if (length === 'more' || at + length > octets.length) {
        this.#wanted = length === 'more' ? octets.length - at + 1 : length;
        if (this.#wanted > LARGEST_ANSWER) return 'the answer is larger than 1 MiB';
        break;
      }
      const fault = this.#pass(octets.subarray(at, at + length));
      if (fault !== undefined) return fault;
      at += length;
    }
    this.#chunks = [octets.subarray(at)];
    this.#held = octets.length - at;
    return undefined;
  }

  #pass(message: Buffer): string | undefined {
    const answer = parseLdapAnswer(message);
    if (answer === undefined) return 'the server sent a message that is not whole';
    if (answer.messageId === 0) return 'the server gave notice of disconnection';
    if (answer.messageId !== this.#messageId || !this.#expected.includes(answer.tag)) {
      return 'the server answered a question that was not asked';
    }
    if (answer.result !== undefined) {
      this.#result = answer.result;
      this.#expected = [];
    }
    this.push(message);
    return undefined;
  }

  #fail(reason: string): void {
    if (this.#fault !== undefined) return;
    this.#fault = reason;
    this.#chunks = [];
    this.destroy(new Error(reason));
  }
}

/** The message id of a request that the library wrote. */
function messageIdOf(request: Uint8Array): number | undefined {
  return decodeBer(request, (reader) => {
    const message = reader.enter(Tag.sequence);
    const id = reader.integer(Tag.integer);
    reader.leavePast(message);
    return id;
  });
}
