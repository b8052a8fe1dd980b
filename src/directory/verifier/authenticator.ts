/**
 * Authenticator says whether a password is that of an entry: the one way in for LDAP binds and for the realms.
 *
 * A disabled account is refused here, below every door. An app-bound password opens its service and nothing else; the person's
 * own opens all. A right password in an old form is hashed anew later, when there is time.
 *
 * INVARIANT: an answer is about the password and the account as they are when it is given: what was changed while a key
 * was derived is looked at again.
 * INVARIANT: every refusal costs one derivation, whatever its cause (security rule 7).
 */
import { type Clock, type Instant, type Logger, messageOf, type Secret } from '../../base/index.ts';
import {
  isToBeRehashed,
  type KeyDerivation,
  LONGEST_PASSWORD,
  type PasswordVerdict,
  schemeOf,
} from '../../password/index.ts';
import type { PasswordPolicy } from '../policy/password-policy.ts';
import type { PolicyNotice } from '../policy/policy-refusal.ts';
import type { AccountStatus, AccountView } from './account-status.ts';
import { type AppPasswordMatch, type AppPasswords, withUse } from './app-password.ts';
import type { RefusalSample } from './refusal-sample.ts';
import type { RehashQueue } from './rehash-queue.ts';
import type { VerifierWrite } from './verifier-plan.ts';
import { decodePassword, encodePassword, PASSWORD_SLOT, type PasswordRecord, verifierKey } from './verifier-record.ts';
import type { VerifierTable } from './verifier-table.ts';

/**
 * unknown-user   no such entry
 * no-password    it has none, or nothing that a password could match
 * disabled       it may not log in; its password was not even looked at
 * expired        the password was right, and is too old
 */
export type AuthenticationRefusal = 'unknown-user' | 'no-password' | 'wrong-password' | 'disabled' | 'expired';

export type Authentication =
  | {
      readonly kind: 'verified';
      /** What the credential is not good for; goes into the Asker. */
      readonly limit?: 'must-change' | 'app-password';
      readonly notice?: PolicyNotice;
    }
  | { readonly kind: 'refused'; readonly reason: AuthenticationRefusal; readonly notice?: PolicyNotice };

/** Verifies stored forms; `verifyAtOnce` where it can, so that a bind that derives nothing takes no promise. */
export type FormVerifier = Pick<KeyDerivation, 'verify'> & Partial<Pick<KeyDerivation, 'verifyAtOnce'>>;

export interface AuthenticationRequest {
  readonly now: Instant;
  /** The service that this login alone opens; app-bound passwords of other services do not fit. */
  readonly service?: string;
  /** What verifies, when somebody counts what is spent; otherwise the directory's own. */
  readonly passwords?: FormVerifier;
}

/** Writes verifiers in one transaction when `stillHolds` is true at its moment; false when it was not. */
export type CommitVerifiers = (writes: readonly VerifierWrite[], stillHolds: () => boolean) => Promise<boolean>;

export interface AuthenticatorPorts {
  readonly table: VerifierTable;
  readonly appPasswords: AppPasswords;
  readonly sample: RefusalSample;
  readonly rehash: RehashQueue;
  readonly keys: KeyDerivation;
  readonly view: AccountView;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly commit: CommitVerifiers;
  /** What the configuration says now. */
  readonly rules: () => { readonly policy: PasswordPolicy; readonly status: AccountStatus };
}

/** A password that is changed again and again while it is verified is not followed for ever. */
const MOST_ROUNDS = 3;
/** Nothing was derived; a quick digest counts as 0. */
const NOTHING = -1;

export class Authenticator {
  readonly #ports: AuthenticatorPorts;

  constructor(ports: AuthenticatorPorts) {
    this.#ports = ports;
  }

