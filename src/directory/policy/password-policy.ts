/**
 * PasswordPolicy says which passwords may be chosen, and for how long one is good: length and a blocklist, as NIST SP
 * 800-63B asks for; no rules about kinds of characters, and no expiry unless it is configured.
 *
 * It judges text. What was hashed elsewhere it cannot look into, which is why not everybody may store such forms.
 */
import { z } from 'zod';
import type { Instant, Milliseconds, Secret } from '../../base/index.ts';
import { duration, path } from '../../config/index.ts';
import { LONGEST_PASSWORD } from '../../password/index.ts';
import type { Blocklist } from './blocklist.ts';
import { foldPassword } from './fold-password.ts';
import type { PolicyNotice, PolicyRefusal } from './policy-refusal.ts';

const LEAST_LENGTH = 8;

export const passwordPolicySchema = z
  .strictObject({
    length: z
      .int()
      .min(LEAST_LENGTH)
      .max(128)
      .default(15)
      .describe('The fewest characters of a new password. NIST asks for 15 where it is the only factor, 8 at least.'),
    blocklistFile: path()
      .optional()
      .describe('A file of passwords that nobody may choose, one a line, in addition to the few that are built in.'),
    history: z
      .int()
      .min(0)
      .max(24)
      .default(5)
      .describe('How many of the last passwords, the present one included, may not be chosen again.'),
    expireAfter: duration()
      .optional()
      .describe('A password is refused when it is older. Without it passwords do not expire, as NIST advises.'),
    warnBefore: duration()
      .prefault('14d')
      .describe('How long before it expires a login is told (password policy control).'),
    mustChangeAfterReset: z
      .boolean()
      .default(false)
      .describe('A password that somebody else has set has to be changed before anything else.'),
    oldRequired: z
      .boolean()
      .default(false)
      .describe('Who changes their own password has to give the old one with the change, not only to log in with it.'),
    rehash: z
      .boolean()
      .default(true)
      .describe(
        'After a login hash a password anew that is stored in an old form. Off while OpenLDAP consumers need the old one.',
      ),
  })
  .describe('Which passwords may be chosen, and how long they are good.');

export type PasswordPolicyOptions = z.output<typeof passwordPolicySchema>;

export interface PasswordProblem {
  readonly refusal: PolicyRefusal;
  /** For the person who chose it; says nothing about the password itself. */
  readonly message: string;
}

export class PasswordPolicy {
  readonly options: PasswordPolicyOptions;
  readonly #blocklist: Blocklist;

  constructor(options: PasswordPolicyOptions, blocklist: Blocklist) {
    this.options = options;
    this.#blocklist = blocklist;
  }

  /** What is wrong with a new password of somebody who is called `names`; undefined when nothing is. */
  judge(password: Secret, names: readonly string[]): PasswordProblem | undefined {
    const malformed = judgeText(password);
    if (malformed !== undefined) return malformed;
    const text = password.reveal();
    const { length } = this.options;
    if (characters(text) < length) {
      return { refusal: 'too-short', message: `a password needs at least ${length} characters` };
    }
    const folded = foldPassword(text);
    if (this.#blocklist.has(folded) || this.#blocklist.has(coreWord(folded))) {
      return { refusal: 'quality', message: 'this password is among the first that are tried' };
    }
    const unit = repeatedUnit(folded);
    if (unit.length < LEAST_LENGTH || this.#blocklist.has(unit) || isRun(folded)) {
      return { refusal: 'quality', message: 'this password only repeats or counts' };
    }
    if (characters(withoutNames(folded, names)) < LEAST_LENGTH) {
      const message = `a password needs at least ${LEAST_LENGTH} characters beside the name of its owner`;
      return { refusal: 'quality', message };
    }
    return undefined;
  }

  /** When a password that was set at `changedAt` is good no longer. */
  expiresAt(changedAt: Instant): Instant | undefined {
    const { expireAfter } = this.options;
    return expireAfter === undefined ? undefined : changedAt + expireAfter;
  }

  /** What a login with a right password is told about its age. */
  noticeOf(changedAt: Instant, now: Instant): PolicyNotice | undefined {
    const end = this.expiresAt(changedAt);
    if (end === undefined) return undefined;
    const left: Milliseconds = end - now;
    if (left <= 0) return { kind: 'expired' };
    return left <= this.options.warnBefore ? { kind: 'expires', in: left } : undefined;
  }
}

/** What no password can be, whatever the policy. */
export function judgeText(password: Secret): PasswordProblem | undefined {
  if (password.octets > LONGEST_PASSWORD) {
    return { refusal: 'too-long', message: `a password has at most ${LONGEST_PASSWORD} octets` };
  }
  const text = password.reveal();
  if (text.trim() === '') return { refusal: 'unusable', message: 'a password may not be empty or blank' };
  if (text.includes('\0') || !text.isWellFormed()) {
    return { refusal: 'unusable', message: 'a password has to be text without NUL' };
  }
  return undefined;
}

/** Unicode code points, as NIST counts. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** `abc` of `abcabcab`: what is left when a text that repeats itself is said once. */
function repeatedUnit(text: string): string {
  for (let length = 1; length * 2 <= text.length; length += 1) {
    if (text.startsWith(text.slice(length))) return text.slice(0, length);
  }
  return text;
}

/** `password` of `12password345!`: people take a word and add what a rule asks for. */
function coreWord(text: string): string {
  return /\p{L}.*\p{L}/su.exec(text)?.[0] ?? text;
}

/** Every character one after or one before the last, such as 123456789 and zyxwvutsr; 9 may go on with 0. */
function isRun(text: string): boolean {
  for (const step of [1, -1]) {
    let runs = true;
    for (let index = 1; runs && index < text.length; index += 1) {
      const [before, here] = [text.charCodeAt(index - 1), text.charCodeAt(index)];
      runs = here - before === step || here - before === step * -9;
    }
    if (runs) return true;
  }
  return false;
}

/** Names of three letters and less are in half of all words. */
const LEAST_NAME = 4;

function withoutNames(folded: string, names: readonly string[]): string {
  let left = folded;
  const parts = names.flatMap((name) => foldPassword(name).split(/[\s@.,]+/u));
  for (const part of parts.sort((one, other) => other.length - one.length)) {
    if (part.length >= LEAST_NAME) left = left.replaceAll(part, '');
  }
  return left;
}
