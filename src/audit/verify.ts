/**
 * verifyAudit reads a whole trail and says whether it is what was written: no record altered, missing, moved or added,
 * and none cut off before the last signed head.
 *
 * What it cannot see: changes after the last head (a minute at most), and a trail cut back together with its head file
 * to an earlier head. Against the latter an auditor names a head that he has seen (`knownHeads`).
 */
import { open } from 'node:fs/promises';
import type { AuditId } from './audit-id.ts';
import { type ChainReport, ChainVerifier, type Problem } from './chain-verifier.ts';
import { type HeadVerifier, readHeadFile } from './head.ts';
import { blocksFrom } from './line-reader.ts';
import { inRecordOrder, listHeadFiles, listTrailFiles, splitLines } from './trail-folder.ts';

export interface VerifyOptions {
  readonly folder: string;
  readonly verify: HeadVerifier;
  /** Ids of heads that must be there: what an auditor wrote down at an earlier verification. */
  readonly knownHeads?: readonly AuditId[];
}

export interface AuditReport {
  /** True when no problem was found. */
  readonly sound: boolean;
  readonly chains: readonly ChainReport[];
  /** The first hundred. */
  readonly problems: readonly Problem[];
}

const MOST_PROBLEMS = 100;

/** Verifies every chain in a folder. Never throws for what it finds; a folder without a trail is not sound. */
export async function verifyAudit(options: VerifyOptions): Promise<AuditReport> {
  const { folder, verify, knownHeads = [] } = options;
  const files = listTrailFiles(folder);
  const names = new Set([...files.map((file) => file.chain), ...listHeadFiles(folder)]);
  const problems: Problem[] = [];
  const chains: ChainReport[] = [];
  const unseen = new Set<AuditId>(knownHeads);
  for (const chain of [...names].sort()) {
    const verifier = new ChainVerifier(chain, verify, (problem) => {
      if (problems.length < MOST_PROBLEMS) problems.push(problem);
    });
    for (const file of inRecordOrder(files.filter((each) => each.chain === chain))) {
      verifier.beginFile(file.name);
      try {
        const handle = await open(file.path, 'r');
        try {
          for await (const { octets, rest, isLast } of blocksFrom(handle, 0)) {
            for (const line of splitLines(octets).lines) verifier.line(line);
            if (isLast) verifier.endFile(rest);
          }
        } finally {
          await handle.close();
        }
      } catch {
        verifier.unreadable();
      }
    }
    chains.push(verifier.finish(readHeadFile(folder, chain)));
    for (const id of verifier.headIds) unseen.delete(id);
  }
  if (names.size === 0) problems.push({ kind: 'missing', file: folder, message: 'there is no trail' });
  for (const id of unseen) {
    problems.push({ kind: 'cut', file: folder, message: `the head ${id} that was seen before is not in the trail` });
  }
  return { sound: problems.length === 0, chains, problems };
}
