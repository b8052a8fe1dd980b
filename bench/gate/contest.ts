/** A contest of two: they take turns under the same load, so that what else the machine does falls on both. */
import { join } from 'node:path';
import { type Contender, checkAnswers, type Question, wireRequest } from './contender.ts';
import { runLoad, writeRequests } from './load.ts';

export interface ContestOptions {
  readonly folder: string;
  readonly questions: readonly Question[];
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
}

/** Medians over the rounds. */
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
}

const WARM_UP_SECONDS = 2;

export async function contest(ours: Contender, peer: Contender, options: ContestOptions): Promise<ContestResult> {
  const { folder, questions, rounds, seconds, connections } = options;
  const sides = [];
  for (const contender of [ours, peer]) {
    await checkAnswers(contender, questions);
    const requestsFile = join(folder, `requests-${sides.length}`);
    writeRequests(
      requestsFile,
      questions.map((question) => wireRequest(contender, question)),
    );
    sides.push({ contender, requestsFile, standings: [] as Standing[] });
  }
  for (let round = 0; round <= rounds; round += 1) {
    for (const { contender, requestsFile, standings } of sides) {
      const { port, programs } = contender;
      const spent = () => programs.reduce((sum, program) => sum + program.processorSeconds(), 0);
      const before = spent();
      const load = { port, connections, requestsFile, seconds: round === 0 ? WARM_UP_SECONDS : seconds };
      const { requestsPerSecond, requests } = await runLoad(folder, load);
      const standing = { requestsPerSecond, microsecondsPerRequest: ((spent() - before) / requests) * 1e6 };
      if (round > 0) standings.push(standing);
      process.stderr.write(
        `  ${round === 0 ? 'warm-up' : `round ${round}`}  ${contender.name.padEnd(40)} ${requestsPerSecond.toFixed(0).padStart(7)} /s ${standing.microsecondsPerRequest.toFixed(0).padStart(5)} µs\n`,
      );
    }
  }
  const [ourStandings, peerStandings] = sides.map(({ standings }) => standings) as [Standing[], Standing[]];
  return {
    ours: medianStanding(ourStandings),
    peer: medianStanding(peerStandings),
    ratio: median(
      ourStandings.map(({ requestsPerSecond }, at) => requestsPerSecond / peerStandings[at]!.requestsPerSecond),
    ),
  };
}

function medianStanding(standings: readonly Standing[]): Standing {
  return {
    requestsPerSecond: median(standings.map(({ requestsPerSecond }) => requestsPerSecond)),
    microsecondsPerRequest: median(standings.map(({ microsecondsPerRequest }) => microsecondsPerRequest)),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
