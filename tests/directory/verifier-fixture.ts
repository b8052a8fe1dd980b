/** Verifiers over accounts that a test makes, without a tree: what an entry says about its account is a map. */
import { createHash } from 'node:crypto';
import { type Instant, type Random, Secret, silentLogger, systemRandom } from '../../src/base/index.ts';
import {
  AccountStatus,
  builtInBlocklist,
  type DisabledWhen,
  PasswordPolicy,
  type PasswordPolicyOptions,
  passwordPolicySchema,
  type VerifierPlan,
  type VerifierRefusal,
  Verifiers,
  type VerifierWrite,
} from '../../src/directory/index.ts';
import { standardSchema } from '../../src/directory/schema/standard-schema.ts';
import { encodePassword, verifierKey } from '../../src/directory/verifier/verifier-record.ts';
import { createKeyDerivation, type KeyDerivation, rememberMatches } from '../../src/password/index.ts';
import type { AttributeType, Schema } from '../../src/x500/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

export interface CountedKeys extends KeyDerivation {
  /** Verifications that took a derivation, by stored form. */
  readonly derived: string[];
  readonly hashed: number;
}

/** The real pool, counting what it derives. */
export function countedKeys(clock: ManualClock, random: Random = systemRandom): CountedKeys {
  const keys = createKeyDerivation({ clock, random });
  const derived: string[] = [];
  let hashed = 0;
  return {
    derived,
    get hashed() {
      return hashed;
    },
    get isIdle() {
      return keys.isIdle;
    },
    verifyAtOnce: (stored, password) => keys.verifyAtOnce(stored, password),
    verify: (stored, password) => {
      if (keys.verifyAtOnce(stored, password) === undefined) derived.push(stored);
      return keys.verify(stored, password);
    },
    hash: (password) => {
      hashed += 1;
      return keys.hash(password);
    },
    close: () => keys.close(),
  };
}

export class Accounts {
  readonly clock = new ManualClock();
  readonly schema: Schema;
  readonly keys: CountedKeys;
  readonly verifiers: Verifiers;
  /** What was committed in the background. */
  readonly commits: VerifierWrite[][] = [];
  readonly #entries = new Map<string, Map<string, string[]>>();
  readonly #numbers: string[] = [];

  constructor(policy: Partial<PasswordPolicyOptions> = {}, disabledWhen: DisabledWhen = []) {
    const parsed = standardSchema();
    if (parsed.kind !== 'parsed') throw new Error('the standard schema does not parse');
    this.schema = parsed.schema;
    this.keys = countedKeys(this.clock);
    this.verifiers = new Verifiers({
      clock: this.clock,
      random: systemRandom,
      logger: silentLogger,
      keys: rememberMatches(this.keys, { clock: this.clock, random: systemRandom }),
      view: {
        byUuid: (uuid) => {
          const number = this.#numbers.indexOf(Buffer.from(uuid).toString('hex'));
          return number < 0 ? undefined : number;
        },
        attribute: (entry: number, type: AttributeType) =>
          (this.#entries.get(this.#numbers[entry]!)?.get(type.name) ?? []).map((value) => Buffer.from(value)),
      },
      policy: new PasswordPolicy({ ...passwordPolicySchema.parse({}), ...policy }, builtInBlocklist()),
      status: new AccountStatus(this.schema, disabledWhen),
      commit: async (writes, stillHolds) => {
        await Promise.resolve();
        if (!stillHolds()) return false;
        this.commits.push([...writes]);
        this.verifiers.apply(writes);
        return true;
      },
    });
  }

  /** A new account; `form` is what it has stored. */
  add(form?: string | readonly string[], changedAt: Instant = this.clock.now()): Uint8Array {
    const uuid = systemRandom.bytes(16);
    const hex = Buffer.from(uuid).toString('hex');
    this.#numbers.push(hex);
    this.#entries.set(hex, new Map());
    if (form !== undefined) this.store(uuid, form, changedAt);
    return uuid;
  }

  store(uuid: Uint8Array, form: string | readonly string[], changedAt: Instant = this.clock.now()): void {
    const value = encodePassword({ changedAt, forms: [form].flat(), history: [] });
    this.verifiers.apply([{ space: 'verifier', key: verifierKey(uuid, 0), value }]);
  }

  set(uuid: Uint8Array, attribute: string, ...values: string[]): void {
    this.#entries.get(Buffer.from(uuid).toString('hex'))!.set(attribute, values);
  }

  remove(uuid: Uint8Array): void {
    this.#numbers[this.#numbers.indexOf(Buffer.from(uuid).toString('hex'))] = '';
    this.verifiers.apply(this.verifiers.planRemoval(uuid));
  }

  /** `verified`, with its limit, or the reason of the refusal. */
  async login(uuid: Uint8Array | undefined, password: string, service?: string): Promise<string> {
    const request = { now: this.clock.now(), ...(service !== undefined && { service }) };
    const answer = await this.verifiers.authenticate(uuid, new Secret(password), request);
    if (answer.kind === 'refused') return answer.reason;
    return answer.limit === undefined ? 'verified' : `verified ${answer.limit}`;
  }

  /** Makes a plan and applies what it writes: what a transaction would do. */
  async change(plan: Promise<VerifierPlan | VerifierRefusal>): Promise<string> {
    const planned = await plan;
    if (planned.kind === 'refused') return planned.refusal;
    this.verifiers.apply(planned.writes);
    return 'done';
  }

  async close(): Promise<void> {
    this.verifiers.close();
    await this.keys.close();
  }
}

/** A salted digest of the password, as LDAP servers of old have it. */
export function ssha(password: string, salt = 'NaCl'): string {
  const digest = createHash('sha1').update(password).update(salt).digest();
  return `{SSHA}${Buffer.concat([digest, Buffer.from(salt)]).toString('base64')}`;
}

/** Waits for work in the background, at most ten seconds: a busy machine takes its time. */
export async function settled(done: () => boolean): Promise<void> {
  for (let times = 0; times < 1000 && !done(); times += 1) await new Promise((resolve) => setTimeout(resolve, 10));
}
