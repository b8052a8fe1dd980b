/**
 * A contest of two: they take turns under the same load, round by round. What counts are the rounds in which the rest of
 * the machine was quietest; when others are busy, more rounds than asked for are played.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Contender, checkAnswers, type Question, wireRequest } from './contender.ts';
import { runLoad, writeRequests } from './load.ts';
import { othersSeconds } from './processor-time.ts';

export interface ContestOptions {
  readonly folder: string;
  readonly questions: readonly Question[];
  /** How many rounds count. */
  readonly rounds: number;
  /** Of each side in a round. */
  readonly seconds: number;
  readonly connections: number;
}

/** Medians over the rounds that count. */
export interface Standing {
  readonly requestsPerSecond: number;
  /** Processor time of everything between the load and the application. */
  readonly microsecondsPerRequest: number;
}

export interface ContestResult {
  readonly ours: Standing;
  readonly peer: Standing;
  /** The median of the rounds' own ratios. */
  readonly ratio: number;
  /** The share of the machine that other programs took, in the worst round that counts. */
  readonly disturbance: number;
}

interface Round {
  readonly ours: Standing;
  readonly peer: Standing;
  readonly disturbance: number;
}

interface Side {
  readonly contender: Contender;
  readonly requestsFile: string;
}

const WARM_UP_ROUNDS = 2;
/** A round is quiet while others take less of the machine than this. */
const QUIET = 0.1;
/** At most so many times the rounds that count are played. */
const MOST_TRIES = 5;

export async function contest(ours: Contender, peer: Contender, options: ContestOptions): Promise<ContestResult> {
  const ourSide = await prepare(ours, 'ours', options);
  const peerSide = await prepare(peer, 'peer', options);
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await play(ourSide, peerSide, options);
  const played: Round[] = [];
  const quiet = () => played.filter(({ disturbance }) => disturbance < QUIET).length;
  while (quiet() < options.rounds && played.length < options.rounds * MOST_TRIES) {
    const round = await play(ourSide, peerSide, options);
    played.push(round);
    process.stderr.write(`  ${written(round.ours)}  ${written(round.peer)}  others ${percent(round.disturbance)}\n`);
  }
  const counted = played.toSorted((a, b) => a.disturbance - b.disturbance).slice(0, options.rounds);
  return {
    ours: medianStanding(counted.map((round) => round.ours)),
    peer: medianStanding(counted.map((round) => round.peer)),
    ratio: median(counted.map((round) => round.ours.requestsPerSecond / round.peer.requestsPerSecond)),
    disturbance: Math.max(...counted.map(({ disturbance }) => disturbance)),
  };
}

async function prepare(contender: Contender, name: string, { folder, questions }: ContestOptions): Promise<Side> {
  await checkAnswers(contender, questions);
  const requestsFile = join(folder, `requests-${name}`);
  writeRequests(
    requestsFile,
    questions.map((question) => wireRequest(contender, question)),
  );
  return { contender, requestsFile };
}

async function play(ours: Side, peer: Side, options: ContestOptions): Promise<Round> {
  const others = othersSeconds();
  const started = process.hrtime.bigint();
  const standings = { ours: await measure(ours, options), peer: await measure(peer, options) };
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return { ...standings, disturbance: Math.max(0, othersSeconds() - others) / (seconds * availableParallelism()) };
}

async function measure(side: Side, { folder, seconds, connections }: ContestOptions): Promise<Standing> {
  const { port, programs } = side.contender;
  const spent = () => programs.reduce((sum, program) => sum + program.processorSeconds(), 0);
  const before = spent();
  const load = { port, connections, seconds, requestsFile: side.requestsFile };
  const { requestsPerSecond, requests } = await runLoad(folder, load);
  return { requestsPerSecond, microsecondsPerRequest: ((spent() - before) / requests) * 1e6 };
}

function medianStanding(standings: readonly Standing[]): Standing {
  return {
    requestsPerSecond: median(standings.map(({ requestsPerSecond }) => requestsPerSecond)),
    microsecondsPerRequest: median(standings.map(({ microsecondsPerRequest }) => microsecondsPerRequest)),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function written({ requestsPerSecond, microsecondsPerRequest }: Standing): string {
  return `${requestsPerSecond.toFixed(0).padStart(6)} /s ${microsecondsPerRequest.toFixed(0).padStart(4)} µs`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
