/**
 * Add, delete, modify and modify DN (RFC 4511, 4.6 to 4.9), with assertion (RFC 4528), pre-read and post-read (RFC 4527)
 * and subtree delete.
 */
import type { DirectoryChange } from '../../../directory/index.ts';
import type { BerWriter } from '../../../x500/index.ts';
import type { Controls } from '../codec/controls.ts';
import { ControlType, Op } from '../codec/protocol.ts';
import type { AddRequest, DeleteRequest, ModifyRequest, RenameRequest } from '../codec/request.ts';
import { type ResponseParts, writeControl } from '../codec/response-writer.ts';
import type { DoorPorts } from '../ports.ts';
import type { Session } from '../session.ts';
import { writePolicyError } from './password-policy.ts';
import type { Reply } from './reply.ts';

export type ChangeRequest = AddRequest | DeleteRequest | ModifyRequest | RenameRequest;

export async function change(
  ports: DoorPorts,
  { asker }: Session,
  request: ChangeRequest,
  controls: Controls,
  signal: AbortSignal,
): Promise<Reply> {
  const { assertion, preRead, postRead } = controls;
  const asked = { change: changeOf(request, controls), asker, assertion, preRead, postRead };
  const { result, before, after } = await ports.changes.change(asked, signal);
  const { policy } = result;
  const isSuccess = result.code === 'success';
  const parts: ResponseParts = {
    controls(out) {
      if (isSuccess && before !== undefined) writeReadEntry(out, ControlType.preRead, before);
      if (isSuccess && after !== undefined) writeReadEntry(out, ControlType.postRead, after);
      if (controls.passwordPolicy === true) writePolicyError(out, policy);
    },
  };
  const hasControls = (isSuccess && (before ?? after) !== undefined) || controls.passwordPolicy === true;
  return hasControls ? { result, parts } : { result };
}

function changeOf(request: ChangeRequest, controls: Controls): DirectoryChange {
  switch (request.op) {
    case 'add':
      return { kind: 'add', dn: request.dn, attributes: request.attributes };
    case 'delete':
      return { kind: 'delete', dn: request.dn, ...(controls.subtreeDelete === true && { subtree: true }) };
    case 'modify':
      return { kind: 'modify', dn: request.dn, modifications: request.modifications };
    case 'rename': {
      const { dn, newRdn, deleteOldRdn, newSuperior } = request;
      return { kind: 'rename', dn, newRdn, deleteOldRdn, ...(newSuperior !== undefined && { newSuperior }) };
    }
  }
}

function writeReadEntry(out: BerWriter, type: string, entry: Uint8Array): void {
  writeControl(out, type, (value) => {
    value.head(Op.searchResultEntry, entry.length);
    value.raw(entry);
  });
}
