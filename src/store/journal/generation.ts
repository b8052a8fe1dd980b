/**
 * The generation of a content: a random name that is never used twice.
 */
import type { Random } from '../../base/index.ts';

const OCTETS = 16;

export function newGeneration(random: Random): string {
  return Buffer.from(random.bytes(OCTETS)).toString('hex');
}
