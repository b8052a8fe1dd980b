/**
 * CodedError is what is thrown for the unexpected: a stable code for programs, a lower-case message
 * without a full stop for people, and the cause for the log (never sent to a client).
 *
 * What is expected (a refused login, a missing record) is a value, not an error.
 * Every code is listed in docs/errors.md; a test compares the two.
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CodedError';
    this.code = code;
  }
}

/** The message of anything that was thrown, for a log line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Makes a forgotten case of a closed union a compile error. */
export function unreachable(value: never): never {
  throw new CodedError('BASE_UNREACHABLE', `unhandled case ${JSON.stringify(value)}`);
}
