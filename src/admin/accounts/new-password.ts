/** A password that an act sets: the given one, or one that nobody has to think of. */
import { type Random, randomToken } from '../../base/index.ts';

export interface NewPassword {
  readonly value: string;
  /** The same, when it was made here and has to be shown once. */
  readonly generated?: string;
}

/** 120 bits: no policy finds it too short, and a person can still type it. */
const GENERATED_LENGTH = 20;

export function newPassword(
  input: { readonly password?: string | undefined; readonly generate?: boolean | undefined },
  random: Random,
): NewPassword | undefined {
  if (input.password !== undefined) return { value: input.password };
  if (input.generate !== true) return undefined;
  const generated = randomToken(random).slice(0, GENERATED_LENGTH);
  return { value: generated, generated };
}
