/** What the acts are given. */
import type { AdmissionRule } from '../access/index.ts';
import type { AuditTrail } from '../audit/index.ts';
import type { Clock, Random } from '../base/index.ts';
import type { Directory, ImportEntry, ImportOptions, ImportReport } from '../directory/index.ts';
import type { SecurityRealm, Session } from '../realm/index.ts';

/** The part of a configuration generation that acts look at. */
export interface AdminGeneration {
  readonly number: number;
  readonly realms: ReadonlyMap<string, SecurityRealm>;
  /** Services by name. */
  readonly services: ReadonlyMap<string, GuardedService>;
}

export interface GuardedService {
  readonly realm: string;
  readonly rule: AdmissionRule;
}

/** How a reload ended: a new generation, or the reasons why the old one stays. */
export interface ReloadReport {
  readonly generation: number;
  readonly applied: boolean;
  /** One line each, with file, line and column. */
  readonly problems: readonly string[];
  /** Keys that changed and take effect only after a restart. */
  readonly needRestart: readonly string[];
}

export interface AdminPorts {
  readonly trail: AuditTrail;
  readonly sessions: AdminSessions;
  readonly clock: Clock;
  readonly random: Random;
  /** The directory of this server, when it has one. */
  readonly directory: () => Directory | undefined;
  /** Its content as a whole. */
  readonly content: ContentPort | undefined;
  readonly generation: () => AdminGeneration;
  readonly reload: () => Promise<ReloadReport>;
}

/** The live sessions as an administrator sees them. */
export interface AdminSessions {
  list(): Iterable<Session>;
  /** Ends a session and every one that came from the same login; resolves when it is durable. */
  end(id: string, why: 'revoked'): Promise<void>;
}

/** Puts other content in the place of the directory's; who serves it serves the new one from then on. */
export interface ContentPort {
  replace(
    entries: AsyncIterable<ImportEntry> | Iterable<ImportEntry>,
    options: Pick<ImportOptions, 'onProblem' | 'onProgress' | 'skipProblems' | 'dryRun'>,
  ): Promise<ImportReport>;
}
