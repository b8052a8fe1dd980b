/**
 * The figures that are counts: runs the tests that measure them and prints a row for each as a line of JSON.
 *
 *   scripts/run node bench/counts.ts [ID...]     those of tests/support/figure.ts; without an id all of them
 *
 * Exits 1 when a figure was not measured or does not hold.
 */
import { join } from 'node:path';
import { COUNT_FIGURES } from '../tests/support/figure.ts';
import { COUNT_IDS, countRow, runTestFile, type TestRun } from './count-rows.ts';

const TESTS = join(import.meta.dirname, '..', 'tests');

const asked = process.argv.slice(2);
const unknown = asked.filter((id) => !COUNT_IDS.some((known) => known === id));
if (unknown.length > 0) {
  process.stderr.write(`no figure ${unknown.join(', ')}; there are ${COUNT_IDS.join(', ')}\n`);
  process.exit(2);
}
const ids = COUNT_IDS.filter((id) => asked.length === 0 || asked.includes(id));
const filesOf = (id: (typeof ids)[number]): readonly string[] => COUNT_FIGURES[id].files;

const runs = new Map<string, TestRun>();
for (const file of new Set(ids.flatMap(filesOf))) {
  process.stderr.write(`${file}\n`);
  runs.set(file, runTestFile(join(TESTS, file)));
}
for (const id of ids) {
  const own = filesOf(id).map((file) => runs.get(file)!);
  const row = countRow(id, own);
  if (row !== undefined) process.stdout.write(`${JSON.stringify(row)}\n`);
  else process.stderr.write(`${id} was not measured\n`);
  if (row === undefined || !row.holds) process.exitCode = 1;
}