  /** As `verify`, and a refusal costs what a wrong password costs. Rejects with PASSWORD_BUSY when the queue is full. */
  authenticate(
    owner: Uint8Array | undefined,
    password: Secret,
    request: Omit<AuthenticationRequest, 'passwords'>,
  ): Authentication | Promise<Authentication> {
    const passwords = new SpendingVerifier(this.#ports.keys);
    const answer = this.verify(owner, password, { ...request, passwords });
    if (answer instanceof Promise) return answer.then((late) => this.#settle(late, passwords, password));
    return this.#settle(answer, passwords, password);
  }

  /**
   * Whether an account may log in that proved who it is without a password (a client certificate). Its password may be old:
   * only what an administrator has said about the account counts.
   */
  admit(owner: Uint8Array | undefined, now: Instant): Authentication {
    const { view, rules } = this.#ports;
    const entry = owner === undefined ? undefined : view.byUuid(owner);
    if (entry === undefined) return refused('unknown-user');
    const { status } = rules();
    if (status.isDisabled(view, entry, now)) return refused('disabled');
    return status.mustChange(view, entry, now) ? MUST_CHANGE : VERIFIED;
  }

  /**
   * Whether the password is that of the entry with this entryUUID; undefined when there is none of the name. What a refusal
   * has to cost beyond what was spent is the caller's to spend.
   */
  verify(
    owner: Uint8Array | undefined,
    password: Secret,
    request: AuthenticationRequest,
    round = 1,
  ): Authentication | Promise<Authentication> {
    const { view, table, appPasswords } = this.#ports;
    const entry = owner === undefined ? undefined : view.byUuid(owner);
    if (owner === undefined || entry === undefined) return refused('unknown-user');
    if (password.reveal().trim() === '' || round > MOST_ROUNDS) return refused('wrong-password');
    const { status } = this.#ports.rules();
    if (status.isDisabled(view, entry, request.now)) return refused('disabled');
    this.#ports.rehash.count();
    if (request.service !== undefined) {
      const match = appPasswords.match(owner, request.service, password);
      if (match !== undefined) return this.#acceptAppPassword(match, request.now);
    }
    const stored = table.get(verifierKey(owner, PASSWORD_SLOT));
    const record = stored === undefined ? undefined : decodePassword(stored);
    if (stored === undefined || record === undefined || record.forms.length === 0) return refused('no-password');
    const verdicts: PasswordVerdict[] = [];
    const passwords = request.passwords ?? this.#ports.keys;
    for (const [index, form] of record.forms.entries()) {
      const verdict = passwords.verifyAtOnce?.(form, password);
      if (verdict === 'mismatch' || verdict === 'unusable') {
        verdicts.push(verdict);
        continue;
      }
      const attempt: Attempt = { owner, password, request, generation: Buffer.from(stored), record, round };
      return verdict === 'match' ? this.#accept(attempt, form) : this.#derive(attempt, index, verdicts);
    }
    return refusedBy(verdicts);
  }

  async #derive(attempt: Attempt, from: number, verdicts: PasswordVerdict[]): Promise<Authentication> {
    const { owner, password, request, record, round } = attempt;
    const passwords = request.passwords ?? this.#ports.keys;
    for (const form of record.forms.slice(from)) {
      const verdict = await passwords.verify(form, password);
      if (!this.#isCurrent(attempt)) return this.verify(owner, password, request, round + 1);
      if (verdict === 'match') return this.#accept(attempt, form);
      verdicts.push(verdict);
    }
    return refusedBy(verdicts);
  }

  /** Whether neither password nor account are others than when the attempt began. */
  #isCurrent({ owner, generation, request }: Attempt): boolean {
    const { view, table } = this.#ports;
    const entry = view.byUuid(owner);
    const stored = table.get(verifierKey(owner, PASSWORD_SLOT));
    if (entry === undefined || stored === undefined || !generation.equals(stored)) return false;
    return !this.#ports.rules().status.isDisabled(view, entry, request.now);
  }

  #accept(attempt: Attempt, form: string): Authentication {
    const { owner, request, record } = attempt;
    const { view, rules } = this.#ports;
    const { policy, status } = rules();
    const notice = policy.noticeOf(record.changedAt, request.now);
    if (notice?.kind === 'expired') return { kind: 'refused', reason: 'expired', notice };
    this.#rehashLater(attempt, form, policy);
    const entry = view.byUuid(owner);
    if (entry !== undefined && status.mustChange(view, entry, request.now)) {
      return MUST_CHANGE;
    }
    return notice === undefined ? VERIFIED : { kind: 'verified', notice };
  }

