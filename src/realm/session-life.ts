/**
 * SessionLife says how long a login may live: idle time, maximum, validators. One of it for a single-sign-on session
 * and all its children, so that use of one keeps all alive and the end of one is the end of all.
 *
 * One timer at most, set for the earliest instant at which it can be over. Use does not set it anew: when it rings
 * too early it is set for what is left.
 */
import type { Subject } from '../access/index.ts';
import type { Clock, Milliseconds, Timer } from '../base/index.ts';
import type { SessionEnd, SessionPolicy } from './session.ts';

export interface SessionLifeOptions<Member> {
  readonly clock: Clock;
  readonly subject: Subject;
  /** How long it lived, and was not used, in an earlier process. Below zero (the clock was set back) counts as zero. */
  readonly past: { readonly age: Milliseconds; readonly unseen: Milliseconds };
  /** Undefined while no configuration was adopted: not usable, not over. */
  readonly policy: SessionPolicy | undefined;
  readonly over: (life: SessionLife<Member>, why: SessionEnd) => void;
}

export class SessionLife<Member> {
  readonly members = new Set<Member>();
  readonly #options: SessionLifeOptions<Member>;
  readonly #beganAt: Milliseconds;
  #seenAt: Milliseconds;
  #used = false;
  #policy: SessionPolicy | undefined;
  #timer: Timer | undefined;

  constructor(options: SessionLifeOptions<Member>) {
    this.#options = options;
    this.#policy = options.policy;
    const now = options.clock.monotonic();
    this.#beganAt = now - Math.max(0, options.past.age);
    this.#seenAt = now - Math.max(0, options.past.unseen);
    this.#arm();
  }

  get subject(): Subject {
    return this.#options.subject;
  }

  /** How long nobody used it. */
  unseen(): Milliseconds {
    return this.#options.clock.monotonic() - this.#seenAt;
  }

  /** Uses it; false when it is over, and then it ends. */
  use(): boolean {
    if (this.#policy === undefined || !this.check()) return false;
    this.#seenAt = this.#options.clock.monotonic();
    this.#used = true;
    return true;
  }

  /** True once after each use. */
  wasUsed(): boolean {
    const used = this.#used;
    this.#used = false;
    return used;
  }

  /** A new configuration; undefined: its realm is gone. */
  adopt(policy: SessionPolicy | undefined): void {
    this.#policy = policy;
    if (policy === undefined) this.#end('realm-gone');
    else this.recheck();
  }

  /** The wall clock was set, or the rules changed: asks everything anew. */
  recheck(): void {
    if (this.check()) this.#arm();
  }

  /** True while it lives; ends it when it does not. */
  check(): boolean {
    if (this.#policy === undefined) return true;
    const why = this.#over(this.#policy);
    if (why !== undefined) this.#end(why);
    return why === undefined;
  }

  /** Lets go of the timer. */
  pause(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #over({ idle, maximum, validators }: SessionPolicy): SessionEnd | undefined {
    const { clock, subject } = this.#options;
    const now = clock.monotonic();
    if (now - this.#beganAt >= maximum) return 'maximum';
    if (now - this.#seenAt >= idle) return 'idle';
    const at = clock.now();
    return validators.every((validator) => validator.isValid({ subject }, at)) ? undefined : 'validator';
  }

  #arm(): void {
    this.pause();
    if (this.#policy === undefined) return;
    const { idle, maximum, validators } = this.#policy;
    const { clock } = this.#options;
    const now = clock.monotonic();
    const at = clock.now();
    const waits = [this.#beganAt + maximum - now, this.#seenAt + idle - now];
    for (const validator of validators) {
      const change = validator.nextChange(at);
      if (change !== undefined) waits.push(change - at);
    }
    this.#timer = clock.after(Math.max(0, Math.min(...waits)), () => {
      this.#timer = undefined;
      this.recheck();
    });
  }

  #end(why: SessionEnd): void {
    this.pause();
    this.#options.over(this, why);
  }
}
