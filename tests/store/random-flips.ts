/** Bits flipped at random, the same ones in each run. */
import { createHash } from 'node:crypto';
import type { Files } from './journal-sample.ts';

/** Numbers below a range, drawn from a seed. */
export function numbers(seed: string): (range: number) => number {
  let count = 0;
  return (range) => {
    count += 1;
    return createHash('sha256').update(`${seed} ${count}`).digest().readUIntBE(0, 6) % range;
  };
}

export const damaged = (files: Files, name: string, octets: Buffer): Files => new Map([...files, [name, octets]]);

/** The files with one bit of `name` flipped. */
export function flipped(files: Files, name: string, below: (range: number) => number): Files {
  const octets = Buffer.from(files.get(name)!);
  const at = below(octets.length);
  octets[at] = octets[at]! ^ (1 << below(8));
  return damaged(files, name, octets);
}
