/**
 * The contests of the gate by themselves; prints, writes nothing. bench/run.ts takes the same ones into the table.
 *
 *   scripts/run node bench/gate.ts [authz] [proxy] [front-cache] [--rounds N] [--seconds N] [--connections N] [--profile FOLDER]
 */
import { parseArgs } from 'node:util';
import { type ContestName, runContests } from './gate/contests.ts';

const NAMES: readonly ContestName[] = ['authz', 'proxy', 'front-cache'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '64' },
    profile: { type: 'string' },
  },
});
const chosen = NAMES.filter((name) => positionals.length === 0 || positionals.includes(name));
const results = await runContests({
  names: chosen,
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  connections: Number(values.connections),
  nodeOptions: values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`],
});
for (const [name, { ours, peer, ratio, disturbance }] of results) {
  const written = ({ requestsPerSecond, microsecondsPerRequest }: typeof ours) =>
    `${requestsPerSecond.toFixed(0)}/s (${microsecondsPerRequest.toFixed(0)} µs)`;
  process.stdout.write(
    `${name}: ${written(ours)}, peer ${written(peer)}, ratio ${ratio.toFixed(2)}, others took up to ${(disturbance * 100).toFixed(0)} % of the machine\n`,
  );
}
