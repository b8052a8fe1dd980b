/**
 * A contest of two directories over one kind of question: they take turns under the same load, round by round. What counts
 * are the rounds in which the rest of the machine was quietest; when others are busy, more rounds than asked for are played.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { othersSeconds } from '../gate/processor-time.ts';
import type { TreeOptions } from './bonfire-people.ts';
import { type LoadReport, runLoad, writeLoadRequests } from './ldap-load.ts';
import { preambleOf, QUESTION, type QuestionKind } from './questions.ts';
import type { DirectoryServer } from './server.ts';

export interface ContestOptions {
  readonly folder: string;
  /** The load generator, built. */
  readonly load: string;
  readonly tree: TreeOptions;
  /** How many rounds count. */
  readonly rounds: number;
  /** Of each side in a round. */
  readonly seconds: number;
}

/** Medians over the rounds that count. */
export interface Standing {
  readonly perSecond: number;
  /** Microseconds. */
  readonly p99: number;
  readonly octetsPerAnswer: number;
  /** Processor time of the server, in microseconds; hardly changes while others are busy. */
  readonly processorPerAnswer: number;
}

export interface ContestResult {
  readonly ours: Standing;
  readonly peer: Standing;
  /** The median of the rounds' own ratios of answers a second. */
  readonly ratio: number;
}

interface Side {
  readonly server: DirectoryServer;
  readonly requests: string;
  readonly preamble: string | undefined;
  /** Where in the file the next round begins, so that no round repeats another. */
  cursor: number;
}

const CONNECTIONS = 16;
/** Seconds in every round before answers count. */
const WARM_UP = 0.2;
/** A round is quiet while others take less of the machine than this. */
const QUIET = 0.1;
/** At most so many times the rounds that count are played. */
const MOST_TRIES = 4;

export async function contest(
  kind: QuestionKind,
  ours: DirectoryServer,
  peer: DirectoryServer,
  options: ContestOptions,
): Promise<ContestResult> {
  const [ourSide, peerSide] = [prepare(kind, 'ours', ours, options), prepare(kind, 'peer', peer, options)];
  for (const side of [ourSide, peerSide]) await warmUp(side, options);
  const played: { readonly ours: Measurement; readonly peer: Measurement; readonly disturbance: number }[] = [];
  const quiet = () => played.filter(({ disturbance }) => disturbance < QUIET).length;
  while (quiet() < options.rounds && played.length < options.rounds * MOST_TRIES) {
    const [others, began] = [othersSeconds(), performance.now()];
    const round = { ours: await measure(ourSide, options), peer: await measure(peerSide, options) };
    const machineSeconds = ((performance.now() - began) / 1000) * availableParallelism();
    const disturbance = Math.max(0, othersSeconds() - others) / machineSeconds;
    played.push({ ...round, disturbance });
    const shown = [round.ours, round.peer].map(
      ({ perSecond, p99, processorPerAnswer }) =>
        `${perSecond.toFixed(0)} /s p99 ${p99} µs processor ${processorPerAnswer.toFixed(1)} µs`,
    );
    process.stderr.write(`  ${shown.join('   ')}   others ${(disturbance * 100).toFixed(0)} %\n`);
  }
  const counted = played.toSorted((a, b) => a.disturbance - b.disturbance).slice(0, options.rounds);
  return {
    ours: standing(counted.map((round) => round.ours)),
    peer: standing(counted.map((round) => round.peer)),
    ratio: median(counted.map((round) => round.ours.perSecond / round.peer.perSecond)),
  };
}

/** Answers a second of one directory alone: the median of the rounds. */
export async function standingAlone(
  kind: QuestionKind,
  server: DirectoryServer,
  options: ContestOptions,
): Promise<Standing> {
  const side = prepare(kind, 'alone', server, options);
  await warmUp(side, options);
  const rounds: Measurement[] = [];
  while (rounds.length < options.rounds) rounds.push(await measure(side, options));
  return standing(rounds);
}

function prepare(kind: QuestionKind, name: string, server: DirectoryServer, { folder, tree }: ContestOptions): Side {
  const { asking, requests } = QUESTION[kind];
  const preamble = preambleOf(asking, server);
  return {
    server,
    requests: writeLoadRequests(join(folder, `${kind}-${name}`), requests(tree)),
    preamble: preamble.length === 0 ? undefined : writeLoadRequests(join(folder, `${kind}-${name}-preamble`), preamble),
    cursor: 0,
  };
}

/** The first answers take as long as they take: an index may be made for them. Then a round that does not count. */
async function warmUp(side: Side, options: ContestOptions): Promise<void> {
  await runLoad(options.load, { ...loadOf(side), count: CONNECTIONS });
  await measure(side, options);
}

function loadOf({ server: { port }, requests, preamble }: Side) {
  return { port, requests, ...(preamble === undefined ? {} : { preamble }), connections: CONNECTIONS };
}

interface Measurement extends LoadReport {
  readonly processorPerAnswer: number;
}

async function measure(side: Side, { load, seconds }: ContestOptions): Promise<Measurement> {
  const { server, cursor } = side;
  const before = server.processorSeconds();
  const report = await runLoad(load, { ...loadOf(side), seconds, warmUp: WARM_UP, start: cursor });
  side.cursor = cursor + Math.ceil(report.answers * 1.2);
  const spent = server.processorSeconds() - before;
  return {
    ...report,
    processorPerAnswer: (spent / report.answers) * (report.seconds / (report.seconds + WARM_UP)) * 1e6,
  };
}

function standing(reports: readonly Measurement[]): Standing {
  return {
    perSecond: median(reports.map(({ perSecond }) => perSecond)),
    p99: median(reports.map(({ p99 }) => p99)),
    octetsPerAnswer: median(reports.map(({ octetsPerAnswer }) => octetsPerAnswer)),
    processorPerAnswer: median(reports.map(({ processorPerAnswer }) => processorPerAnswer)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
