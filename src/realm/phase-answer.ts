/**
 * What a login module really answered: anything but a PhaseResult is a failure, never a success (security rule 2).
 *
 * INVARIANT: the detail of something thrown names its class and place, not its message: the message of a driver's
 * error may quote what the client sent.
 */
import { CodedError } from '../base/index.ts';
import type { FailureReason, LoginFailure, PhaseResult } from './login-module.ts';

const REASONS: ReadonlySet<unknown> = new Set<FailureReason>([
  'unknown-user',
  'wrong-credential',
  'missing-credential',
  'locked',
  'disabled',
  'must-change',
  'unavailable',
  'error',
]);

/** Makes a failed phase. */
export function loginFailure(reason: FailureReason, detail: string): LoginFailure {
  return { kind: 'failure', reason, detail };
}

/** Reads a settled answer. */
export function judgeAnswer(answer: unknown): PhaseResult {
  if (answer === 'success' || answer === 'ignored') return answer;
  return isFailure(answer) ? answer : loginFailure('error', `answered ${describe(answer)}`);
}

/** The failure that something thrown stands for. */
export function failureOfThrown(error: unknown): LoginFailure {
  if (error instanceof CodedError) {
    // A full key derivation queue says nothing about the credential: the source did not answer.
    return loginFailure(error.code === 'PASSWORD_BUSY' ? 'unavailable' : 'error', `threw ${error.code}${place(error)}`);
  }
  return loginFailure('error', `threw ${error instanceof Error ? `${error.name}${place(error)}` : describe(error)}`);
}

/** True for what `await` would wait for. */
export function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === 'object' && answer !== null && typeof (answer as { then?: unknown }).then === 'function';
}

function isFailure(answer: unknown): answer is LoginFailure {
  if (typeof answer !== 'object' || answer === null) return false;
  const { kind, reason, detail } = answer as Partial<Record<keyof LoginFailure, unknown>>;
  return kind === 'failure' && REASONS.has(reason) && typeof detail === 'string';
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return `a ${typeof value}`;
}

function place(error: Error): string {
  const frame = /\n\s+at (?:.*[/\\(])?([\w.-]+:\d+):\d+\)?/.exec(error.stack ?? '')?.[1];
  return frame === undefined ? '' : ` at ${frame}`;
}
