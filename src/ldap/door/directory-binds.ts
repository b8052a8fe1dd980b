/**
 * DirectoryBinds verifies binds against the directory of this process: name, entry, lockout, password, record, answer.
 *
 * A bind that needs no key derivation and no waiting is answered without a promise.
 *
 * INVARIANT: an attempt is reserved at the lockout before its password is looked at, and ends there before it is
 * answered; it is in the audit trail before it is answered, and a trail that takes nothing lets nobody in.
 * INVARIANT: unknown, locked and disabled cost the derivation that a wrong password costs, and look like it.
 */
import type { AttemptRecord, AuditId, AuditTrail } from '../../audit/index.ts';
import { type Clock, CodedError, type Instant, type Milliseconds } from '../../base/index.ts';
import {
  type Authentication,
  type AuthenticationRefusal,
  LDAP_SERVICE,
  type Verifiers,
} from '../../directory/index.ts';
import { canonicalLoginName, type LockoutLedger } from '../../realm/index.ts';
import { type AttributeType, parseDistinguishedName, type Schema } from '../../x500/index.ts';
import type { BindAttempt, BindAuthority, BindName, BindOutcome } from './bind-authority.ts';

/** The realm whose directory module the binds stand for. */
export interface BindRealm {
  readonly name: string;
  /** The login domain of its directory module. */
  readonly domain: string;
  /** The count of its lockout module, when it has one. */
  readonly lockout: LockoutLedger | undefined;
}

/** What is read of the directory. */
export interface BindDirectory {
  readonly schema: Pick<Schema, 'attributeType'>;
  readonly view: {
    findText(name: Uint8Array): number | undefined;
    uuid(entry: number): Uint8Array;
    dnText(entry: number): string;
    attribute(entry: number, type: AttributeType, now: Instant): readonly Uint8Array[];
    holder(type: AttributeType, normalized: Uint8Array): Iterable<number>;
  };
  readonly logins: { find(name: string): number | undefined };
  readonly verifiers: Pick<Verifiers, 'authenticate' | 'admit'>;
}

export interface DirectoryBindsPorts {
  readonly clock: Clock;
  readonly trail: AuditTrail;
  readonly directory: () => BindDirectory;
  readonly realm: () => BindRealm;
}

/** How long a bind waits while as many attempts of its name are under way as may still fail. */
const LONGEST_WAIT: Milliseconds = 10_000;

const REASON: Readonly<Record<AuthenticationRefusal, string>> = {
  'unknown-user': 'unknown-user',
  'no-password': 'wrong-credential',
  'wrong-password': 'wrong-credential',
  disabled: 'disabled',
  expired: 'expired',
};

export function createDirectoryBinds(ports: DirectoryBindsPorts): BindAuthority {
  return new DirectoryBinds(ports);
}

/** One bind on its way. */
interface Bind {
  readonly id: AuditId;
  readonly attempt: BindAttempt;
  readonly realm: BindRealm;
  readonly directory: BindDirectory;
  readonly began: Milliseconds;
  readonly now: Instant;
  readonly entry: number | undefined;
  readonly uuid: Uint8Array | undefined;
  /** The name of the entry. */
  readonly dn: string | undefined;
  /** The login name, as the entry spells it. */
  readonly user: string | undefined;
  /** What lockout and audit go by; undefined when the name can be nobody's. */
  readonly key: string | undefined;
}

class DirectoryBinds implements BindAuthority {
  readonly #ports: DirectoryBindsPorts;

  constructor(ports: DirectoryBindsPorts) {
    this.#ports = ports;
  }

