/** The acts on the directory as a whole: importing and exporting LDIF. Both are acts of the audit trail. */

import type { z } from 'zod';
import { CodedError } from '../../base/index.ts';
import type { Directory } from '../../directory/index.ts';
import { nothing } from '../accounts/inputs.ts';
import type { AdminPorts } from '../ports.ts';
import { type ExportLdifReport, exportLdif, exportLdifInput } from './export-ldif.ts';
import { type ImportLdifReport, ImportProgress, importLdif, importLdifInput } from './import-ldif.ts';

export const LDIF_INPUT = {
  'ldif-import': importLdifInput,
  'ldif-progress': nothing,
  'ldif-export': exportLdifInput,
} as const;

export interface LdifActs {
  'ldif-import'(input: z.infer<typeof importLdifInput>): Promise<ImportLdifReport>;
  /** Of the import that is under way. */
  'ldif-progress'(input: Record<string, never>): Promise<{ readonly entries: number } | undefined>;
  'ldif-export'(input: z.infer<typeof exportLdifInput>): Promise<ExportLdifReport>;
}

export function createLdifActs(ports: AdminPorts): LdifActs {
  let underWay: ImportProgress | undefined;
  const record = (action: string, target: string, detail: Record<string, string | number | boolean>) => {
    const { trail } = ports;
    trail.append({ kind: 'act', id: trail.newId(), action, by: 'operator', target, detail });
  };
  return {
    async 'ldif-import'(input) {
      const [directory, content] = parts(ports);
      if (underWay !== undefined) throw new CodedError('ADMIN_LDIF_UNDER_WAY', 'another import is under way');
      const progress = new ImportProgress();
      underWay = progress;
      try {
        const report = await importLdif(directory, content, input, progress);
        if (report.changed) {
          record('directory.import', input.file, { entries: report.entries, mode: input.mode ?? 'replace' });
        }
        return report;
      } finally {
        underWay = undefined;
      }
    },
    async 'ldif-progress'() {
      return underWay && { entries: underWay.entries };
    },
    async 'ldif-export'(input) {
      const [directory] = parts(ports);
      const report = await exportLdif(directory, input);
      record('directory.export', input.file, { entries: report.entries, passwords: input.withPasswords === true });
      return report;
    },
  };
}

function parts({ directory, content }: AdminPorts): readonly [Directory, NonNullable<AdminPorts['content']>] {
  const own = directory();
  if (own !== undefined && content !== undefined) return [own, content];
  throw new CodedError(
    'ADMIN_NO_DIRECTORY',
    'this server has no directory; add `directory: { suffix: "dc=example,dc=org" }` to the configuration',
  );
}
