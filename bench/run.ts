/**
 * `npm run bench`: measures every figure of the README beside its peer, in one run, and puts it into
 * bench/results/latest.json. Takes some minutes; needs Apache, nginx, slapd, wrk and a JDK (scripts/debian-packages).
 *
 *   scripts/run node bench/run.ts [gate] [realm-login] [access] [counts] [directory-contests] [directory-group] [directory-size]
 *
 * Without a name all of them.
 *
 * A part that fails is said so and leaves no row; then it exits 1. A figure that is not reached is a row like any other.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DIRECTORY_FIGURES, FIGURE_OPTIONS } from './directory/figures.ts';
import { type ContestName, runContests } from './gate/contests.ts';
import { type Measured, ratioRow, record } from './results.ts';

const VIRTUAL_HOST = "BonFIRE's Apache virtual host";

const CONTESTS: Readonly<Record<ContestName, { readonly what: string; readonly atLeast: number }>> = {
  authz: {
    what: '`/authz/nginx` decisions a second, 1,000 sessions × 100 paths, signed assertion included',
    atLeast: 2.5,
  },
  proxy: {
    what: "requests a second through Realmgate's own proxy, 1,000 sessions × 100 paths",
    atLeast: 1.2,
  },
  'front-cache': {
    what: 'requests a second through nginx that keeps an allow for its second, 1,000 sessions, a page each',
    atLeast: 1.5,
  },
};

async function gate(): Promise<readonly Measured[]> {
  const names = Object.keys(CONTESTS) as ContestName[];
  const results = await runContests({ names, rounds: 9, seconds: 2, connections: 64, nodeOptions: [] });
  return [...results].map(([name, { ours, peer, ratio }]) =>
    ratioRow(
      { id: `gate-${name}`, peerName: VIRTUAL_HOST, ...CONTESTS[name] },
      { ours: ours.requestsPerSecond, peer: peer.requestsPerSecond, ratio },
    ),
  );
}

function realmLogin(): readonly Measured[] {
  const measured = lastLine('realm-login.ts') as {
    readonly ours: number;
    readonly peer: number;
    readonly ratio: number;
  };
  const row = { id: 'realm-login', what: 'realm logins a second in process, four trivial modules' };
  return [ratioRow({ ...row, peerName: "the JDK's LoginContext", atLeast: 1 }, measured)];
}

/** On one core: by processor time, so that what else the machine does is not counted. */
function access(): readonly Measured[] {
  const { decisionsPerProcessorSecond: ours } = lastLine('access.ts') as {
    readonly decisionsPerProcessorSecond: number;
  };
  const what = 'access decisions in a second of one core, 10,000 subjects of 200 groups × 1,000 services';
  const atLeast = 500_000;
  return [{ id: 'access', what, ours, peer: null, peerName: null, ratio: null, atLeast, holds: ours >= atLeast }];
}

function counts(): readonly Measured[] {
  return linesOf('counts.ts').map((line) => JSON.parse(line) as Measured);
}

function lastLine(file: string): unknown {
  return JSON.parse(linesOf(file).at(-1) ?? '');
}

/** What a bench beside this one prints. */
function linesOf(file: string): readonly string[] {
  const args = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, file)];
  const { stdout } = spawnSync(process.execPath, args, {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  return stdout.trim().split('\n').filter(Boolean);
}

const PARTS: Readonly<Record<string, () => readonly Measured[] | Promise<readonly Measured[]>>> = {
  gate,
  'realm-login': realmLogin,
  access,
  counts,
  ...Object.fromEntries(
    Object.entries(DIRECTORY_FIGURES).map(([name, measure]) => [name, () => measure(FIGURE_OPTIONS)]),
  ),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  process.stderr.write(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}\n`);
  process.exit(2);
}
for (const [name, measure] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stderr.write(`${name}\n`);
  try {
    const rows = await measure();
    record(rows);
    for (const { id, ours, ratio, atLeast, holds } of rows) {
      process.stdout.write(
        `${id}: ${ours}${ratio === null ? '' : `, ratio ${ratio}`}, asked ${atLeast}${holds ? '' : ', not reached'}\n`,
      );
    }
  } catch (error) {
    process.stderr.write(`${name} could not be measured: ${String(error)}\n`);
    process.exitCode = 1;
  }
}
