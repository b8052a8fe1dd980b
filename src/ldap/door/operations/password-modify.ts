/**
 * Password modify (RFC 3062). What a password may be, who may change whose, and whether the old one has to be given is
 * the directory's to say.
 */
import type { Secret } from '../../../base/index.ts';
import { BerFault, BerReader, BerWriter, type DistinguishedName, Tag } from '../../../x500/index.ts';
import type { Controls } from '../codec/controls.ts';
import type { ExtendedRequest } from '../codec/request.ts';
import type { ResponseParts } from '../codec/response-writer.ts';
import { type LdapResult, ldapResult } from '../codec/result-code.ts';
import { secretIn } from '../codec/secret-octets.ts';
import type { DoorPorts } from '../ports.ts';
import type { Session } from '../session.ts';
import { writePolicyError } from './password-policy.ts';
import { type Reply, reply } from './reply.ts';
import { userNamed } from './user-name.ts';

interface PasswordModifyRequest {
  readonly user: string | undefined;
  readonly old: Secret | undefined;
  readonly next: Secret | undefined;
}

export function modifyPassword(
  ports: DoorPorts,
  session: Session,
  request: ExtendedRequest,
  controls: Controls,
  signal: () => AbortSignal,
): Reply | Promise<Reply> {
  const asked = readRequest(request.value);
  if ('code' in asked) return { result: asked };
  const dn = ownerOf(ports, session, asked.user);
  if (dn === undefined) return reply('noSuchObject', 'there is no such user');
  if (dn === 'nobody') return reply('unwillingToPerform', 'bind first, or say whose password');
  return change(ports, session, dn, asked, controls.passwordPolicy === true, signal());
}

async function change(
  ports: DoorPorts,
  { asker }: Session,
  dn: DistinguishedName,
  { old, next }: PasswordModifyRequest,
  tellsPolicy: boolean,
  signal: AbortSignal,
): Promise<Reply> {
  const result = await ports
    .directory()
    .apply({ kind: 'password', dn, ...(old !== undefined && { old }), ...(next !== undefined && { next }) }, asker, {
      signal,
    });
  const { policy, generated } = result;
  const parts: ResponseParts = {
    ...(generated !== undefined && { value: encodeResponse(generated) }),
    ...(tellsPolicy && { controls: (out: BerWriter) => writePolicyError(out, policy) }),
  };
  return { result, parts };
}

/** Whose password: the one named, or the asker's own. */
function ownerOf({ directory }: DoorPorts, { asker }: Session, user: string | undefined) {
  if (user !== undefined && user !== '') return userNamed(directory(), user);
  return asker.kind === 'entry' ? asker.dn : 'nobody';
}

function readRequest(value: Buffer | undefined): PasswordModifyRequest | LdapResult {
  if (value === undefined) return { user: undefined, old: undefined, next: undefined };
  try {
    const reader = new BerReader(value);
    const outer = reader.enter(Tag.sequence);
    const user = reader.peek() === 0x80 ? reader.text(0x80) : undefined;
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
