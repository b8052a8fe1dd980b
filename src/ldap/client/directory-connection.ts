/**
 * DirectoryConnection is one connection to one server on which one question is asked at a time.
 *
 * The client library encodes and decodes; the socket is opened by secure-socket.ts and everything that comes back
 * has passed AnswerGuard. What the server said is taken from the guard, so that success needs both to agree.
 */
import type { Socket } from 'node:net';
import { Client, type Entry } from 'ldapts';
import { messageOf, type Secret } from '../../base/index.ts';
import type { DirectoryEntry, DirectorySearch } from '../../realm/index.ts';
import { AnswerGuard, type Question } from './answer-guard.ts';
import type { LdapResult } from './ldap-answer.ts';
import { openSocket, type SocketSettings } from './secure-socket.ts';
import { WireFilter } from './wire-filter.ts';

export type Reply<Value> =
  /** The server ended the operation with this result; a value only when the operation succeeded. */
  | { readonly kind: 'answered'; readonly result: LdapResult; readonly value: Value | undefined }
  /** The connection is of no further use; nothing is known. */
  | { readonly kind: 'broken'; readonly detail: string };

const SCOPE = { base: 'base', one: 'one', subtree: 'sub' } as const;
/** Seconds; the server's own limit, behind ours. */
const SERVER_TIME_LIMIT = 60;

export class DirectoryConnection {
  readonly #guard: AnswerGuard;
  readonly #client: Client;

  private constructor(socket: Socket) {
    this.#guard = new AnswerGuard(socket);
    // The guard is a Duplex; of a Socket the library uses nothing more than the guard has.
    const stream = this.#guard as unknown as Socket;
    this.#client = new Client({ url: 'ldap://directory', createConnection: () => stream });
  }

  /** Connects and secures; rejects with the reason. */
  static async open(settings: SocketSettings, signal: AbortSignal): Promise<DirectoryConnection> {
    return new DirectoryConnection(await openSocket(settings, signal));
  }

  get usable(): boolean {
    return this.#guard.fault === undefined;
  }

  /** Runs `ended` when the connection ends. */
  onEnd(ended: () => void): void {
    this.#guard.once('close', ended);
  }

  close(): void {
    this.#guard.close('closed by us');
  }

  /** The value is true when the server accepted the password. */
  async bind(dn: string, password: Secret, signal: AbortSignal): Promise<Reply<true>> {
    return await this.#ask<true>('bind', signal, async () => {
      await this.#client.bind(dn, password.reveal());
      return true;
    });
  }

  async search(request: DirectorySearch, signal: AbortSignal): Promise<Reply<readonly DirectoryEntry[]>> {
    return await this.#ask('search', signal, async () => {
      const { searchEntries } = await this.#client.search(request.base, {
        scope: SCOPE[request.scope],
        filter: new WireFilter(request.filter),
        attributes: [...request.attributes],
        sizeLimit: request.sizeLimit,
        timeLimit: SERVER_TIME_LIMIT,
        derefAliases: 'never',
      });
      return searchEntries.map(entryOf);
    });
  }

  async #ask<Value>(question: Question, signal: AbortSignal, run: () => Promise<Value>): Promise<Reply<Value>> {
    const guard = this.#guard;
    if (guard.fault !== undefined) return { kind: 'broken', detail: guard.fault };
    guard.expect(question);
    const giveUp = () => guard.close(messageOf(signal.reason));
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      // The library does not settle for a connection that ended before it wrote to it.
      const value = await Promise.race([run(), guard.ended]);
      return this.#reply(value === 'ended' ? undefined : value);
    } catch (error) {
      return this.#reply<Value>(undefined, messageOf(error));
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** INVARIANT: a value only with result code 0 (or 4 of a search: cut short); without a whole result nothing is known. */
  #reply<Value>(value: Value | undefined, error?: string): Reply<Value> {
    const { result, fault } = this.#guard;
    if (result !== undefined && (value !== undefined || result.resultCode !== 0))
      return { kind: 'answered', result, value };
    this.close();
    return { kind: 'broken', detail: fault ?? error ?? 'the answer could not be read' };
  }
}

/** Attributes go into a Map: a server may name one as it likes, `__proto__` included. */
function entryOf({ dn, ...attributes }: Entry): DirectoryEntry {
  const values = Object.entries(attributes).map(([description, value]): [string, string[]] => [
    description.toLowerCase(),
    [value].flat().filter((one) => typeof one === 'string'),
  ]);
  return { dn, attributes: new Map(values) };
}
