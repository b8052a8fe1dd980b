/** Runs test files that give parts of the figures that are counts, and adds the parts up to rows (tests/support/figure.ts). */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  COUNT_FIGURES,
  type CountFigure,
  type CountFigureId,
  type CountPart,
  writtenCount,
} from '../tests/support/figure.ts';
import type { Measured } from './results.ts';

export const COUNT_IDS = Object.keys(COUNT_FIGURES) as readonly CountFigureId[];

export interface TestRun {
  readonly file: string;
  readonly passed: boolean;
  readonly parts: readonly CountPart[];
}

/** Runs one file; what it prints goes to standard error. */
export function runTestFile(file: string): TestRun {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-figures-'));
  const record = join(folder, 'parts.jsonl');
  try {
    const options = ['--test', '--test-reporter=spec', '--test-timeout=7200000'];
    const { status } = spawnSync(process.execPath, [...options, file], {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, REALMGATE_FIGURES: record },
    });
    const lines = existsSync(record) ? readFileSync(record, 'utf8').trimEnd().split('\n') : [];
    return { file, passed: status === 0, parts: lines.map((line) => JSON.parse(line) as CountPart) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The row of a figure; it does not hold when one of `runs` failed or gave no part of it. Undefined when none did. */
export function countRow(id: CountFigureId, runs: readonly TestRun[]): Measured | undefined {
  const { what, wanted, atLeast }: CountFigure = COUNT_FIGURES[id];
  const partsOf = (run: TestRun) => run.parts.filter((part) => part.id === id);
  const parts = runs.flatMap(partsOf);
  if (parts.length === 0) return undefined;
  const tried = parts.reduce((sum, part) => sum + part.tried, 0);
  const found = parts.reduce((sum, part) => sum + part.found, 0);
  const complete = runs.every((run) => run.passed && partsOf(run).length > 0);
  const wantedOf = (count: number) => (wanted === 'all' ? count : 0);
  return {
    id,
    what,
    ours: writtenCount({ found, tried }),
    peer: null,
    peerName: null,
    ratio: null,
    atLeast: writtenCount({ found: wantedOf(atLeast), tried: atLeast }),
    holds: complete && tried >= atLeast && found === wantedOf(tried),
  };
}
