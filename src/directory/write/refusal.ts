/**
 * Refusal is a result that says why a change is not made. A check gives it back as a value, and the first one ends the change.
 */
import type { PolicyRefusal } from '../policy/policy-refusal.ts';
import type { DirectoryResult, ResultName } from './result.ts';

export class Refusal implements DirectoryResult {
  readonly code: ResultName;
  readonly message: string;
  declare readonly matchedDn?: string;
  declare readonly policy?: PolicyRefusal;

  constructor(
    code: ResultName,
    message: string,
    more: { matchedDn?: string | undefined; policy?: PolicyRefusal } = {},
  ) {
    this.code = code;
    this.message = message;
    if (more.matchedDn !== undefined) this.matchedDn = more.matchedDn;
    if (more.policy !== undefined) this.policy = more.policy;
  }
}
