/**
 * KeyDerivation verifies passwords against stored forms and hashes new ones, in a bounded pool off the main thread.
 *
 * bcrypt, argon2 and PBKDF2 run on libuv's threads, the crypt(3) schemes in one worker thread, digests of microseconds where
 * they are asked for. Nothing is remembered between two verifications. Those threads give way to the main one.
 * See docs/decisions/0004-password-hash.md.
 */
import { timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import {
  type Clock,
  CodedError,
  type Logger,
  type Random,
  type Secret,
  silentLogger,
  unreachable,
} from '../base/index.ts';
import { type Argon2Engine, formatArgon2, loadArgon2 } from './argon2.ts';
import { bcryptMatches } from './bcrypt.ts';
import { CryptThread } from './crypt-thread.ts';
import { DerivationQueue } from './derivation-queue.ts';
import { isQuick, quickMatches } from './digest.ts';
import { pbkdf2Matches } from './pbkdf2.ts';
import { STANDARD, STANDARD_SALT_OCTETS, STANDARD_TAG_OCTETS } from './scheme.ts';
import { type Argon2Form, type CostlyForm, parseStoredForm, type ThreadForm } from './stored-form.ts';
import { lowerPoolPriority } from './thread-priority.ts';

/** The longest password that anything is spent on, in UTF-8 octets. */
export const LONGEST_PASSWORD = 4096;

/**
 * match     the password is the stored one
 * mismatch  it is not
 * unusable  nothing can match: a locked, broken, cut or unknown form, one too costly to try, or one that needs the
 *           system's crypt(3) where that is missing
 */
export type PasswordVerdict = 'match' | 'mismatch' | 'unusable';

export interface KeyDerivation {
  /**
   * Verifies `password` against a stored form. A password that is longer than LONGEST_PASSWORD, or holds a NUL
   * character or half a surrogate pair, is a `mismatch` at once: C libraries stop at NUL and UTF-8 has no form for
   * half a pair, so that different passwords could become the same octets.
   *
   * Rejects with PASSWORD_BUSY when too many wait, PASSWORD_THREAD_LOST when the crypt thread died, and
   * PASSWORD_CLOSED after close. Rejects never mean that the password was wrong.
   */
  verify(stored: string, password: Secret): Promise<PasswordVerdict>;
  /**
   * The verdict where nothing has to be derived for it: a digest, a form that nothing can match, a password that cannot
   * be one, a match that is remembered. Undefined where `verify` has to be asked.
   */
  verifyAtOnce(stored: string, password: Secret): PasswordVerdict | undefined;
  /**
   * The standard form of a new password: argon2id as a PHC string.
   *
   * Rejects with PASSWORD_UNACCEPTABLE for a password that could never be verified (empty, longer than
   * LONGEST_PASSWORD, with a NUL character or half a surrogate pair), else as `verify`.
   */
  hash(password: Secret): Promise<string>;
  /** True while nothing is derived and nothing waits: the moment for what is not urgent. */
  readonly isIdle: boolean;
  /** Refuses what waits and ends the crypt thread. */
  close(): Promise<void>;
}

export interface KeyDerivationOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger?: Logger;
  /**
   * How many derivations run at a time. Default: one core less than the machine has, at least 1 and at most 3,
   * because libuv has 4 threads and the file system needs one of them.
   */
  readonly concurrency?: number;
  /** How many derivations may wait for their turn. Default 256. */
  readonly queueLimit?: number;
}

const DEFAULT_QUEUE_LIMIT = 256;

export function createKeyDerivation(options: KeyDerivationOptions): KeyDerivation {
  return new PooledKeyDerivation(options);
}

function defaultConcurrency(): number {
  return Math.min(3, Math.max(1, availableParallelism() - 1));
}

class PooledKeyDerivation implements KeyDerivation {
  readonly #random: Random;
  readonly #logger: Logger;
  readonly #queue: DerivationQueue;
  readonly #thread: CryptThread;
  #argon2: Promise<Argon2Engine> | undefined;
  #saidThatLibcryptIsMissing = false;
  #hasLoweredPool = false;

  constructor(options: KeyDerivationOptions) {
    this.#random = options.random;
    this.#logger = options.logger ?? silentLogger;
    const concurrency = options.concurrency ?? defaultConcurrency();
    this.#queue = new DerivationQueue(options.clock, concurrency, options.queueLimit ?? DEFAULT_QUEUE_LIMIT);
    this.#thread = new CryptThread(options.clock);
  }

