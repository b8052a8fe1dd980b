/**
 * The figures of the directory, each measured beside slapd in the same run where slapd has one, as rows of the table.
 *
 * 100,000 people for the contests; 10,000 and 1,000,000 for what must not depend on the size; a group of everybody for what
 * one more member costs.
 */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Measured, ratioRow } from '../results.ts';
import type { TreeOptions } from './bonfire-people.ts';
import { type ContestOptions, contest, median, standingAlone } from './contest.ts';
import { Lab, say } from './lab.ts';
import type { LoadReport } from './ldap-load.ts';
import { bindsOf, everything, membership, newPasswords, preambleOf, QUESTION, type QuestionKind } from './questions.ts';
import { type RealmgateSide, realmgateSide } from './realmgate-side.ts';
import type { DirectoryServer } from './server.ts';
import { slapdPeer } from './slapd-peer.ts';

export interface FigureOptions {
  readonly people: number;
  /** How many rounds of a contest count. */
  readonly rounds: number;
  readonly seconds: number;
  /** Of the large tree. */
  readonly many: number;
}

export const FIGURE_OPTIONS: FigureOptions = { people: 100_000, rounds: 7, seconds: 2, many: 1_000_000 };

const SEED = 1;
const FEW = 10_000;
const STARTS = 3;
const PEER = 'slapd 2.5, back-mdb';

const CONTESTS: Readonly<Record<QuestionKind, { readonly what: string; readonly atLeast: number }>> = {
  uid: { what: 'searches by uid a second, all attributes, 100,000 people', atLeast: 3 },
  groups: { what: 'searches for the groups of a person by memberUid a second', atLeast: 3 },
  base: { what: 'reads of one entry by its name a second', atLeast: 3 },
  bind: { what: 'simple binds a second, `{SSHA}`, people at random, the trail on', atLeast: 2 },
  substring: { what: 'substring searches a second, `(mail=ab*)`, 100 hits', atLeast: 1 },
  list: { what: 'lists of 1,000 entries below one a second, in pages of 100', atLeast: 1 },
  modify: { what: 'durable changes of one attribute a second, 16 writers', atLeast: 1 },
};

const count = (row: Pick<Measured, 'id' | 'what' | 'ours' | 'atLeast' | 'holds'>): Measured => ({
  ...row,
  peer: null,
  peerName: null,
  ratio: null,
});
const seconds = (value: number) => `${value.toFixed(2)} s`;

/** The parts of the directory's figures, each by itself; all of one part come from the same servers. */
export const DIRECTORY_FIGURES: Readonly<Record<string, (options: FigureOptions) => Promise<readonly Measured[]>>> = {
  'directory-contests': (options) => inLab((lab) => contests(lab, options)),
  'directory-group': (options) => inLab((lab) => largeGroup(lab, options)),
  'directory-size': (options) => inLab((lab) => size(lab, options)),
};

async function inLab(measure: (lab: Lab) => Promise<readonly Measured[]>): Promise<readonly Measured[]> {
  const lab = new Lab();
  try {
    return await measure(lab);
  } finally {
    await lab.close();
  }
}

