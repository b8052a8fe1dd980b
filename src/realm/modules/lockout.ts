/**
 * The `lockout` module refuses a name after repeated failures. It stands first, with flag requisite, so that a locked
 * name never reaches a password check.
 *
 * It only watches: it answers `ignored`, never success, and so lets nobody in. Its login reserves an attempt; commit
 * gives it back; abort keeps it as a failure when some source said that the credential was wrong, and gives it back
 * after an outage. A wrong credential at one source counts also while another source is down, because the guess was
 * evaluated; "no such user" then does not, because it may only mean that the right source was silent.
 */
import { z } from 'zod';
import { duration } from '../../config/index.ts';
import type { LockoutLedger } from '../lockout-ledger.ts';
import type { ParkableModule } from '../login-context.ts';
import type {
  AbortCause,
  LoginFailure,
  LoginModuleContext,
  LoginModuleDefinition,
  PhaseResult,
} from '../login-module.ts';
import { LOGIN_NAME, type LoginName } from '../login-name.ts';

/** The keys of the module beside those that every module has. */
export const lockoutModuleSchema = z.strictObject({
  use: z.literal('lockout').describe('Refuses a login name after repeated failures; stands first, flag requisite.'),
  failures: z.int().min(1).max(1_000).default(5).describe('How many failed logins lock a login name.'),
  within: duration()
    .optional()
    .describe('Counts the failures within this time, whatever succeeds in between; without it, failures in a row.'),
  lock: duration().prefault('30m').describe('How long a lock lasts, from the last failure on.'),
});

/** The ledger outlives the definition: a new configuration forgets no failure. */
export function lockoutModule(ledger: LockoutLedger): LoginModuleDefinition {
  return {
    use: 'lockout',
    domain: undefined,
    verifies: false,
    create: (context) => new LockoutLoginModule(ledger, context),
    start: () => ledger.load(),
  };
}

class LockoutLoginModule implements ParkableModule {
  readonly #ledger: LockoutLedger;
  readonly #context: LoginModuleContext;
  /** The name of which this login holds an attempt. */
  #held: string | undefined;
  /** The name that this login found locked. */
  #locked: string | undefined;
  #parked: string | undefined;

  constructor(ledger: LockoutLedger, context: LoginModuleContext) {
    this.#ledger = ledger;
    this.#context = context;
  }

  login(): PhaseResult | Promise<PhaseResult> {
    const name = (this.#context.shared.get(LOGIN_NAME) as LoginName | undefined)?.key;
    if (name === undefined) return 'ignored';
    if (!this.#context.counted) return this.#ledger.isLocked(name) ? LOCKED : 'ignored';
    const reservation = this.#ledger.reserve(name);
    if (reservation === 'busy') return this.#wait(name);
    return this.#take(name, reservation === 'reserved');
  }

  commit(): PhaseResult | Promise<PhaseResult> {
    const saved = this.#held === undefined ? undefined : this.#ledger.succeed(this.#held);
    this.#held = undefined;
    // A store that is down keeps nobody out whose password was right; the count is right in memory.
    return saved === undefined
      ? 'ignored'
      : saved.then(
          () => 'ignored',
          () => 'ignored',
        );
  }

  abort({ failures }: AbortCause): PhaseResult | Promise<PhaseResult> {
    const name = this.#held;
    const locked = this.#locked;
    this.#held = undefined;
    this.#locked = undefined;
    this.#parked = undefined;
    if (locked !== undefined) return this.#ledger.saveAgain(locked).then(() => 'ignored');
    if (name === undefined) return 'ignored';
    if (isWrongCredential(failures)) return this.#ledger.fail(name).then(() => 'ignored');
    this.#ledger.release(name);
    return 'ignored';
  }

  logout(): PhaseResult {
    return 'ignored';
  }

  park(): void {
    if (this.#held === undefined) return;
    this.#ledger.release(this.#held);
    this.#parked = this.#held;
    this.#held = undefined;
  }

  resume(): PhaseResult {
    const name = this.#parked;
    this.#parked = undefined;
    return name === undefined ? 'ignored' : this.#take(name, this.#ledger.reserve(name) === 'reserved');
  }

  async #wait(name: string): Promise<PhaseResult> {
    const reservation = await this.#ledger.wait(name, this.#context.signal);
    if (reservation === 'reserved' && this.#context.signal.aborted) {
      // The time was over in the same turn: nobody will end this attempt.
      this.#ledger.release(name);
      return BUSY;
    }
    return reservation === 'busy' ? BUSY : this.#take(name, reservation === 'reserved');
  }

  #take(name: string, reserved: boolean): PhaseResult {
    if (!reserved) {
      this.#locked = name;
      return LOCKED;
    }
    this.#held = name;
    return 'ignored';
  }
}

const LOCKED: LoginFailure = { kind: 'failure', reason: 'locked', detail: 'too many failed logins of this name' };
const BUSY: LoginFailure = { kind: 'failure', reason: 'unavailable', detail: 'too many logins of this name at a time' };

function isWrongCredential(failures: AbortCause['failures']): boolean {
  // Whoever knows the password guessed nothing.
  if (failures.includes('must-change')) return false;
  if (failures.includes('wrong-credential') || failures.includes('disabled')) return true;
  return failures.includes('unknown-user') && !failures.includes('unavailable') && !failures.includes('error');
}
