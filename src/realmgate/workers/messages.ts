/**
 * What the primary and its workers say to each other, over the pipe that fork(2) left between them and nothing else:
 * passwords and the octets of secret files pass here, and never as arguments or in the environment.
 *
 * The pipe keeps the order and loses nothing; both ends are the same program, so messages are typed and not validated.
 */
import type { AuditSettings } from '../../audit/index.ts';
import type { LogLevel, Milliseconds } from '../../base/index.ts';
import type { ConfigurationText } from '../../config/index.ts';
import type { BindOutcome, LdapDoorOptions, LdapListenOptions, LdapTls } from '../../ldap/index.ts';
import type { ChallengeAnswer, IssuedSession, Session } from '../../realm/index.ts';
import type { BegunLogin, LoginRealm, WebListenOptions, WebTls } from '../../web/index.ts';
import type { LdapScheme, WireBind, WireChange, WireChangeAnswer } from './wire-directory.ts';
import type { WireLogin, WireOutcome } from './wire-login.ts';

/** What a worker is told of a realm, whose modules are in the primary. */
export type RealmFacts = Pick<LoginRealm, 'takesCertificates' | 'loginHeaders' | 'headers'>;

/** A generation of the configuration as text: every process makes the same value of the same octets. */
export interface GenerationText {
  readonly number: number;
  readonly text: ConfigurationText;
  /** The variables that override the configuration. */
  readonly environment: Readonly<Record<string, string>>;
  readonly realms: ReadonlyMap<string, RealmFacts>;
  /** The certificate of the web listener as it was read for this generation. */
  readonly tls: WebTls | undefined;
  /** The certificates of the LDAP listeners. */
  readonly ldapTls: ReadonlyMap<LdapScheme, LdapTls>;
}

/** What a worker keeps from its start to its end, as the primary does: a change needs a restart. */
export interface WorkerSettings {
  /** From 1. */
  readonly worker: number;
  readonly workers: number;
  /** The worker's own chain of the audit trail. */
  readonly chain: string;
  readonly auditFolder: string;
  readonly audit: Pick<AuditSettings, 'rotateSize' | 'keep' | 'onFull'>;
  readonly keyFolder: string;
  readonly logLevel: LogLevel;
  /** Undefined without a web listener. */
  readonly listen: WebListenOptions | undefined;
  readonly ldap: readonly WorkerLdapListener[];
  /** The data folder, which the primary writes. */
  readonly folder: string;
}

export interface WorkerLdapListener {
  readonly scheme: LdapScheme;
  /** With the port that all workers share. */
  readonly listen: LdapListenOptions;
  readonly options: Omit<LdapDoorOptions, 'tls'>;
}

export type SessionChange =
  | { readonly kind: 'live'; readonly session: Session; readonly digest: string }
  | { readonly kind: 'ended'; readonly id: string };

export type ToWorker =
  | { readonly kind: 'start'; readonly settings: WorkerSettings; readonly generation: GenerationText }
  | { readonly kind: 'generation'; readonly generation: GenerationText }
  /** `number` grows by one with each. */
  | { readonly kind: 'sessions'; readonly number: number; readonly changes: readonly SessionChange[] }
  /** Answers a ping, after everything that had changed by then. */
  | { readonly kind: 'pong'; readonly at: Milliseconds }
  | { readonly kind: 'result'; readonly call: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly call: number; readonly code: string; readonly message: string }
  /** The directory has come to this point: read on. */
  | { readonly kind: 'directory'; readonly generation: string; readonly head: number }
  | { readonly kind: 'keys-rotated' }
  | { readonly kind: 'stop'; readonly grace: Milliseconds };

export type FromWorker =
  | { readonly kind: 'serving' }
  /** It cannot serve and ends. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'in-force'; readonly generation: number }
  | { readonly kind: 'sessions-seen'; readonly number: number }
  | { readonly kind: 'directory-seen'; readonly generation: string; readonly head: number }
  /** `at`: the worker's own monotonic clock. `used`: the sessions that were used since the last ping. */
  | { readonly kind: 'ping'; readonly at: Milliseconds; readonly used: readonly string[] }
  | { readonly kind: 'call'; readonly call: number; readonly method: Method; readonly input: unknown };

/** What a worker asks of the primary. */
export interface Calls {
  login: { input: { readonly realm: string; readonly login: WireLogin }; result: WireOutcome };
  answer: { input: { readonly realm: string } & Omit<ChallengeAnswer, 'id'>; result: WireOutcome };
  begin: { input: BegunLogin; result: IssuedSession };
  end: { input: { readonly id: string; readonly why: 'logout' | 'replaced' }; result: undefined };
  issueTicket: { input: { readonly id: string; readonly host: string; readonly bind: string }; result: string };
  redeemTicket: {
    input: { readonly ticket: string; readonly host: string; readonly bind: string };
    result: IssuedSession | undefined;
  };
  bind: { input: WireBind; result: BindOutcome };
  change: { input: WireChange; result: WireChangeAnswer };
}

export type Method = keyof Calls;

/** How often a worker asks whether the primary is there. */
export const PING_PERIOD: Milliseconds = 250;
/** How long the answer to a ping lets a worker serve, from the instant it asked. */
export const LEASE: Milliseconds = 1_000;