async function contests(lab: Lab, options: FigureOptions): Promise<readonly Measured[]> {
  const tree: TreeOptions = { people: options.people, seed: SEED, everybody: false };
  const ldif = await lab.ldif(tree);
  const [ours, peer] = [await lab.open(realmgateSide(lab.folder)), await lab.open(slapdPeer(lab.folder))];
  const rows: Measured[] = [];

  const took = { ours: await ours.import(ldif), peer: await peer.import(ldif) };
  say(`import ${seconds(took.ours)}, slapadd ${seconds(took.peer)}`);
  rows.push(
    ratioRow(
      {
        id: 'directory-import',
        what: 'people a second imported from LDIF, 100,000',
        peerName: '`slapadd -q`',
        atLeast: 0.33,
      },
      { ours: options.people / took.ours, peer: options.people / took.peer, ratio: took.peer / took.ours },
    ),
    await startRow(ours, 'directory-start', '100,000', 2),
  );
  await peer.start();

  // Everything is read once, so that slapd's map is resident, and everything else is in its caches.
  for (const server of [ours, peer])
    await lab.run(server, everything(tree), preambleOf('reader', server), { connections: 1, count: 1 });
  const contestOptions: ContestOptions = { folder: lab.folder, load: lab.load, tree, ...options };
  for (const [kind, { what, atLeast }] of Object.entries(CONTESTS) as [
    QuestionKind,
    (typeof CONTESTS)[QuestionKind],
  ][]) {
    say(kind);
    const result = await contest(kind, ours, peer, contestOptions);
    say(`  octets an answer ${result.ours.octetsPerAnswer}, ${result.peer.octetsPerAnswer}`);
    rows.push(
      ratioRow(
        { id: `directory-${kind}`, what, peerName: PEER, atLeast },
        { ours: result.ours.perSecond, peer: result.peer.perSecond, ratio: result.ratio },
      ),
    );
  }
  const memory = { ours: ours.residentMegabytes(), peer: peer.residentMegabytes() };
  rows.push(
    ratioRow(
      {
        id: 'directory-memory',
        what: 'megabytes resident with 100,000 people, after all of the above',
        peerName: `${PEER}, map resident`,
        atLeast: 0.5,
      },
      { ...memory, ratio: memory.peer / memory.ours },
    ),
  );
  await peer.stop();
  rows.push(await bindsBesideATrail(lab, ours, ldif, contestOptions));
  rows.push(await searchesUnderBinds(lab, ours, tree));
  return rows;
}

/** Binds that both sides write down. */
async function bindsBesideATrail(
  lab: Lab,
  ours: DirectoryServer,
  ldif: string,
  options: ContestOptions,
): Promise<Measured> {
  const peer = await lab.open(slapdPeer(lab.folder, 'slapd-trail', { trail: true }));
  await peer.import(ldif);
  await peer.start();
  await lab.run(peer, everything(options.tree), preambleOf('reader', peer), { connections: 1, count: 1 });
  say('bind, both with a trail');
  const result = await contest('bind', ours, peer, options);
  await peer.stop();
  return ratioRow(
    {
      id: 'directory-bind-trail',
      what: `${CONTESTS.bind.what} of both`,
      peerName: `${PEER}, with accesslog`,
      atLeast: CONTESTS.bind.atLeast,
    },
    { ours: result.ours.perSecond, peer: result.peer.perSecond, ratio: result.ratio },
  );
}

/** Searches that fall due 2,000 times a second, while 20 binds a second each cost a derivation of argon2id, and without them. */
async function searchesUnderBinds(lab: Lab, ours: DirectoryServer, tree: TreeOptions): Promise<Measured> {
  const [rounds, length, rate] = [5, 5, 20];
  const people = (rounds + 1) * length * rate;
  say(`${people} new passwords`);
  await lab.run(ours, newPasswords(tree, people), preambleOf('writer', ours), { connections: 4, count: people });
  const searches = () =>
    lab.run(ours, QUESTION.uid.requests(tree), preambleOf('reader', ours), {
      rate: 2_000,
      seconds: length,
      warmUp: 0.2,
    });
  const idle: LoadReport[] = [];
  const busy: LoadReport[] = [];
  await searches();
  for (let round = 0; round < rounds; round += 1) {
    idle.push(await searches());
    const binds = lab.run(ours, bindsOf(tree, people), [], {
      connections: 8,
      rate,
      seconds: length + 0.2,
      start: round * (length + 1) * rate,
    });
    busy.push(await searches());
    await binds;
    say(`  p99 ${idle.at(-1)!.p99} µs, with binds ${busy.at(-1)!.p99} µs`);
  }
  const p99 = (reports: readonly LoadReport[]) => median(reports.map((report) => report.p99));
  return ratioRow(
    {
      id: 'directory-p99',
      what: 'p99 of 2,000 searches a second in µs, while 20 argon2id binds a second run',
      peerName: 'without the binds',
      atLeast: 0.5,
    },
    { ours: p99(busy), peer: p99(idle), ratio: p99(idle) / p99(busy) },
  );
}

