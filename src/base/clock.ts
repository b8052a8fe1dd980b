/**
 * Clock is the only way to read time or to wait.
 *
 * Everything above `base` takes a Clock as an argument, so that a test can hold
 * time still and a decision is a function of the instant it was given.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;
/** A span of time in milliseconds. */
export type Milliseconds = number;

/** What `Clock.after` and `Clock.every` return; `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall-clock time; may jump when the machine's clock is set. */
  now(): Instant;
  /** Milliseconds that only ever grow; for durations and time-outs, never for dates. */
  monotonic(): Milliseconds;
  /** Runs `act` once after `delay`. The timer does not keep the process alive. */
  after(delay: Milliseconds, act: () => void): Timer;
  /** Runs `act` every `period` until cancelled. The timer does not keep the process alive. */
  every(period: Milliseconds, act: () => void): Timer;
}

/** setTimeout truncates a longer delay to 1 ms, so a long wait is taken in steps. */
const LONGEST_DELAY: Milliseconds = 2 ** 31 - 1;

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delay, act) {
    const due = performance.now() + delay;
    let handle: NodeJS.Timeout;
    const arm = () => {
      const left = due - performance.now();
      handle = left > LONGEST_DELAY ? setTimeout(arm, LONGEST_DELAY) : setTimeout(act, Math.max(0, left));
      handle.unref();
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
  every(period, act) {
    const handle = setInterval(act, Math.min(period, LONGEST_DELAY));
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
};

/** Keeps the process alive until cancelled: a clock's timers do not, and a command may be waiting for one. */
export function keepAlive(): Timer {
  const handle = setInterval(() => {}, LONGEST_DELAY);
  return { cancel: () => clearInterval(handle) };
}

/** Runs `act` once everything that has come in meanwhile had its turn: how long work lets others through. */
export function soon(act: () => void): void {
  setImmediate(act);
}