  #rehashLater({ owner, password, generation, record }: Attempt, form: string, policy: PasswordPolicy): void {
    const { rehash, table, commit } = this.#ports;
    if (!policy.options.rehash || !rehash.hasRoom || !isToBeRehashed(form, password)) return;
    const key = verifierKey(owner, PASSWORD_SLOT);
    rehash.offer({
      owner: Buffer.from(owner).toString('latin1'),
      password,
      store: (fresh) => {
        const forms = record.forms.map((held) => (held === form ? fresh : held));
        const value = encodePassword({ ...record, forms });
        return commit([{ space: 'verifier', key, value }], () => table.get(key)?.equals(generation) === true);
      },
    });
  }

  #acceptAppPassword({ key, record }: AppPasswordMatch, now: Instant): Authentication {
    const { table, commit, logger } = this.#ports;
    const value = withUse(record, now);
    if (value !== undefined) {
      const generation = Buffer.from(table.get(key)!);
      commit([{ space: 'verifier', key, value }], () => table.get(key)?.equals(generation) === true).catch((error) => {
        logger.warn('the use of an app-bound password was not saved', { reason: messageOf(error) });
      });
    }
    return { kind: 'verified', limit: 'app-password' };
  }

  #settle(
    answer: Authentication,
    passwords: SpendingVerifier,
    password: Secret,
  ): Authentication | Promise<Authentication> {
    // A password that is too long for anybody costs nothing, whoever it is sent for.
    if (answer.kind === 'verified' || password.octets > LONGEST_PASSWORD) return answer;
    const { form } = this.#ports.sample;
    if (passwords.spent >= costOf(form)) return answer;
    return this.#ports.keys.verify(form, password).then(() => answer);
  }
}

interface Attempt {
  readonly owner: Uint8Array;
  readonly password: Secret;
  readonly request: AuthenticationRequest;
  /** The octets of the record, which are another whenever the password is. */
  readonly generation: Buffer;
  readonly record: PasswordRecord;
  readonly round: number;
}

/** Counts the costliest derivation that was spent. */
class SpendingVerifier implements FormVerifier {
  spent = NOTHING;
  readonly #keys: KeyDerivation;

  constructor(keys: KeyDerivation) {
    this.#keys = keys;
  }

  verifyAtOnce(stored: string, password: Secret): PasswordVerdict | undefined {
    return this.#keys.verifyAtOnce(stored, password);
  }

  async verify(stored: string, password: Secret): Promise<PasswordVerdict> {
    const verdict = await this.#keys.verify(stored, password);
    // An unusable form was found out without deriving anything.
    if (verdict !== 'unusable') this.spent = Math.max(this.spent, costOf(stored));
    return verdict;
  }
}

const VERIFIED: Authentication = { kind: 'verified' };
const MUST_CHANGE: Authentication = { kind: 'verified', limit: 'must-change', notice: { kind: 'must-change' } };

function refused(reason: AuthenticationRefusal): Authentication {
  return { kind: 'refused', reason };
}

function refusedBy(verdicts: readonly PasswordVerdict[]): Authentication {
  return refused(verdicts.includes('mismatch') ? 'wrong-password' : 'no-password');
}

function costOf(form: string): number {
  return schemeOf(form)?.cost ?? NOTHING;
}
