/**
 * The `totp` login module: a one-time code as the second factor (RFC 6238: SHA-1, 30 seconds, 6 digits) for a user
 * whom another module of the same login has verified already.
 *
 * A code alone admits nobody: the module does not count as verifying, and without a verified user it fails, also when
 * it stands before the module that verifies. A code is good once: whoever looks over a shoulder is half a minute late.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock, Instant, Logger } from '../../base/index.ts';
import { path } from '../../config/index.ts';
import type { OneTimeCodeCallback } from '../callbacks.ts';
import type { LoginModule, LoginModuleContext, LoginModuleDefinition, PhaseResult } from '../login-module.ts';
import { loginFailure } from '../phase-answer.ts';
import type { LineFinding, LineReader } from './line-splitter.ts';
import { type VerifiedUser, verifiedUser } from './shared-state.ts';
import { SourceFile } from './source-file.ts';

export const totpModuleSchema = z.strictObject({
  use: z.literal('totp').describe('Asks users whom an earlier module verified for a code of their authenticator app.'),
  secretsFile: path().describe(
    'Lines name:SECRET with the secret in base32; a name may be DOMAIN\\user, which goes before the bare name.',
  ),
  window: z.int().min(0).max(2).default(1).describe('How many steps of 30 seconds a clock may be off, either way.'),
});

export type TotpOptions = z.output<typeof totpModuleSchema>;

/** Remembers which codes were used. One for all workers and nodes, or a code is good once on each. */
export interface UsedCodes {
  /**
   * True for exactly one caller for each user and time step, whoever asks first; to be remembered for five minutes.
   * A rejection refuses the login.
   */
  use(user: VerifiedUser, step: number): Promise<boolean>;
}

export interface TotpPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly usedCodes: UsedCodes;
}

const STEP_SECONDS = 30;
const DIGITS = 6;
const LONGEST_LINE = 8 * 1024;

/** Makes the definition of a `totp` module. */
export function totpModule(options: TotpOptions, ports: TotpPorts): LoginModuleDefinition {
  const { clock, logger } = ports;
  const reader = () => new TotpSecretsReader();
  const source = new SourceFile({ path: options.secretsFile, reader, longestLine: LONGEST_LINE, clock, logger });
  return {
    use: 'totp',
    domain: undefined,
    verifies: false,
    create: (context) => new TotpLoginModule(context, options, ports, source),
    start: () => source.start(),
    close: async () => source.close(),
  };
}

class TotpLoginModule implements LoginModule {
  readonly #context: LoginModuleContext;
  readonly #options: TotpOptions;
  readonly #ports: TotpPorts;
  readonly #source: SourceFile<TotpSecrets>;
  #succeeded = false;

  constructor(context: LoginModuleContext, options: TotpOptions, ports: TotpPorts, source: SourceFile<TotpSecrets>) {
    this.#context = context;
    this.#options = options;
    this.#ports = ports;
    this.#source = source;
  }

  async login(): Promise<PhaseResult> {
    const user = verifiedUser(this.#context.shared);
    if (user === undefined) return loginFailure('missing-credential', 'no module before this one verified a user');
    const secrets = this.#source.content;
    if (secrets === undefined) return loginFailure('unavailable', 'secretsFile could never be read');
    const secret = secrets.get(`${user.domain}\\${user.name}`) ?? secrets.get(user.name);
    if (secret === undefined) return loginFailure('unknown-user', 'secretsFile has no secret for this user');
    const callback: OneTimeCodeCallback = { kind: 'one-time-code', factor: 'totp' };
    await this.#context.handler([callback]);
    if (callback.code === undefined) return loginFailure('missing-credential', 'no one-time code was sent');
    // Read now, not at the start of the login: the code may have taken its user two minutes.
    const step = matchingStep(secret, callback.code, this.#ports.clock.now(), this.#options.window);
    if (step === undefined) return loginFailure('wrong-credential', 'the one-time code is wrong or over');
    if (this.#context.signal.aborted) return loginFailure('unavailable', 'the code came too late');
    if (!(await this.#ports.usedCodes.use(user, step))) {
      return loginFailure('wrong-credential', 'the one-time code has been used before');
    }
    this.#succeeded = true;
    return 'success';
  }

  commit(): PhaseResult {
    return this.#succeeded ? 'success' : 'ignored';
  }

  abort(): PhaseResult {
    return this.#forget();
  }

  logout(): PhaseResult {
    return this.#forget();
  }

  #forget(): PhaseResult {
    const had = this.#succeeded;
    this.#succeeded = false;
    return had ? 'success' : 'ignored';
  }
}

/** The time step, within `window` of `now`, whose code this is; undefined for a wrong code. */
export function matchingStep(secret: Uint8Array, code: string, now: Instant, window: number): number | undefined {
  if (!/^[0-9]{6}$/.test(code)) return undefined;
  const current = Math.floor(now / 1000 / STEP_SECONDS);
  let found: number | undefined;
  for (let step = Math.max(0, current - window); step <= current + window; step++) {
    if (timingSafeEqual(Buffer.from(codeOf(secret, step)), Buffer.from(code))) found = step;
  }
  return found;
}

/** HOTP of a time step (RFC 4226, section 5.3). */
function codeOf(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac.at(-1)! & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** The key of each `user` or `DOMAIN\user`. */
export type TotpSecrets = ReadonlyMap<string, Uint8Array>;

export class TotpSecretsReader implements LineReader<TotpSecrets> {
  readonly #secrets = new Map<string, Uint8Array>();

  take(text: string): LineFinding | undefined {
    const line = text.trim();
    if (line === '' || line.startsWith('#')) return undefined;
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    const secret = fromBase32(line.slice(colon + 1));
    if (name === '' || secret === undefined)
      return { kind: 'broken', what: 'is not name:SECRET with 16 or more base32 characters' };
    if (this.#secrets.has(name)) return { kind: 'noted', what: 'repeats a name; the first line decides' };
    this.#secrets.set(name, secret);
    return undefined;
  }

  content(): TotpSecrets {
    return this.#secrets;
  }
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const LEAST_SECRET_OCTETS = 10;

/** Base32 of RFC 4648 in either case, padded or not; undefined for anything else and for less than 80 bits. */
function fromBase32(text: string): Uint8Array | undefined {
  const digits = text.replace(/={0,6}$/, '').toUpperCase();
  if (!/^[A-Z2-7]{16,}$/.test(digits)) return undefined;
  const octets: number[] = [];
  let [bits, value] = [0, 0];
  for (const digit of digits) {
    value = ((value << 5) | BASE32.indexOf(digit)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      octets.push((value >>> bits) & 0xff);
    }
  }
  return octets.length >= LEAST_SECRET_OCTETS ? Uint8Array.from(octets) : undefined;
}
