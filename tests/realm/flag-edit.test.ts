/** The smallest change of control flags that flips a login, against brute force. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type ControlFlag,
  type ExplainedPosition,
  type PhaseResult,
  smallestFlagEdit,
  stackAdmits,
  walkStack,
} from '../../src/realm/index.ts';

const FLAGS = ['required', 'requisite', 'sufficient', 'optional'] as const;
const wrong: PhaseResult = { kind: 'failure', reason: 'wrong-credential', detail: '' };

describe('walkStack', () => {
  it('says how far the walk came', () => {
    assert.deepEqual(walkStack([{ flag: 'sufficient' }, { flag: 'required' }], ['success', undefined]), {
      result: { kind: 'success' },
      reached: 1,
    });
  });

  it('does not guess the answer of a module that was never asked', () => {
    assert.deepEqual(walkStack([{ flag: 'optional' }, { flag: 'required' }], ['success', undefined]), {
      result: undefined,
      reached: 1,
    });
  });
});

describe('smallestFlagEdit', () => {
  it('names the one flag that kept a user out', () => {
    const stack: ExplainedPosition[] = [{ flag: 'required' }, { flag: 'sufficient' }];
    assert.deepEqual(smallestFlagEdit(stack, [wrong, 'success']), [
      { position: 1, from: 'required', to: 'sufficient' },
    ]);
  });

  it('does not offer that a module which only watches lets anybody in', () => {
    assert.equal(smallestFlagEdit([{ flag: 'required', verifies: false }], ['success']), undefined);
  });

  it('does not offer what would need the answer of a module that was never asked', () => {
    const stack: ExplainedPosition[] = [{ flag: 'requisite' }, { flag: 'sufficient' }];
    assert.equal(smallestFlagEdit(stack, [wrong, undefined]), undefined);
  });

  it('is as small as brute force finds, in 1,000 random stacks', () => {
    const position = fc.record({
      flag: fc.constantFrom<ControlFlag>(...FLAGS),
      verifies: fc.boolean(),
      fallThrough: fc.constantFrom('always' as const, 'unknown-user' as const),
    });
    const answer = fc.constantFrom<PhaseResult | undefined>('success', 'ignored', wrong, undefined);
    const cases = fc.array(fc.tuple(position, answer), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(cases, (drawn) => {
        const stack = drawn.map(([at]) => at);
        const answers = drawn.map(([, given]) => given);
        const edits = smallestFlagEdit(stack, answers);
        assert.equal(edits?.length, bruteForce(stack, answers));
        if (edits === undefined) return;
        const edited = stack.map((at, index) => ({
          ...at,
          flag: edits.find((edit) => edit.position === index + 1)?.to ?? at.flag,
        }));
        assert.equal(stackAdmits(edited, answers), !stackAdmits(stack, answers));
      }),
      { numRuns: 1_000, seed: 7 },
    );
  });
});

/** Every combination of flags; the fewest that differ and flip the answer, if at most three. */
function bruteForce(
  stack: readonly ExplainedPosition[],
  answers: readonly (PhaseResult | undefined)[],
): number | undefined {
  const admitted = stackAdmits(stack, answers);
  if (admitted === undefined) return undefined;
  let fewest: number | undefined;
  for (let code = 0; code < 4 ** stack.length; code++) {
    const edited = stack.map((at, index) => ({ ...at, flag: FLAGS[Math.floor(code / 4 ** index) % 4]! }));
    const changed = edited.filter((at, index) => at.flag !== stack[index]!.flag).length;
    if (changed <= 3 && stackAdmits(edited, answers) === !admitted && changed < (fewest ?? 9)) fewest = changed;
  }
  return fewest;
}
