/** A Clock that a test moves by hand. */
import type { Clock, Instant, Milliseconds, Timer } from '../../src/base/index.ts';

interface Pending {
  due: Milliseconds;
  readonly period: Milliseconds | undefined;
  readonly act: () => void;
}

export class ManualClock implements Clock {
  #now: Instant;
  #monotonic: Milliseconds = 0;
  readonly #pending = new Set<Pending>();

  constructor(start: Instant = Date.UTC(2026, 10, 22, 9, 0, 0)) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  monotonic(): Milliseconds {
    return this.#monotonic;
  }

  after(delay: Milliseconds, act: () => void): Timer {
    return this.#arm({ due: this.#monotonic + delay, period: undefined, act });
  }

  every(period: Milliseconds, act: () => void): Timer {
    return this.#arm({ due: this.#monotonic + period, period, act });
  }

  /** Lets `span` pass, running what becomes due in order. */
  advance(span: Milliseconds): void {
    const end = this.#monotonic + span;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now += next.due - this.#monotonic;
      this.#monotonic = next.due;
      if (next.period === undefined) this.#pending.delete(next);
      else next.due += next.period;
      next.act();
    }
    this.#now += end - this.#monotonic;
    this.#monotonic = end;
  }

  /** Sets the wall clock alone, as an operator or NTP would. */
  jump(to: Instant): void {
    this.#now = to;
  }

  #arm(pending: Pending): Timer {
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  #next(end: Milliseconds): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.due <= end && (first === undefined || pending.due < first.due)) first = pending;
    }
    return first;
  }
}
