/**
 * Runs one suite of the test tree with `node --test`.
 *
 * unit      what needs no server: every folder of test/ but the two below
 * interop   real programs of Debian as peers (test/interop)
 * campaign  the long runs (test/campaign)
 *
 * Further arguments are folders or files to run instead of the whole suite.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const SLOW = ['interop', 'campaign'];
const [suite = 'unit', ...only] = process.argv.slice(2);
const patterns =
  only.length > 0 ? only.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.test.ts`)) : ['test/**/*.test.ts'];
const inSuite = (file: string) =>
  SLOW.includes(suite) ? file.startsWith(`test/${suite}/`) : !SLOW.some((slow) => file.startsWith(`test/${slow}/`));
const files = patterns
  .flatMap((pattern) => globSync(pattern))
  .filter((file) => only.length > 0 || inSuite(file))
  .sort();
if (files.length === 0) {
  console.error(`no test files for ${suite} ${only.join(' ')}`);
  process.exit(1);
}
const isolation = SLOW.includes(suite) ? ['--test-concurrency=1'] : ['--test-concurrency=2'];
const { status } = spawnSync(process.execPath, ['--test', ...isolation, '--test-timeout=600000', ...files], {
  stdio: 'inherit',
  env: { ...process.env, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? 'node_modules/.cache/compile' },
});
process.exit(status ?? 1);
