/**
 * smallestFlagEdit answers "which control flags would have to be different for the other outcome?", for the
 * explanation of a login.
 *
 * Found by trying, never by reasoning: every edit of one flag, then of two, and so on, each judged by the walk that
 * judges real logins. A walk that comes to a module which was not asked in the recorded login proves nothing, so
 * such an edit is not offered.
 */
import type { ControlFlag, PhaseResult } from './login-module.ts';
import { type StackPosition, walkStack } from './stack-walk.ts';

const FLAGS: readonly ControlFlag[] = ['required', 'requisite', 'sufficient', 'optional'];

/** Beyond this many flags an edit is no longer an explanation. */
const MOST_EDITS = 3;
/** Longer stacks get single edits only: 64 modules and two edits are already 18,000 walks. */
const DEEP_STACK = 12;

/** A module as the explanation sees it. */
export interface ExplainedPosition extends StackPosition {
  /** False for modules that only watch or add: their success admits nobody. Default: true. */
  readonly verifies?: boolean;
}

/** One flag changed; positions count from 1. */
export interface FlagEdit {
  readonly position: number;
  readonly from: ControlFlag;
  readonly to: ControlFlag;
}

/** True when the stack admits with these answers, false when it refuses, undefined when they do not tell. */
export function stackAdmits(
  stack: readonly ExplainedPosition[],
  answers: readonly (PhaseResult | undefined)[],
): boolean | undefined {
  const { result, reached } = walkStack(stack, answers);
  if (result === undefined) return undefined;
  if (result.kind === 'failure') return false;
  return stack.some((at, index) => index < reached && at.verifies !== false && answers[index] === 'success');
}

/**
 * The fewest flag changes that flip what the stack answered; of several, the earliest modules and the order
 * required, requisite, sufficient, optional. Undefined when up to three changes flip nothing. Pure.
 */
export function smallestFlagEdit(
  stack: readonly ExplainedPosition[],
  answers: readonly (PhaseResult | undefined)[],
): readonly FlagEdit[] | undefined {
  const admitted = stackAdmits(stack, answers);
  if (admitted === undefined) return undefined;
  const depth = stack.length > DEEP_STACK ? 1 : Math.min(MOST_EDITS, stack.length);
  for (let count = 1; count <= depth; count++) {
    for (const edits of flagEdits(stack, count, 0)) {
      const flags = new Map(edits.map((edit) => [edit.position, edit.to]));
      const edited = stack.map((at, index) => ({ ...at, flag: flags.get(index + 1) ?? at.flag }));
      if (stackAdmits(edited, answers) === !admitted) return edits;
    }
  }
  return undefined;
}

function* flagEdits(stack: readonly ExplainedPosition[], count: number, from: number): Generator<readonly FlagEdit[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let index = from; index <= stack.length - count; index++) {
    const at = stack[index]!;
    for (const to of FLAGS) {
      if (to === at.flag) continue;
      for (const rest of flagEdits(stack, count - 1, index + 1)) {
        yield [{ position: index + 1, from: at.flag, to }, ...rest];
      }
    }
  }
}
