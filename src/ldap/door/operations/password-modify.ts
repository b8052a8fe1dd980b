/**
 * Password modify (RFC 3062). What a password may be, who may change whose, and whether the old one has to be given is
 * the directory's to say.
 */
import type { Secret } from '../../../base/index.ts';
import type { EntryAsker } from '../../../directory/index.ts';
import { BerFault, BerReader, BerWriter, type DistinguishedName, Tag } from '../../../x500/index.ts';
import type { Controls } from '../codec/controls.ts';
import type { ExtendedRequest } from '../codec/request.ts';
import type { ResponseParts } from '../codec/response-writer.ts';
import { type LdapResult, ldapResult } from '../codec/result-code.ts';
import { secretIn } from '../codec/secret-octets.ts';
import type { DoorPorts, DoorSettings } from '../ports.ts';
import type { Session } from '../session.ts';
import { attemptText } from './bind.ts';
import { writePolicyError } from './password-policy.ts';
import { type Reply, reply } from './reply.ts';
import { bindNameOf, userNamed } from './user-name.ts';

interface PasswordModifyRequest {
  /** Empty: the one who asks. */
  readonly user: string;
  readonly old: Secret | undefined;
  readonly next: Secret | undefined;
}

export function modifyPassword(
  ports: DoorPorts,
  settings: DoorSettings,
  session: Session,
  request: ExtendedRequest,
  controls: Controls,
  signal: () => AbortSignal,
): Reply | Promise<Reply> {
  const asked = readRequest(request.value);
  if ('code' in asked) return { result: asked };
  if (settings.requireTls && !session.secure) {
    return reply('confidentialityRequired', 'passwords are taken over TLS only: use StartTLS or LDAPS');
  }
  const tellsPolicy = controls.passwordPolicy === true;
  const { asker, client } = session;
  const dn = asked.user === '' && asker.kind === 'entry' ? asker.dn : userNamed(ports.directory(), asked.user);
  if (asker.kind !== 'entry' && asked.user !== '' && asked.old !== undefined) {
    return changeUnbound(ports, client, dn, { ...asked, old: asked.old }, tellsPolicy, signal());
  }
  if (asker.kind !== 'entry') return reply('unwillingToPerform', 'bind first, or say whose password and the old one');
  if (dn === undefined) return reply('noSuchObject', 'there is no such user');
  return change(ports, asker, dn, asked, tellsPolicy, signal());
}

/**
 * The way out for somebody who cannot bind any more because the password is too old: the old one is verified as in a bind,
 * with lockout and record, and is good for nothing but the change.
 */
async function changeUnbound(
  ports: DoorPorts,
  client: string,
  dn: DistinguishedName | undefined,
  asked: PasswordModifyRequest & { readonly old: Secret },
  tellsPolicy: boolean,
  signal: AbortSignal,
): Promise<Reply> {
  const outcome = await ports.binds.bind({ name: bindNameOf(asked.user), password: asked.old, client });
  if (outcome.kind === 'busy')
    return reply('busy', `too many logins at a time: try again (${attemptText(outcome.id)})`);
  const isRight = outcome.kind === 'bound' || (outcome.kind === 'refused' && outcome.notice?.kind === 'expired');
  const { view } = ports.directory();
  const entry = dn && view.find(dn);
  if (!isRight || dn === undefined || entry === undefined) {
    return reply('invalidCredentials', outcome.kind === 'bound' ? '' : attemptText(outcome.id));
  }
  const limit = outcome.kind === 'bound' ? outcome.limit : 'must-change';
  const asker = { kind: 'entry', uuid: Buffer.from(view.uuid(entry)), dn, ...(limit && { limit }) } as const;
  return change(ports, asker, dn, asked, tellsPolicy, signal);
}

async function change(
  ports: DoorPorts,
  asker: EntryAsker,
  dn: DistinguishedName,
  { old, next }: PasswordModifyRequest,
  tellsPolicy: boolean,
  signal: AbortSignal,
): Promise<Reply> {
  const given = { ...(old !== undefined && { old }), ...(next !== undefined && { next }) };
  const { result } = await ports.changes.change({ change: { kind: 'password', dn, ...given }, asker }, signal);
  const { policy, generated } = result;
  const parts: ResponseParts = {
    ...(generated !== undefined && { value: encodeResponse(generated) }),
    ...(tellsPolicy && { controls: (out: BerWriter) => writePolicyError(out, policy) }),
  };
  return { result, parts };
}

function readRequest(value: Buffer | undefined): PasswordModifyRequest | LdapResult {
  if (value === undefined) return { user: '', old: undefined, next: undefined };
  try {
    const reader = new BerReader(value);
    const outer = reader.enter(Tag.sequence);
    const user = reader.peek() === 0x80 ? reader.text(0x80) : '';
    const old = reader.peek() === 0x81 ? secretIn(reader.octets(0x81)) : undefined;
    const next = reader.peek() === 0x82 ? secretIn(reader.octets(0x82)) : undefined;
    reader.leavePast(outer);
    return { user, old, next };
  } catch (error) {
    if (!(error instanceof BerFault)) throw error;
    return ldapResult('protocolError', 'the value is not a password modify request');
  }
}

function encodeResponse(generated: Secret): Uint8Array {
  const out = new BerWriter();
  const outer = out.open(Tag.sequence);
  out.text(0x80, generated.reveal());
  out.close(outer);
  return out.take();
}
