/**
 * Finds the record with an id: the chain and the time in the id name the file, the file is in the order of its
 * instants, so a binary search finds the place. A record is written at the earliest when its id is made and at the
 * latest when a parked login ends; from that place on it is at most a few minutes of lines.
 */
import { open } from 'node:fs/promises';
import type { Instant, Milliseconds } from '../base/index.ts';
import { type AuditId, chainOf, timeOf } from './audit-id.ts';
import { blocksFrom, lastInstant, placeOf } from './line-reader.ts';
import type { AuditRecord } from './record.ts';
import { instantOf, readAuditRecord } from './record-codec.ts';
import { listTrailFiles, type TrailFile } from './trail-folder.ts';

/** No record is written later than this after its id was made. */
const LONGEST_DELAY: Milliseconds = 15 * 60_000;
/** Instants of one file may stand still by this much when the clock goes back a little. */
const SLACK: Milliseconds = 1000;
const NEWLINE = 0x0a;

/**
 * The record with this id; for a refusal that was only counted, the record of its flood. Undefined when there is none
 * (never made, deleted by age, or counted and beyond the ids that a flood keeps).
 */
export async function findAuditRecord(folder: string, id: AuditId): Promise<AuditRecord | undefined> {
  const time = timeOf(id);
  const files = listTrailFiles(folder, chainOf(id)).filter((file) => file.start <= time + LONGEST_DELAY);
  const following = files.filter((file) => file.start > time);
  const before = files.filter((file) => file.start <= time).reverse();
  for (const file of [...before.slice(0, 1), ...following, ...before.slice(1)]) {
    const answer = await findInFile(file, id, time);
    if (typeof answer === 'object') return answer;
    // Files before the one that was being written then matter only when the clock had gone back.
    if (answer === 'ended-before' && file !== before[0]) break;
  }
  return undefined;
}

async function findInFile(
  file: TrailFile,
  id: AuditId,
  time: Instant,
): Promise<AuditRecord | 'not-here' | 'ended-before'> {
  const handle = await open(file.path, 'r').catch(() => undefined);
  if (handle === undefined) return 'not-here';
  try {
    const { size } = await handle.stat();
    if (((await lastInstant(handle, size)) ?? 0) < time - SLACK) return 'ended-before';
    const { from } = await placeOf(handle, size, time - SLACK);
    for await (const { octets } of blocksFrom(handle, from)) {
      const found = findInBlock(octets, id);
      if (found !== undefined) return found;
      if ((instantOf(octets) ?? 0) > time + LONGEST_DELAY) break;
    }
    return 'not-here';
  } finally {
    await handle.close();
  }
}

function findInBlock(octets: Buffer, id: AuditId): AuditRecord | undefined {
  const quoted = `"${id}"`;
  for (let hit = octets.indexOf(quoted); hit !== -1; hit = octets.indexOf(quoted, hit + 1)) {
    const start = octets.lastIndexOf(NEWLINE, hit) + 1;
    const end = octets.indexOf(NEWLINE, hit);
    const record = readAuditRecord(octets.subarray(start, end === -1 ? octets.length : end));
    if (record !== undefined && speaksFor(record, id)) return record;
  }
  return undefined;
}

function speaksFor(record: AuditRecord, id: AuditId): boolean {
  return record.id === id || (record.kind === 'refusals' && record.ids?.includes(id) === true);
}