  bind(attempt: BindAttempt): BindOutcome | Promise<BindOutcome> {
    const bind = this.#begin(attempt);
    const { password, name } = attempt;
    if (bind.entry === undefined && name.by === 'dn' && !isName(name.octets)) {
      return { kind: 'malformed', id: this.#record(bind, 'refused', 'malformed-name') };
    }
    if (password?.isEmpty === true) return { kind: 'empty', id: this.#record(bind, 'refused', 'empty-password') };
    const { lockout } = bind.realm;
    if (lockout === undefined || bind.key === undefined) return this.#verify(bind);
    switch (lockout.reserve(bind.key)) {
      case 'reserved':
        return this.#verify(bind);
      case 'locked':
        return this.#locked(bind, lockout, bind.key);
      case 'busy':
        return this.#wait(bind, lockout, bind.key);
    }
  }

  #begin(attempt: BindAttempt): Bind {
    const { clock, trail } = this.#ports;
    const directory = this.#ports.directory();
    const now = clock.now();
    const entry = find(directory, attempt.name);
    const dn = entry === undefined ? undefined : directory.view.dnText(entry);
    const user = entry === undefined || dn === undefined ? undefined : userOf(directory, entry, dn, now);
    return {
      id: trail.newId(),
      attempt,
      realm: this.#ports.realm(),
      directory,
      began: clock.monotonic(),
      now,
      entry,
      uuid: entry === undefined ? undefined : directory.view.uuid(entry),
      dn,
      user,
      key: canonicalLoginName(user ?? textOf(attempt.name))?.key,
    };
  }

  #verify(bind: Bind): BindOutcome | Promise<BindOutcome> {
    const { attempt, directory, now, uuid } = bind;
    const { verifiers } = directory;
    let answer: Authentication | Promise<Authentication>;
    try {
      answer =
        attempt.password === undefined
          ? verifiers.admit(uuid, { now })
          : verifiers.authenticate(uuid, attempt.password, { now, service: LDAP_SERVICE });
    } catch (error) {
      return this.#failed(bind, error);
    }
    if (!(answer instanceof Promise)) return this.#settle(bind, answer);
    return answer.then(
      (late) => this.#settle(bind, late),
      (error: unknown) => this.#failed(bind, error),
    );
  }

