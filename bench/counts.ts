/**
 * The figures that are counts: runs the tests that measure them and prints a row for each as a line of JSON.
 *
 *   scripts/run node bench/counts.ts [ID...]     those of test/support/figure.ts; without an id all of them
 *
 * What the tests print goes to standard error. A figure whose tests did not pass never holds; one that no test has
 * measured is not printed. Exits 1 when a figure is missing or a test failed.
 */
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
} from '../test/support/figure.ts';

const TESTS = join(import.meta.dirname, '..', 'test');
const IDS = Object.keys(COUNT_FIGURES) as CountFigureId[];
const asked = process.argv.slice(2);
const unknown = asked.filter((id) => !IDS.some((known) => known === id));
if (unknown.length > 0) {
  process.stderr.write(`no figure ${unknown.join(', ')}; there are ${IDS.join(', ')}\n`);
  process.exit(2);
}
const ids = IDS.filter((id) => asked.length === 0 || asked.includes(id));

const folder = mkdtempSync(join(tmpdir(), 'realmgate-figures-'));
const record = join(folder, 'parts.jsonl');
const failed = new Set<string>();
let parts: readonly CountPart[] = [];
try {
  for (const file of new Set(ids.flatMap((id): readonly string[] => COUNT_FIGURES[id].files))) {
    process.stderr.write(`${file}\n`);
    if (!passes(file)) failed.add(file);
  }
  const lines = existsSync(record) ? readFileSync(record, 'utf8').trimEnd().split('\n') : [];
  parts = lines.map((line) => JSON.parse(line) as CountPart);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const id of ids) {
  const row = rowOf(id);
  if (row !== undefined) process.stdout.write(`${JSON.stringify(row)}\n`);
  else process.stderr.write(`${id} was not measured\n`);
  if (row === undefined || !row.holds) process.exitCode = 1;
}

function passes(file: string): boolean {
  const { status } = spawnSync(
    process.execPath,
    ['--test', '--test-reporter=spec', '--test-timeout=600000', join(TESTS, file)],
    {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, REALMGATE_FIGURES: record },
    },
  );
  return status === 0;
}

/** In the form of bench/results/latest.json, without where and when it was measured. */
function rowOf(id: CountFigureId) {
  const { what, wanted, atLeast, files }: CountFigure = COUNT_FIGURES[id];
  const own = parts.filter((part) => part.id === id);
  if (own.length === 0) return undefined;
  const tried = own.reduce((sum, part) => sum + part.tried, 0);
  const found = own.reduce((sum, part) => sum + part.found, 0);
  const wantedOf = (count: number) => (wanted === 'all' ? count : 0);
  return {
    id,
    what,
    ours: writtenCount({ found, tried }),
    peer: null,
    peerName: null,
    ratio: null,
    atLeast: writtenCount({ found: wantedOf(atLeast), tried: atLeast }),
    holds: tried >= atLeast && found === wantedOf(tried) && !files.some((file) => failed.has(file)),
  };
}
