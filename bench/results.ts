/**
 * The table of measured figures, bench/results/latest.json: a row is measured or absent. A row that this run measured
 * takes the place of the one before; every other keeps the commit and the date on which it was measured.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import { join } from 'node:path';

/** What was measured, without where and when. */
export interface Measured {
  readonly id: string;
  readonly what: string;
  readonly ours: number | string;
  readonly peer: number | string | null;
  readonly peerName: string | null;
  /** Ours over the peer's, larger is better; null for a count. */
  readonly ratio: number | null;
  /** What was asked: of the ratio where there is one, else of `ours`. */
  readonly atLeast: number | string;
  readonly holds: boolean;
}

interface Row extends Measured {
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
}

const ROOT = join(import.meta.dirname, '..');
const FILE = join(import.meta.dirname, 'results', 'latest.json');

/** A row of a contest with a peer in the same run. */
export function ratioRow(
  row: Pick<Measured, 'id' | 'what' | 'peerName'> & { readonly atLeast: number },
  measured: { readonly ours: number; readonly peer: number; readonly ratio: number },
): Measured {
  const ratio = Number(measured.ratio.toFixed(2));
  const [ours, peer] = [Math.round(measured.ours), Math.round(measured.peer)];
  return { ...row, ours, peer, ratio, holds: ratio >= row.atLeast };
}

/** Puts the rows into the file. */
export function record(measured: readonly Measured[]): void {
  const where = { commit: commit(), date: new Date().toISOString().slice(0, 10), machine: machine() };
  const rows = new Map<string, Row>();
  const before = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as readonly Row[]) : [];
  for (const row of before) rows.set(row.id, row);
  for (const row of measured) rows.set(row.id, { ...row, ...where });
  writeFileSync(FILE, `${JSON.stringify([...rows.values()], undefined, 2)}\n`);
}

/** The commit of the code that ran; a plus says that files differed from it. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  const changed = git(
    'status',
    '--porcelain',
    '--untracked-files=no',
    '--',
    'src',
    'bench/gate',
    'bench/directory',
    'package-lock.json',
  );
  return `${git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : '+'}`;
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  return `${availableParallelism()} cores ${model}, Linux ${release().split('-')[0]}, Node ${process.versions.node}`;
}
