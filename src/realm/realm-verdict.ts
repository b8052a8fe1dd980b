/**
 * The verdict of a realm over a login that did not succeed: refused, or unavailable?
 *
 * Unavailable exactly when a source that did not answer could have let the user in: what is not known is taken at
 * its best, and the stack is walked again. So a wrong password at one source is not reported as such while another
 * that could know the user is down, and an outage of a source that could not have helped hides nothing.
 */

import { domainOf } from './admitted-subject.ts';
import { stackAdmits } from './flag-edit.ts';
import type { ModuleRun } from './login-context.ts';
import type { FailureReason, PhaseResult } from './login-module.ts';
import type { Refused, Unavailable } from './login-outcome.ts';
import type { StackResult } from './stack-walk.ts';

/** Judges a login whose stack failed. */
export function verdictOf(
  runs: readonly ModuleRun[],
  result: StackResult & { readonly kind: 'failure' },
): Refused | Unavailable {
  const silent = runs.filter((run) => isUnknown(lastAnswer(run)));
  const source = silent.find(({ entry }) => entry.definition.verifies) ?? silent[0];
  if (source !== undefined && couldAdmit(runs)) return { kind: 'unavailable', domain: domainOf(source) };
  // Whatever the others said: who knows a password is told what to do about it.
  if (runs.some((run) => reasonOf(run) === 'must-change')) return { kind: 'refused', reason: 'must-change' };
  const helped = result.position === 0 && runs.some(({ login }) => login === 'success');
  return { kind: 'refused', reason: helped ? 'nothing-verified' : result.failure.reason };
}

function couldAdmit(runs: readonly ModuleRun[]): boolean {
  const stack = runs.map(({ entry: { flag, fallThrough, definition } }) => ({
    flag,
    ...(fallThrough === undefined ? {} : { fallThrough }),
    verifies: definition.verifies,
  }));
  const best = runs.map((run): PhaseResult => {
    const answer = lastAnswer(run);
    if (answer !== undefined && !isUnknown(answer)) return answer;
    return run.entry.definition.verifies ? 'success' : 'ignored';
  });
  return stackAdmits(stack, best) === true;
}

/** A commit that failed overrides what login had answered. */
function lastAnswer({ login, commit }: ModuleRun): PhaseResult | undefined {
  return typeof commit === 'object' ? commit : login;
}

function reasonOf(run: ModuleRun): FailureReason | undefined {
  const answer = lastAnswer(run);
  return typeof answer === 'object' ? answer.reason : undefined;
}

function isUnknown(answer: PhaseResult | undefined): boolean {
  return typeof answer === 'object' && (answer.reason === 'unavailable' || answer.reason === 'error');
}
