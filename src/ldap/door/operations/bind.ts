/**
 * Bind (RFC 4511, 4.2; RFC 4513, 5): simple, SASL PLAIN (RFC 4616) and SASL EXTERNAL (RFC 4422, appendix A).
 *
 * INVARIANT: from the moment a bind begins the connection is nobody's, until the bind succeeded.
 */
import { ANONYMOUS, type PolicyNotice } from '../../../directory/index.ts';
import type { BerWriter } from '../../../x500/index.ts';
import type { BindAttempt, BindOutcome } from '../bind-authority.ts';
import type { Controls } from '../codec/controls.ts';
import type { BindRequest, Credentials } from '../codec/request.ts';
import { secretIn } from '../codec/secret-octets.ts';
import type { DoorPorts, DoorSettings } from '../ports.ts';
import type { Session } from '../session.ts';
import { certificateName } from '../tls/certificate-name.ts';
import { BoundAsker } from './bound-asker.ts';
import { writePolicyNotice } from './password-policy.ts';
import { type Reply, reply, SUCCESS } from './reply.ts';
import { bindNameOf, userNamed } from './user-name.ts';

/** What a bind says, whatever its method. */
interface Presented {
  readonly attempt: BindAttempt;
  /** Whom the client wants to act as; empty: as whom it binds. */
  readonly authorization: string;
}

/** The SASL mechanisms that a connection may use now. */
export function mechanismsOf({ secure, certificate }: Session): readonly string[] {
  return [...(certificate === undefined ? [] : ['EXTERNAL']), ...(secure ? ['PLAIN'] : [])];
}

export function bind(
  ports: DoorPorts,
  settings: DoorSettings,
  session: Session,
  request: BindRequest,
  controls: Controls,
): Reply | Promise<Reply> {
  session.asker = ANONYMOUS;
  session.pages.clear();
  const { credentials, name } = request;
  if (credentials.kind === 'simple' && credentials.password.length + name.length === 0) return { result: SUCCESS };
  const presented =
    credentials.kind === 'simple'
      ? presentedSimply(settings, session, name, credentials.password)
      : presentedBySasl(settings, session, credentials);
  if ('result' in presented) return presented;
  const outcome = ports.binds.bind(presented.attempt);
  const answer = (known: BindOutcome) => answerTo(known, ports, session, presented, controls.passwordPolicy === true);
  return outcome instanceof Promise ? outcome.then(answer) : answer(outcome);
}

function presentedSimply(
  settings: DoorSettings,
  session: Session,
  octets: Buffer,
  password: Buffer,
): Presented | Reply {
  if (settings.requireTls && !session.secure) {
    return reply('confidentialityRequired', 'passwords are taken over TLS only: use StartTLS or LDAPS');
  }
  const attempt = { name: { by: 'dn', octets }, password: secretIn(password), client: session.client } as const;
  return { attempt, authorization: '' };
}

function presentedBySasl(
  settings: DoorSettings,
  session: Session,
  { mechanism, credentials = NOTHING }: Credentials & { kind: 'sasl' },
): Presented | Reply {
  if (!mechanismsOf(session).includes(mechanism)) {
    return reply('authMethodNotSupported', 'this SASL mechanism is not offered on this connection');
  }
  const { client, certificate } = session;
  if (mechanism === 'PLAIN') {
    const [authorization, user, password, ...more] = credentials.toString('utf8').split('\0');
    if (authorization === undefined || user === undefined || password === undefined || more.length > 0) {
      return reply('protocolError', 'these are no credentials of PLAIN');
    }
    const octets = credentials.subarray(credentials.lastIndexOf(0) + 1);
    return { attempt: { name: bindNameOf(user), password: secretIn(octets), client }, authorization };
  }
  const name = certificate && certificateName(certificate, settings.certificateMap);
  if (name === undefined) {
    return reply('inappropriateAuthentication', `the certificate has not exactly one ${settings.certificateMap}`);
  }
  return { attempt: { name, password: undefined, client }, authorization: credentials.toString('utf8') };
}

const NOTHING = Buffer.alloc(0);

function answerTo(
  outcome: BindOutcome,
  ports: DoorPorts,
  session: Session,
  { authorization }: Presented,
  tellsPolicy: boolean,
): Reply {
  switch (outcome.kind) {
    case 'bound':
      if (!mayActAs(ports, outcome.uuid, authorization)) {
        return reply('authorizationDenied', 'nobody may act as somebody else');
      }
      session.asker = new BoundAsker(outcome);
      return withNotice({ result: SUCCESS }, outcome.notice, tellsPolicy);
    case 'refused':
      return withNotice(reply('invalidCredentials', attemptText(outcome.id)), outcome.notice, tellsPolicy);
    case 'empty':
      return reply('unwillingToPerform', `a name without a password proves nothing (${attemptText(outcome.id)})`);
    case 'malformed':
      return reply('invalidDNSyntax', 'not a distinguished name');
    case 'busy':
      return reply('busy', `too many logins at a time: try again (${attemptText(outcome.id)})`);
  }
}

/** All that who was refused is told; the operator has the rest under it. */
export function attemptText(id: string): string {
  return `attempt ${id}`;
}

function withNotice({ result }: Reply, notice: PolicyNotice | undefined, tellsPolicy: boolean): Reply {
  if (!tellsPolicy) return { result };
  return { result, parts: { controls: (out: BerWriter) => writePolicyNotice(out, notice) } };
}

/** Nobody acts as another: whom the client names has to be who it is. */
function mayActAs({ directory }: DoorPorts, uuid: Uint8Array, authorization: string): boolean {
  if (authorization === '') return true;
  const { view } = directory();
  const name = userNamed(directory(), authorization);
  const entry = name && view.find(name);
  return entry !== undefined && Buffer.compare(view.uuid(entry), uuid) === 0;
}
