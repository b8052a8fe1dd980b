/**
 * LiveLogin is one login on its way through a realm: what its modules share, and the point where it may wait for a
 * person.
 *
 * It stands between the modules and the door's CallbackHandler: a name that was qualified (`SCX\adm`) reaches the
 * module of that login domain without the domain, and a one-time code that the door does not have yet turns into a
 * challenge instead of a missing credential.
 */
import type { Clock, Instant, Secret } from '../base/index.ts';
import type { Callback, CallbackHandler, OneTimeCodeCallback } from './callbacks.ts';
import { LoginContext, type StackEntry } from './login-context.ts';
import type { LoginFailure, LoginModuleDefinition } from './login-module.ts';
import { LOGIN_NAME, type LoginName } from './login-name.ts';
import type { LoginRequest } from './login-outcome.ts';
import type { ContextOfLogin } from './module-context.ts';
import { loginFailure } from './phase-answer.ts';
import type { RefusalCost } from './refusal-cost.ts';
import type { StackResult } from './stack-walk.ts';

/** A module waits for a code. */
export interface RaisedChallenge {
  readonly kind: 'challenge';
  readonly callback: OneTimeCodeCallback;
  /** Lets the module go on. */
  readonly answered: () => void;
}

/** What a login was sent, read once before any module is asked. */
export interface SentCredentials {
  readonly name: LoginName | undefined;
  readonly password: Secret | undefined;
}

/**
 * Where a login is good for the one request that it came with, or is a test. A session opens every service of its realm, so
 * that no other door may say which one a login is for.
 */
const SESSIONLESS_DOORS: ReadonlySet<string> = new Set(['basic', 'ldap', 'test']);

export class LiveLogin implements ContextOfLogin {
  readonly realm: string;
  readonly shared = new Map<string, unknown>();
  readonly passwords: RefusalCost;
  readonly counted: boolean;
  readonly service: string | undefined;
  readonly now: Instant;
  readonly request: LoginRequest;
  readonly sent: SentCredentials;
  readonly context: LoginContext;
  readonly #nonce: string | undefined;
  #ending: Promise<StackResult> | undefined;
  #raised: PromiseWithResolvers<RaisedChallenge> | undefined;
  #waiting: RaisedChallenge | undefined;

  constructor(
    realm: { readonly name: string; readonly stack: readonly StackEntry[]; readonly clock: Clock },
    request: LoginRequest,
    sent: SentCredentials,
    passwords: RefusalCost,
  ) {
    this.realm = realm.name;
    this.passwords = passwords;
    this.counted = request.counted;
    this.service = SESSIONLESS_DOORS.has(request.door) ? request.service : undefined;
    this.now = request.now;
    this.request = request;
    this.sent = sent;
    this.#nonce = request.browserNonce;
    if (sent.name !== undefined) this.shared.set(LOGIN_NAME, sent.name);
    this.context = new LoginContext(realm.stack, this, realm.clock, nothingVerified);
  }

  get name(): string {
    return this.sent.name?.key ?? '';
  }

  get browserNonce(): string {
    return this.#nonce ?? '';
  }

  handlerFor(definition: LoginModuleDefinition): CallbackHandler {
    return (callbacks) => {
      const asked = this.request.handler(callbacks);
      if (asked === undefined) return this.#complete(definition, callbacks);
      return asked.then(() => this.#complete(definition, callbacks));
    };
  }

  /** Runs until the login ends or a module waits for a person. */
  run(): StackResult | Promise<StackResult | RaisedChallenge> {
    if (this.#nonce !== undefined) this.#raised = Promise.withResolvers();
    const ended = this.context.login();
    if (!(ended instanceof Promise)) return ended;
    this.#ending = ended;
    return this.#next();
  }

  /** A module waits: what it holds for the time of a login goes back. */
  park(): void {
    this.context.park();
  }

  /** Goes on with the code; a login that may no longer go on ends here. */
  answer(code: string): Promise<StackResult | RaisedChallenge> {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#raised = Promise.withResolvers();
    const allowed = this.context.resume();
    if (typeof allowed === 'object') this.context.giveUp(allowed);
    else if (waiting !== undefined) {
      waiting.callback.code = code;
      waiting.answered();
    }
    return this.#next();
  }

  giveUp(): void {
    this.context.giveUp(loginFailure('missing-credential', 'no one-time code came in time'));
  }

  #next(): Promise<StackResult | RaisedChallenge> {
    const ending = this.#ending!;
    return this.#raised === undefined ? ending : Promise.race([ending, this.#raised.promise]);
  }

  #complete(definition: LoginModuleDefinition, callbacks: readonly Callback[]): undefined | Promise<undefined> {
    let missing: OneTimeCodeCallback | undefined;
    const name = this.sent.name;
    for (const callback of callbacks) {
      if (callback.kind === 'name' && name?.domain !== undefined && name.domain === definition.domain) {
        callback.name = name.user;
      } else if (callback.kind === 'one-time-code' && callback.code === undefined) missing = callback;
    }
    if (missing === undefined || this.#raised === undefined) return undefined;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#waiting = { kind: 'challenge', callback: missing, answered: () => resolve(undefined) };
    this.#raised.resolve(this.#waiting);
    return promise;
  }
}

/** A stack may succeed by a helper alone; nothing is committed then. */
function nothingVerified(context: LoginContext): LoginFailure | undefined {
  const verified = context.runs().some(({ entry, login }) => login === 'success' && entry.definition.verifies);
  return verified ? undefined : loginFailure('missing-credential', 'no module verified a credential');
}
