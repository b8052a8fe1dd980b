/**
 * A duration in the configuration: a whole number with a unit, such as `250ms`, `90s`, `5m`, `12h` or `1d`.
 *
 * A bare number is refused: nobody can tell seconds from milliseconds by looking at it.
 */
import { z } from 'zod';
import type { Milliseconds } from '../base/index.ts';

const UNITS: ReadonlyMap<string, Milliseconds> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const DURATION = /^(\d{1,10})(ms|s|m|h|d)$/;
/** A hundred years: what is longer is a slip of the hand, and would overflow dates. */
const LONGEST: Milliseconds = 36_525 * 86_400_000;
const ADVICE = 'must be a duration such as 250ms, 90s, 5m, 12h or 1d';

/** Milliseconds of `5m` and the like, from 0 to a hundred years; undefined for anything else. */
export function parseDuration(text: string): Milliseconds | undefined {
  const [, amount = '', unit = ''] = DURATION.exec(text) ?? [];
  const span = Number(amount) * (UNITS.get(unit) ?? Number.NaN);
  return span <= LONGEST ? span : undefined;
}

/** The schema of a duration: text in, milliseconds out. */
export function duration() {
  return z
    .string({ error: ADVICE })
    .regex(DURATION, { error: ADVICE, abort: true })
    .transform((text, context): Milliseconds => {
      const span = parseDuration(text);
      if (span !== undefined) return span;
      context.addIssue({ code: 'custom', message: 'must not be longer than a hundred years' });
      return z.NEVER;
    });
}
