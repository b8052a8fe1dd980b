/**
 * audit, floor 2: the trail of logins, decisions and acts. JSON lines in hash chains, one chain a process, with
 * signed heads; read by `explain`, `audit search` and `audit verify`. See docs/operations/audit.md.
 */
export { type AuditId, chainOf, parseAuditId, timeOf } from './audit-id.ts';
export { type AuditSettings, auditSchema } from './audit-schema.ts';
export type { ChainReport, Problem as AuditProblem } from './chain-verifier.ts';
export { findAuditRecord } from './find.ts';
export type { HeadSigner, HeadVerifier } from './head.ts';
export { type AuditTrailOptions, openAuditTrail } from './open-audit-trail.ts';
export type {
  ActRecord,
  AttemptRecord,
  AuditEntry,
  AuditedModule,
  AuditedPrincipal,
  AuditRecord,
  DecisionRecord,
  Numbered,
  RefusalsRecord,
  RepeatsRecord,
} from './record.ts';
export { readAuditRecord } from './record-codec.ts';
export { type AuditFilter, searchAuditRecords } from './search.ts';
export type { AllowKey, AuditTrail } from './trail.ts';
export { type AuditReport, type VerifyOptions, verifyAudit } from './verify.ts';
