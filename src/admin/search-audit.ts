/** The act `audit-search`: records of the trail, newest first. */
import type { AuditFilter, AuditRecord, AuditTrail } from '../audit/index.ts';

export type SearchInput = AuditFilter;

export interface SearchReport {
  readonly records: readonly AuditRecord[];
}

export async function searchAudit(
  { trail }: { readonly trail: AuditTrail },
  filter: SearchInput,
): Promise<SearchReport> {
  const records: AuditRecord[] = [];
  for await (const record of trail.search(filter)) records.push(record);
  return { records };
}
