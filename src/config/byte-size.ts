/** A size in octets in the configuration: `512`, `64KiB`, `10MiB` or `2GiB`; powers of 1024, so that no two readers differ. */
import { z } from 'zod';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
  ['TiB', 1024 ** 4],
]);
const SIZE = /^(\d{1,15})(B|KiB|MiB|GiB|TiB)?$/;
const ADVICE = 'must be a size such as 512, 64KiB, 10MiB or 2GiB';

/** Octets of `10MiB` and the like, a safe integer; undefined for anything else. */
export function parseByteSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  const size = Number(match[1]) * (UNITS.get(match[2] ?? '') ?? Number.NaN);
  return Number.isSafeInteger(size) ? size : undefined;
}

/** The schema of a size: text or a whole number in, octets out. */
export function byteSize() {
  const octets = z.int({ error: ADVICE }).nonnegative({ error: ADVICE });
  const text = z
    .string({ error: ADVICE })
    .regex(SIZE, { error: ADVICE, abort: true })
    .transform((value, context): number => {
      const size = parseByteSize(value);
      if (size !== undefined) return size;
      context.addIssue({ code: 'custom', message: 'is too large to count exactly' });
      return z.NEVER;
    });
  return z.union([octets, text], { error: ADVICE });
}
