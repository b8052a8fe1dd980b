/**
 * A login as it crosses from the worker that received it to the primary that has the modules, and its outcome back.
 *
 * What the door's handler holds is asked of it once, before it is sent. A one-time code is never among it: the web
 * doors send a code as the answer to a challenge.
 */
import { X509Certificate } from 'node:crypto';
import { makeSubject } from '../../access/index.ts';
import type { AuditId } from '../../audit/index.ts';
import { Secret } from '../../base/index.ts';
import type {
  CallbackHandler,
  CertificateChainCallback,
  HeaderCallback,
  LoginOutcome,
  LoginRequest,
  NameCallback,
  PasswordCallback,
} from '../../realm/index.ts';

/** Without an id: the primary writes the attempt down, under an id of its own chain. */
export interface WireLogin extends Omit<LoginRequest, 'handler' | 'id'> {
  readonly sent: WireCredentials;
}

interface WireCredentials {
  readonly name: string | undefined;
  readonly password: string | undefined;
  /** DER, leaf first. */
  readonly chain: readonly Uint8Array[] | undefined;
  readonly headers: ReadonlyMap<string, string>;
}

export type WireOutcome =
  | Pick<LoginOutcome & { kind: 'authenticated' }, 'kind' | 'id' | 'subject'>
  | Exclude<LoginOutcome, { kind: 'authenticated' }>;

/** `headers`: the names that a module of the realm may ask for. */
export async function encodeLogin(
  { handler, id: _ours, ...request }: LoginRequest,
  headers: readonly string[],
): Promise<WireLogin> {
  const name: NameCallback = { kind: 'name' };
  const password: PasswordCallback = { kind: 'password' };
  const chain: CertificateChainCallback = { kind: 'certificate-chain' };
  const asked = headers.map((header): HeaderCallback => ({ kind: 'header', header }));
  await handler([name, password, chain, ...asked]);
  const sent = {
    name: name.name,
    password: password.password?.reveal(),
    chain: chain.chain?.map((certificate) => certificate.raw),
    headers: new Map(asked.flatMap(({ header, value }) => (value === undefined ? [] : [[header, value] as const]))),
  };
  return { ...request, sent };
}

export function decodeLogin({ sent, ...request }: WireLogin, id: AuditId): LoginRequest {
  return { ...request, id, handler: answerWith(sent) };
}

export function encodeOutcome(outcome: LoginOutcome): WireOutcome {
  if (outcome.kind !== 'authenticated') return outcome;
  const { kind, id, subject } = outcome;
  return { kind, id, subject };
}

/** The modules of a login that a worker received are told of no logout: no web door tells of one. */
export function decodeOutcome(outcome: WireOutcome): LoginOutcome {
  if (outcome.kind !== 'authenticated') return outcome;
  return { ...outcome, subject: makeSubject(outcome.subject), logout: async () => {} };
}

function answerWith({ name, password, chain, headers }: WireCredentials): CallbackHandler {
  const certificates = chain?.map((der) => new X509Certificate(der));
  return (callbacks) => {
    for (const callback of callbacks) {
      switch (callback.kind) {
        case 'name':
          if (name !== undefined) callback.name = name;
          break;
        case 'password':
          if (password !== undefined) callback.password = new Secret(password);
          break;
        case 'certificate-chain':
          if (certificates !== undefined) callback.chain = certificates;
          break;
        case 'header': {
          const value = headers.get(callback.header);
          if (value !== undefined) callback.value = value;
          break;
        }
        case 'one-time-code':
          break;
      }
    }
    return undefined;
  };
}
