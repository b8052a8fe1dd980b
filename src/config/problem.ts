/**
 * Problem is one thing wrong (or doubtful) in the configuration: where it stands, what it is and what to do about it.
 *
 * A file is read to its end and all its problems are reported together, in the order of the text, so that an operator
 * mends a file once and not once a mistake.
 */

export interface Problem {
  /** The file as the operator named it, or the name of the environment variable. */
  readonly file: string;
  /** From 1; 0 where there is no text to point at (an environment variable, a missing file). */
  readonly line: number;
  /** From 1, in UTF-16 code units; 0 where there is no text to point at. */
  readonly column: number;
  /** The key, as `realms.staff.modules[1].urls`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong and what to do, without a full stop. Never holds a secret. */
  readonly message: string;
}

/** A problem of a file as a whole, or of a variable. */
export function problemOf(file: string, message: string, path = ''): Problem {
  return { file, line: 0, column: 0, path, message };
}

/** One line for a terminal or a log: `realmgate.yaml:12:5: listen.web: unknown key "adress"; did you mean "address"?`. */
export function formatProblem(problem: Problem): string {
  const place = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
  return [place, problem.path, problem.message].filter((part) => part !== '').join(': ');
}

/** The problems in reading order: files as `order` lists them (others last), then line, then column. Equal ones once. */
export function sortProblems(problems: readonly Problem[], order: readonly string[]): Problem[] {
  const rank = new Map(order.map((file, index) => [file, index]));
  const rankOf = (problem: Problem) => rank.get(problem.file) ?? order.length;
  const once = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  return [...once.values()].sort((a, b) => rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column);
}
