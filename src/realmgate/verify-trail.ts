/** `realmgate audit verify`: reads the trail with the public key beside it; needs no lock and no server. */
import { join } from 'node:path';
import { type AuditReport, parseAuditId, verifyAudit } from '../audit/index.ts';
import { CodedError } from '../base/index.ts';
import { auditVerifier } from '../pki/index.ts';
import { load } from './load.ts';

/** @throws CodedError CONFIGURATION_AUDIT_HEAD for an id that is none. */
export async function verifyTrail(paths: readonly string[], heads: readonly string[]): Promise<AuditReport> {
  const { value } = await load(paths);
  const folder = value.audit.folder ?? join(value.data, 'audit');
  const knownHeads = heads.map((text) => {
    const id = parseAuditId(text);
    if (id === undefined) throw new CodedError('CONFIGURATION_AUDIT_HEAD', `${text} is not the id of a record`);
    return id;
  });
  return await verifyAudit({ folder, verify: auditVerifier(folder), knownHeads });
}
