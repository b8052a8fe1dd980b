/** What the command line is given by the process entry: everything that reaches beyond printing. */

import type { z } from 'zod';
import type { Acts } from '../admin/index.ts';
import type { AuditReport } from '../audit/index.ts';
import type { Instant } from '../base/index.ts';
import type { Terminal } from './output.ts';

export interface CommandPorts {
  readonly terminal: Terminal;
  readonly version: string;
  /** The environment that overrides the configuration. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  now(): Instant;
  /** Serves until it is told to stop; the exit code. */
  serve(paths: readonly string[]): Promise<number>;
  /** Loads and builds the configuration without serving. */
  check(paths: readonly string[]): Promise<CheckReport>;
  /** The data folder that the configuration names. */
  dataFolder(paths: readonly string[]): Promise<string>;
  /** Opens the acts in this process; refused while another one holds the data folder. */
  openActs(paths: readonly string[]): Promise<OpenActs>;
  /** Verifies the audit trail with the public key beside it; needs no lock and no server. */
  verifyAudit(paths: readonly string[], knownHeads: readonly string[]): Promise<AuditReport>;
  /** The schema of the whole configuration file. */
  readonly schema: z.ZodType;
  /** The configuration files that are used when none is named. */
  readonly defaultPaths: readonly string[];
}

export interface OpenActs {
  readonly acts: Acts;
  close(): Promise<void>;
}

/** What `check` found; errors refuse the configuration, warnings do not. */
export interface CheckReport {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly realms: number;
  readonly services: number;
}
