/** A Deadline is an AbortSignal that ends when a time is over or when the login that waits is given up, whichever is first. */
import type { Clock, Milliseconds } from '../../base/index.ts';

export interface Deadline {
  /** Its reason is an Error that says which of the two it was. */
  readonly signal: AbortSignal;
  /** True when the time was over; false while it is not, and when the login was given up. */
  readonly timedOut: boolean;
  /** Releases the timer; to be called when the work is done. */
  release(): void;
}

/** A deadline `span` from now; `given` may end it earlier. */
export function deadline(clock: Clock, span: Milliseconds, given?: AbortSignal): Deadline {
  const controller = new AbortController();
  let timedOut = false;
  const timer = clock.after(span, () => {
    timedOut = true;
    controller.abort(new Error(`no answer within ${span} ms`));
  });
  const giveUp = () => controller.abort(new Error('the login was given up'));
  if (given?.aborted) giveUp();
  given?.addEventListener('abort', giveUp, { once: true });
  return {
    signal: controller.signal,
    get timedOut() {
      return timedOut;
    },
    release() {
      timer.cancel();
      given?.removeEventListener('abort', giveUp);
    },
  };
}