/** What one more member of a group of everybody costs. */
async function largeGroup(lab: Lab, { people }: FigureOptions): Promise<readonly Measured[]> {
  const tree: TreeOptions = { people, seed: SEED, everybody: true };
  const ours = await lab.open(realmgateSide(lab.folder));
  await ours.import(await lab.ldif(tree));
  await ours.start();
  const times = 1_000;
  const once = { connections: 1, count: times } as const;
  const writer = preambleOf('writer', ours);
  await lab.run(ours, membership(tree, 'delete', times), writer, once);
  const before = journalOf(ours);
  const added = await lab.run(ours, membership(tree, 'add', times), writer, once);
  const after = journalOf(ours);
  const octets = (after.octets - before.octets) / (after.records - before.records);
  return [
    count({
      id: 'directory-group-add',
      what: 'p99 of adding one member to a group of 100,000, durable',
      ours: `${(added.p99 / 1000).toFixed(2)} ms`,
      atLeast: 'at most 20 ms',
      holds: added.p99 <= 20_000,
    }),
    count({
      id: 'directory-group-octets',
      what: 'octets that one member added to a group of 100,000 adds to the journal',
      ours: Math.round(octets),
      atLeast: 'at most 1,000',
      holds: octets <= 1_000 && after.records - before.records === times,
    }),
  ];
}

function journalOf({ data }: RealmgateSide): { readonly records: number; readonly octets: number } {
  const database = new DatabaseSync(join(data, 'directory.db'), { readOnly: true });
  try {
    const sums = 'SELECT count(*) AS records, total(length(writes) + length(csn) + 16) AS octets FROM journal';
    const { records, octets } = database.prepare(sums).get() as { readonly records: number; readonly octets: number };
    return { records, octets };
  } finally {
    database.close();
  }
}

/** A hundred times the people: the start, and answers as fast as with few. */
async function size(lab: Lab, options: FigureOptions): Promise<readonly Measured[]> {
  const [few, many] = [
    await lab.open(realmgateSide(lab.folder, 'few')),
    await lab.open(realmgateSide(lab.folder, 'many')),
  ];
  const [fewPeople, manyPeople] = [FEW, options.many].map(
    (people): TreeOptions => ({ people, seed: SEED, everybody: false }),
  ) as [TreeOptions, TreeOptions];
  await few.import(await lab.ldif(fewPeople));
  say(
    `import of ${options.many.toLocaleString('en-US')} took ${seconds(await many.import(await lab.ldif(manyPeople)))}`,
  );
  const start = await startRow(many, 'directory-start-many', '1,000,000', 15);
  await few.start();
  const ratios: number[] = [];
  const standings = { few: [] as number[], many: [] as number[] };
  for (let round = 0; round < options.rounds; round += 1) {
    const common = { folder: lab.folder, load: lab.load, rounds: 1, seconds: options.seconds };
    const a = await standingAlone('uid', few, { ...common, tree: fewPeople });
    const b = await standingAlone('uid', many, { ...common, tree: manyPeople });
    standings.few.push(a.perSecond);
    standings.many.push(b.perSecond);
    ratios.push(b.perSecond / a.perSecond);
    say(`  ${a.perSecond.toFixed(0)} /s, with ${options.many.toLocaleString('en-US')} ${b.perSecond.toFixed(0)} /s`);
  }
  say(`${many.residentMegabytes().toFixed(0)} MB with ${options.many.toLocaleString('en-US')}`);
  return [
    start,
    ratioRow(
      {
        id: 'directory-size',
        what: 'searches by uid a second with 1,000,000 people',
        peerName: 'Realmgate with 10,000',
        atLeast: 0.8,
      },
      { ours: median(standings.many), peer: median(standings.few), ratio: median(ratios) },
    ),
  ];
}

/** Starts it some times, the last time for good; the median from the start of the program to its first answer. */
async function startRow(server: DirectoryServer, id: string, people: string, most: number): Promise<Measured> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    if (start > 0) await server.stop();
    times.push(await server.start());
  }
  const took = median(times);
  say(`start with ${people}: ${times.map(seconds).join(', ')}`);
  return count({
    id,
    what: `from the start to the first bind answered, ${people} people`,
    ours: seconds(took),
    atLeast: `at most ${most} s`,
    holds: took <= most,
  });
}
