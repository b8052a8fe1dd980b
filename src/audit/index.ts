/**
 * audit, floor 2: the trail of logins, decisions and acts. JSON lines in hash chains, one chain a process, with
 * signed heads; read by `explain`, `audit search` and `audit verify`. See docs/operations/audit.md.
 */
export { type AuditId, chainOf, parseAuditId, timeOf } from './audit-id.ts';
export { type AuditSettings, auditSchema } from './audit-schema.ts';
export type {
  ActRecord,
  AttemptRecord,
  AuditEntry,
  AuditedModule,
  AuditedPrincipal,
  AuditRecord,
  DecisionRecord,
  RefusalsRecord,
  RepeatsRecord,
} from './record.ts';
export { readAuditRecord } from './record-codec.ts';
export type { AuditFilter } from './search.ts';
export type { AllowKey, AuditTrail } from './trail.ts';