  #settle(bind: Bind, answer: Authentication): BindOutcome | Promise<BindOutcome> {
    return answer.kind === 'verified' ? this.#admit(bind, answer) : this.#refuse(bind, answer);
  }

  #admit(bind: Bind, answer: Authentication & { kind: 'verified' }): BindOutcome | Promise<BindOutcome> {
    const { key, realm, uuid, dn } = bind;
    const saved = key === undefined ? undefined : realm.lockout?.succeed(key);
    const { limit, notice } = answer;
    const outcome: BindOutcome = {
      kind: 'bound',
      uuid: uuid!,
      dn: dn!,
      ...(limit && { limit }),
      ...(notice && { notice }),
    };
    if (saved === undefined) {
      this.#record(bind, 'authenticated', undefined);
      return outcome;
    }
    // A store that is down keeps nobody out whose password was right; the count is right in memory.
    const admit = () => {
      this.#record(bind, 'authenticated', undefined);
      return outcome;
    };
    return saved.then(admit, admit);
  }

  #refuse(bind: Bind, { reason, notice }: Authentication & { kind: 'refused' }): BindOutcome | Promise<BindOutcome> {
    const { key, realm } = bind;
    const answer = (): BindOutcome => {
      const id = this.#record(bind, 'refused', REASON[reason]);
      return notice === undefined ? { kind: 'refused', id } : { kind: 'refused', id, notice };
    };
    if (key === undefined || realm.lockout === undefined) return answer();
    // Whoever knows the password guessed nothing.
    if (reason !== 'expired') return realm.lockout.fail(key).then(answer);
    realm.lockout.release(key);
    return answer();
  }

  /** Costs what a wrong password costs, and the save of its count too. */
  async #locked(bind: Bind, lockout: LockoutLedger, key: string): Promise<BindOutcome> {
    const { attempt, directory, now } = bind;
    if (attempt.password !== undefined) {
      try {
        await directory.verifiers.authenticate(undefined, attempt.password, { now, service: LDAP_SERVICE });
      } catch (error) {
        return this.#busy(bind, error);
      }
    }
    await lockout.saveAgain(key);
    return { kind: 'refused', id: this.#record(bind, 'refused', 'locked') };
  }

  async #wait(bind: Bind, lockout: LockoutLedger, key: string): Promise<BindOutcome> {
    const giveUp = new AbortController();
    const timer = this.#ports.clock.after(LONGEST_WAIT, () => giveUp.abort());
    const reservation = await lockout.wait(key, giveUp.signal);
    timer.cancel();
    if (reservation === 'busy') return { kind: 'busy', id: this.#record(bind, 'unavailable', 'unavailable') };
    return reservation === 'locked' ? this.#locked(bind, lockout, key) : this.#verify(bind);
  }

  /** Nothing is known: that is no failure of the name's. */
  #failed(bind: Bind, error: unknown): BindOutcome {
    if (bind.key !== undefined) bind.realm.lockout?.release(bind.key);
    return this.#busy(bind, error);
  }

  #busy(bind: Bind, error: unknown): BindOutcome {
    const id = this.#record(bind, 'unavailable', 'unavailable');
    if (error instanceof CodedError && error.code === 'PASSWORD_BUSY') return { kind: 'busy', id };
    throw error;
  }

  /** Returns the id of the record that speaks for the attempt. Throws when the trail takes none. */
  #record(bind: Bind, outcome: AttemptRecord['outcome'], reason: string | undefined): AuditId {
    const { id, attempt, realm, began, key, user } = bind;
    const isBound = outcome === 'authenticated';
    const ms = Math.round((this.#ports.clock.monotonic() - began) * 100) / 100;
    const use = attempt.password === undefined ? 'certificate' : 'directory';
    const step = { position: 1, use, domain: realm.domain, flag: 'required', ms } as const;
    return this.#ports.trail.append({
      kind: 'attempt',
      id,
      door: 'ldap',
      realm: realm.name,
      ...(key !== undefined && { name: key }),
      client: attempt.client,
      modules: [reason === undefined ? { ...step, result: 'success' } : { ...step, result: 'failure', reason }],
      outcome,
      ...(reason !== undefined && { reason }),
      ...(isBound && { domain: realm.domain }),
      principals: isBound ? [{ type: 'user', name: user!, domain: realm.domain, module: `1:${use}` }] : [],
    });
  }
}

function find({ view, logins, schema }: BindDirectory, name: BindName): number | undefined {
  switch (name.by) {
    case 'dn':
      return view.findText(name.octets);
    case 'login-name':
      return logins.find(name.name);
    case 'mail': {
      const mail = schema.attributeType('mail');
      const normal = mail?.equality?.normalize(Buffer.from(name.address));
      const [holder, another] = mail === undefined || normal === undefined ? [] : view.holder(mail, normal);
      return another === undefined ? holder : undefined;
    }
  }
}

/** The login name of an entry: its uid, or what names it. Mostly the one is the other. */
function userOf({ view, schema }: BindDirectory, entry: number, dn: string, now: Instant): string {
  const [, plain] = NAMED_BY_UID.exec(dn) ?? [];
  if (plain !== undefined) return plain;
  const uid = schema.attributeType('uid');
  const [first] = uid === undefined ? [] : view.attribute(entry, uid, now);
  if (first !== undefined) return Buffer.from(first).toString('utf8');
  const value = parseDistinguishedName(dn)?.rdns[0]?.[0]?.value;
  return typeof value === 'string' ? value : dn;
}

const NAMED_BY_UID = /^uid=([A-Za-z0-9._-]+),/;

function textOf(name: BindName): string {
  switch (name.by) {
    case 'dn':
      return Buffer.from(name.octets).toString('utf8');
    case 'login-name':
      return name.name;
    case 'mail':
      return name.address;
  }
}

function isName(octets: Uint8Array): boolean {
  return parseDistinguishedName(Buffer.from(octets).toString('utf8')) !== undefined;
}
