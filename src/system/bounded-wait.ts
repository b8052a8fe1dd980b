/** Waiting for work that cannot be cancelled, for a bounded time and only as long as somebody wants the answer. */
import type { Clock, Milliseconds } from '../base/index.ts';

/** What `work` resolves to, or which of the two ended the wait. Work that settles later is ignored, a rejection too. */
export async function boundedWait<Value>(
  work: Promise<Value>,
  clock: Clock,
  span: Milliseconds,
  signal: AbortSignal,
): Promise<Value | 'timed-out' | 'given-up'> {
  const { promise, resolve } = Promise.withResolvers<'timed-out' | 'given-up'>();
  const timer = clock.after(span, () => resolve('timed-out'));
  const giveUp = () => resolve('given-up');
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([promise, work]);
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', giveUp);
  }
}
