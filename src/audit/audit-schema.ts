/** The `audit` part of the configuration. */
import { z } from 'zod';
import { byteSize, duration, path } from '../config/index.ts';

export const auditSchema = z
  .strictObject({
    folder: path().optional().describe('Where the audit trail is kept; the folder `audit` under `data` when absent.'),
    rotateSize: byteSize()
      .refine((octets) => octets >= 65_536 && octets <= 2 ** 30, { error: 'must be from 64KiB to 1GiB' })
      .prefault('32MiB')
      .describe('A file of the trail is closed when it has reached this size (and at midnight UTC)..'),
    keep: duration()
      .refine((span) => span >= 86_400_000, { error: 'must be one day at least' })
      .prefault('30d')
      .describe('Whole files are deleted when their last record is older than this..'),
    onFull: z
      .enum(['refuse', 'drop'])
      .default('refuse')
      .describe(
        'When the disk takes no record: `refuse` lets nobody in and answers 503 (default); `drop` goes on, counts the records that were lost, and writes the count when the disk works again.',
      ),
  })
  .describe('The audit trail: what is written of every login, decision and act.');

export type AuditSettings = z.infer<typeof auditSchema>;
