/**
 * FailureLog writes one plain line a failed login to `auth-failures.log`, for fail2ban and its like:
 *
 *   2026-11-22T09:00:00Z realmgate: authentication failure; name="bob" client=192.0.2.7 realm=staff service=portal id=…
 *
 * INVARIANT: what a client sends stands only between the two quotes of `name`, without quotes, equal signs or control
 * characters, so it can forge neither a line nor an address. `client` is an address or `unknown`.
 */
import { closeSync, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { type Clock, type Logger, messageOf } from '../base/index.ts';
import type { AttemptRecord } from './record.ts';

export const FAILURE_LOG = 'auth-failures.log';

const LONGEST_NAME = 128;
const LARGEST_FILE = 16 * 1024 * 1024;
/** Anything but letters, digits, blanks and the punctuation of names and addresses. */
const UNSAFE = /[^\p{L}\p{N} .,:;@/+_\-*#~()]/gu;

export interface FailureLogOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class FailureLog {
  readonly #options: FailureLogOptions;
  readonly #path: string;
  #fd: number | undefined;
  #failed = false;

  constructor(options: FailureLogOptions) {
    this.#options = options;
    this.#path = join(options.folder, FAILURE_LOG);
  }

  /** Writes the line of a refused attempt. A fault here is logged and refuses nobody: the trail has the record. */
  write(attempt: AttemptRecord): void {
    try {
      this.#fd ??= openSync(this.#path, 'a', 0o600);
      writeSync(this.#fd, failureLine(attempt, this.#options.clock));
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) {
        this.#options.logger.error('cannot write the log of failed logins', {
          file: this.#path,
          error: messageOf(error),
        });
      }
      this.#failed = true;
      this.close();
    }
  }

  /** Follows a rotation by another program, and rotates by itself when the file is large: one old file is kept. */
  tidy(): void {
    if (this.#fd === undefined) return;
    try {
      const { ino, size } = fstatSync(this.#fd);
      const there = statSync(this.#path, { throwIfNoEntry: false });
      if (there?.ino === ino && size < LARGEST_FILE) return;
      if (there?.ino === ino) renameSync(this.#path, `${this.#path}.1`);
    } catch (error) {
      this.#options.logger.warn('cannot rotate the log of failed logins', { error: messageOf(error) });
    }
    this.close();
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** True for an attempt that speaks against its client: an outage or a request without a credential does not. */
export function isFailure(attempt: AttemptRecord): boolean {
  return attempt.outcome === 'refused' && attempt.reason !== 'missing-credential' && attempt.reason !== 'error';
}

function failureLine(attempt: AttemptRecord, clock: Clock): string {
  const { name = '', client = '', realm, service = '-', id } = attempt;
  const second = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
  const address = isIP(client) === 0 ? 'unknown' : client;
  return `${second} realmgate: authentication failure; name="${plain(name)}" client=${address} realm=${word(realm)} service=${word(service)} id=${id}\n`;
}

function plain(name: string): string {
  const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  return shown.replace(UNSAFE, (unsafe) => (unsafe === '\\' ? '\\\\' : escapeUnits(unsafe)));
}

function word(text: string): string {
  return plain(text).replaceAll(' ', '\\u0020');
}

function escapeUnits(text: string): string {
  let escaped = '';
  for (let unit = 0; unit < text.length; unit++) {
    escaped += `\\u${text.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
