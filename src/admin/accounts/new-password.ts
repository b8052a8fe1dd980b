/** A password that an act sets: the given one, which the policy has judged, or one that nobody has to think of. */
import { CodedError, randomToken, Secret } from '../../base/index.ts';
import type { AccountBook } from './account-book.ts';

export interface NewPassword {
  readonly value: string;
  /** The same, when it was made here and has to be shown once. */
  readonly generated?: string;
}

export interface PasswordInput {
  readonly password?: string | undefined;
  readonly generate?: boolean | undefined;
  readonly force?: boolean | undefined;
}

/** 120 bits: no policy finds it too short, and a person can still type it. */
const GENERATED_LENGTH = 20;

/**
 * For an account that is called `names`; undefined when none is wanted. The directory itself lets the system store any password,
 * so that it is judged here, unless the operator forces it.
 * @throws CodedError ADMIN_PASSWORD
 */
export function newPassword(
  { directory, random }: AccountBook,
  { password, generate, force }: PasswordInput,
  names: readonly string[],
): NewPassword | undefined {
  if (password !== undefined) {
    const problem = force === true ? undefined : directory.verifiers.policy.judge(new Secret(password), names);
    if (problem === undefined) return { value: password };
    const isForceable = problem.refusal === 'too-short' || problem.refusal === 'quality';
    throw new CodedError(
      'ADMIN_PASSWORD',
      `${problem.message}${isForceable ? '; take another one, or --generate one (--force sets it all the same)' : ''}`,
    );
  }
  if (generate !== true) return undefined;
  const generated = randomToken(random).slice(0, GENERATED_LENGTH);
  return { value: generated, generated };
}
