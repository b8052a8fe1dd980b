/** The error of a configuration that cannot be used: every problem on a line of its own, with its place. */
import { CodedError } from '../base/index.ts';
import { formatProblem, type Problem } from '../config/index.ts';

export function configurationRefused(problems: readonly Problem[]): CodedError {
  return new CodedError(
    'CONFIGURATION_REFUSED',
    `the configuration is refused\n${problems.map((problem) => `  ${formatProblem(problem)}`).join('\n')}`,
  );
}
