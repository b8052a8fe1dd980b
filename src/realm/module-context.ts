/**
 * ModuleContext is what one module of one login is given. The signal is made only when a module asks for it:
 * most never do, and an AbortController costs more than the rest of a synchronous login.
 */
import type { Instant } from '../base/index.ts';
import type { CallbackHandler } from './callbacks.ts';
import type { LoginModuleContext, LoginModuleDefinition, PasswordVerifier } from './login-module.ts';

/** What all modules of one login have in common. */
export interface ContextOfLogin {
  readonly realm: string;
  readonly shared: Map<string, unknown>;
  readonly passwords: PasswordVerifier;
  readonly counted: boolean;
  readonly service?: string | undefined;
  readonly now: Instant;
  /** The handler as this module is to see it. */
  handlerFor(definition: LoginModuleDefinition): CallbackHandler;
}

export class ModuleContext implements LoginModuleContext {
  readonly #login: ContextOfLogin;
  readonly #definition: LoginModuleDefinition;
  #controller: AbortController | undefined;
  #over = false;

  constructor(login: ContextOfLogin, definition: LoginModuleDefinition) {
    this.#login = login;
    this.#definition = definition;
  }

  get realm(): string {
    return this.#login.realm;
  }

  get handler(): CallbackHandler {
    return this.#login.handlerFor(this.#definition);
  }

  get shared(): Map<string, unknown> {
    return this.#login.shared;
  }

  get passwords(): PasswordVerifier {
    return this.#login.passwords;
  }

  get counted(): boolean {
    return this.#login.counted;
  }

  get service(): string | undefined {
    return this.#login.service;
  }

  get now(): Instant {
    return this.#login.now;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#over) this.#controller.abort();
    return this.#controller.signal;
  }

  /** The module's time is over, or the login was given up. */
  over(): void {
    this.#over = true;
    this.#controller?.abort();
  }
}