  async verify(stored: string, password: Secret): Promise<PasswordVerdict> {
    const asked = askedOf(stored, password.reveal());
    return typeof asked === 'string' ? asked : this.#derive(asked, password.reveal());
  }

  verifyAtOnce(stored: string, password: Secret): PasswordVerdict | undefined {
    const asked = askedOf(stored, password.reveal());
    return typeof asked === 'string' ? asked : undefined;
  }

  async hash(password: Secret): Promise<string> {
    const text = password.reveal();
    if (text.length === 0 || !isVerifiable(text)) {
      throw new CodedError(
        'PASSWORD_UNACCEPTABLE',
        `a password must have 1 to ${LONGEST_PASSWORD} octets, no NUL character and be well-formed Unicode`,
      );
    }
    const salt = this.#random.bytes(STANDARD_SALT_OCTETS);
    const tag = await this.#inPool(async () =>
      (await this.#engine())(Buffer.from(text), { ...STANDARD, salt, tagLength: STANDARD_TAG_OCTETS }),
    );
    if (tag === undefined) throw new CodedError('PASSWORD_ENGINE', 'the argon2 engine does not know its version');
    return formatArgon2({ ...STANDARD, salt, tag });
  }

  get isIdle(): boolean {
    return this.#queue.isIdle;
  }

  async close(): Promise<void> {
    this.#queue.close();
    await this.#thread.close();
  }

  async #derive(form: CostlyForm, password: string): Promise<PasswordVerdict> {
    switch (form.scheme) {
      case 'argon2id':
      case 'argon2i':
      case 'argon2d':
        return this.#inPool(() => this.#verifyArgon2(form, password));
      case 'bcrypt':
        return verdict(await this.#inPool(() => bcryptMatches(form, Buffer.from(password))));
      case 'md5-crypt':
      case 'apr1':
      case 'sha256-crypt':
      case 'sha512-crypt':
      case 'des-crypt':
      case 'yescrypt':
        return this.#queue.run(() => this.#verifyInThread(form, password));
      case 'pbkdf2-sha1':
      case 'pbkdf2-sha256':
      case 'pbkdf2-sha512':
        return verdict(await this.#inPool(() => pbkdf2Matches(form, Buffer.from(password))));
      default:
        return unreachable(form);
    }
  }

  /** Runs on libuv's threads, which the first derivation has brought to life. */
  #inPool<Result>(derive: () => Promise<Result>): Promise<Result> {
    return this.#queue.run(async () => {
      const result = await derive();
      if (!this.#hasLoweredPool) lowerPoolPriority();
      this.#hasLoweredPool = true;
      return result;
    });
  }

  async #verifyArgon2(form: Argon2Form, password: string): Promise<PasswordVerdict> {
    const derive = await this.#engine();
    const tag = await derive(Buffer.from(password), { ...form, tagLength: form.tag.length });
    return tag === undefined ? 'unusable' : verdict(timingSafeEqual(tag, form.tag));
  }

  async #verifyInThread(form: ThreadForm, password: string): Promise<PasswordVerdict> {
    const answer = await this.#thread.verify(form, password);
    if (answer === 'match' || answer === 'mismatch') return answer;
    if (answer === 'no-libcrypt' && !this.#saidThatLibcryptIsMissing) {
      this.#saidThatLibcryptIsMissing = true;
      this.#logger.warn('DES and yescrypt passwords cannot be verified: install libcrypt.so.1 and the package koffi', {
        scheme: form.scheme,
      });
    }
    return 'unusable';
  }

  #engine(): Promise<Argon2Engine> {
    this.#argon2 ??= loadArgon2();
    return this.#argon2;
  }
}

/** The verdict, or the form that a key has to be derived for. */
function askedOf(stored: string, password: string): PasswordVerdict | CostlyForm {
  const form = parseStoredForm(stored);
  if (form === undefined) return 'unusable';
  if (!isVerifiable(password)) return 'mismatch';
  return isQuick(form) ? verdict(quickMatches(form, password)) : form;
}

function verdict(matches: boolean): PasswordVerdict {
  return matches ? 'match' : 'mismatch';
}

/** The length in UTF-16 units is looked at first, so that ten megabytes are not even walked. */
function isVerifiable(password: string): boolean {
  return (
    password.length <= LONGEST_PASSWORD &&
    Buffer.byteLength(password) <= LONGEST_PASSWORD &&
    !password.includes('\0') &&
    password.isWellFormed()
  );
}
