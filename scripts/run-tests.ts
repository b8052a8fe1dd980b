/**
 * Runs one suite of the test tree with `node --test`.
 *
 * unit      what needs no server: every folder of test/ but the two below
 * interop   what takes longer: real programs of Debian as peers, whole servers with their clients, comparisons of many cases
 *           (tests/interop)
 * campaign  the long runs (tests/campaign), one file after the other; the figures that they measure go into the table
 *
 * Further arguments are folders or files to run instead of the whole suite.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { COUNT_IDS, countRow, runTestFile, type TestRun } from '../bench/count-rows.ts';
import { type Measured, record } from '../bench/results.ts';

const SLOW = ['interop', 'campaign'];
const [suite = 'unit', ...only] = process.argv.slice(2);
const patterns =
  only.length > 0 ? only.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.test.ts`)) : ['tests/**/*.test.ts'];
const inSuite = (file: string) =>
  SLOW.includes(suite) ? file.startsWith(`tests/${suite}/`) : !SLOW.some((slow) => file.startsWith(`tests/${slow}/`));
const files = patterns
  .flatMap((pattern) => globSync(pattern))
  .filter((file) => only.length > 0 || inSuite(file))
  .sort();
if (files.length === 0) {
  console.error(`no test files for ${suite} ${only.join(' ')}`);
  process.exit(1);
}

if (suite === 'campaign') process.exitCode = runCampaign();
else if (suite === 'interop') process.exitCode = run(files, 1, 600_000, {});
else process.exitCode = runUnit();

/** One process more than there are cores: some tests wait. */
function runUnit(): number {
  const scratch = mkdtempSync(join(fastestFolder(), 'realmgate-tests-'));
  try {
    return run(together(files, scratch), availableParallelism() + 1, 180_000, { TMPDIR: scratch });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Says what it is at and how long it took, and at the end what was counted. */
function runCampaign(): number {
  const runs: TestRun[] = [];
  for (const file of files) {
    process.stderr.write(`[${runs.length + 1} of ${files.length}] ${file}\n`);
    const began = performance.now();
    const done = runTestFile(file);
    runs.push(done);
    const minutes = ((performance.now() - began) / 60_000).toFixed(1);
    process.stderr.write(`${done.passed ? 'passed' : 'FAILED'} after ${minutes} minutes\n\n`);
  }
  const rows = COUNT_IDS.flatMap((id): Measured[] => {
    const row = countRow(
      id,
      runs.filter(({ parts }) => parts.some((part) => part.id === id)),
    );
    return row === undefined ? [] : [row];
  });
  if (rows.length > 0) record(rows);
  for (const { what, ours, holds } of rows) console.log(`${what}: ${ours}${holds ? '' : ', not reached'}`);
  const failed = runs.filter(({ passed }) => !passed).map(({ file }) => file);
  console.log(`${runs.length - failed.length} of ${runs.length} runs passed`);
  for (const file of failed) console.log(`failed: ${file}`);
  return failed.length === 0 ? 0 : 1;
}

function run(tests: readonly string[], concurrency: number, longest: number, environment: NodeJS.ProcessEnv): number {
  const options = ['--test', `--test-concurrency=${concurrency}`, `--test-timeout=${longest}`];
  const NODE_COMPILE_CACHE = process.env['NODE_COMPILE_CACHE'] ?? resolve('node_modules/.cache/compile');
  const { status } = spawnSync(process.execPath, [...options, ...tests], {
    stdio: 'inherit',
    env: { ...process.env, NODE_COMPILE_CACHE, ...environment },
  });
  return status ?? 1;
}

/**
 * The files of a folder in one process, because starting a process and loading the rooms takes longer than most tests.
 * A file with hooks outside of a suite has a process of its own: there they would be hooks of its neighbours too.
 */
function together(all: readonly string[], scratch: string): readonly string[] {
  const alone: string[] = [];
  const folders = new Map<string, string[]>();
  for (const file of all) {
    const folder = dirname(file);
    if (/^(?:before|after)(?:Each)?\(/m.test(readFileSync(file, 'utf8'))) alone.push(file);
    else folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const groups = [...folders].map(([folder, neighbours]) => {
    const group = join(scratch, `${folder.replaceAll('/', '-')}.test.mjs`);
    const imports = neighbours.map((file) => `await import('${pathToFileURL(resolve(file)).href}');\n`);
    writeFileSync(group, imports.join(''));
    return group;
  });
  return [...groups, ...alone];
}

/** In memory where there is room: hundreds of stores are made and synced, and what is tested is not the disk. */
function fastestFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize > 2 ** 30) return '/dev/shm';
  } catch {
    // Not Linux.
  }
  return tmpdir();
}
