/**
 * The memory view by itself: how long it takes to load a BonFIRE tree, what memory it has then, and how long the view takes for a search.
 * Prints one JSON line a size. What makes the objects is not in the time, but in the memory.
 *
 *   scripts/run node bench/directory-view.ts [PEOPLE...]        10000 and 100000 by default; 1000000 takes a minute
 */
import {
  DirectoryView,
  EVERYTHING,
  encodeEntry,
  encodeMemberKey,
  NIL_UUID,
  type SearchRequest,
  search,
} from '../src/directory/index.ts';
import { standardSchema } from '../src/directory/schema/standard-schema.ts';
import type { StoredObject } from '../src/store/index.ts';
import { BerWriter, parseFilter } from '../src/x500/index.ts';
import { BONFIRE_SUFFIX } from '../tests/support/bonfire-tree.ts';
import { groupCount, groupsOf, NODES, NODES_DN, PEOPLE_DN, person, personDn } from './directory/bonfire-people.ts';

const SEED = 1;
const SECONDS = 1;
/** As many as a batch of the store has, or about. */
const BATCH = 1000;
const CONTAINERS = { People: 2, Hosts: 3, Groups: 4, Nodes: 5 };

function uuidOf(kind: number, number: number): Buffer {
  const uuid = Buffer.alloc(16);
  // As random as those of a store: neighbours have nothing in common.
  let mixed = Math.imul(number + 1, 0x9e3779b1) ^ Math.imul(kind, 0x85ebca6b);
  for (let at = 0; at < 12; at += 4) {
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b) ^ (mixed >>> 13);
    uuid.writeInt32BE(mixed, at);
  }
  uuid.writeUInt32BE(kind * 2 ** 28 + number, 12);
  return uuid;
}

const scratch = new BerWriter(4096);

function entry(
  uuid: Buffer,
  parent: Uint8Array,
  rdn: string,
  attributes: Record<string, readonly string[]>,
): StoredObject {
  const list = (texts: Record<string, readonly string[]>) =>
    Object.entries(texts).map(([description, values]) => ({
      description,
      values: values.map((value) => Buffer.from(value)),
    }));
  const operational = list({
    structuralObjectClass: [attributes['objectClass']![0]!],
    creatorsName: [`cn=admin,${BONFIRE_SUFFIX}`],
    createTimestamp: ['20261122110000Z'],
    modifiersName: [`cn=admin,${BONFIRE_SUFFIX}`],
    modifyTimestamp: ['20261122110000Z'],
    entryCSN: ['20261122110000.000001Z#000000#000#000000'],
  });
  return {
    space: 'entry',
    key: uuid,
    value: encodeEntry({ parent, rdn, user: list(attributes), operational }, scratch),
  };
}

function* objects(people: number): Generator<StoredObject> {
  const root = uuidOf(1, 1);
  yield entry(root, NIL_UUID, BONFIRE_SUFFIX, {
    objectClass: ['organization', 'dcObject', 'top'],
    dc: ['bonfire-project'],
    o: ['BonFIRE'],
  });
  const container = (number: number) => uuidOf(1, number);
  for (const [ou, number] of Object.entries(CONTAINERS)) {
    yield entry(container(number), root, `ou=${ou}`, { objectClass: ['organizationalUnit', 'top'], ou: [ou] });
  }
  for (let number = 0; number < NODES; number += 1) {
    yield entry(uuidOf(4, number), container(CONTAINERS.Nodes), `cn=node${number}`, {
      objectClass: ['device', 'top'],
      cn: [`node${number}`],
      serialNumber: [String(100_000 + number)],
      l: [`site ${number % 7}`],
    });
  }
  const options = { people, seed: SEED, everybody: false };
  for (let group = 0; group < groupCount(people); group += 1) {
    yield entry(uuidOf(3, group), container(CONTAINERS.Groups), `cn=group${group}`, {
      objectClass: ['posixGroup', 'top'],
      cn: [`group${group}`],
      gidNumber: [String(5_000 + group)],
    });
  }
  for (let number = 0; number < people; number += 1) {
    yield personEntry(people, number, '/bin/bash');
  }
  for (let number = 0; number < people; number += 1) {
    for (const group of groupsOf(options, number)) {
      const key = encodeMemberKey(uuidOf(3, group), { kind: 'entry', uuid: uuidOf(2, number) });
      yield { space: 'member', key, value: new Uint8Array(0) };
    }
  }
}

function personEntry(people: number, number: number, loginShell: string): StoredObject {
  const { uid, mail } = person(SEED, number);
  const surname = uid.replace(/\d+$/, '');
  const given = person(SEED, (number * 7919) % people).uid.replace(/\d+$/, '');
  const [group = 0] = groupsOf({ people, seed: SEED, everybody: false }, number);
  const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${uuidOf(9, number).toString('hex')}${uuidOf(8, number).toString('base64')} ${uid}`;
  return entry(uuidOf(2, number), uuidOf(1, CONTAINERS.People), `uid=${uid}`, {
    objectClass: ['inetOrgPerson', 'organizationalPerson', 'person', 'top', 'posixAccount', 'ldapPublicKey'],
    uid: [uid],
    cn: [`${given} ${surname}`],
    sn: [surname],
    givenName: [given],
    displayName: [`${given} ${surname} (${number})`],
    mail: [mail],
    o: [`testbed ${number % 23}`],
    telephoneNumber: [`+49 711 ${1_000_000 + number}`],
    uidNumber: [String(10_000 + number)],
    gidNumber: [String(5_000 + group)],
    homeDirectory: [`/srv/people/${uid}`],
    loginShell: [loginShell],
    sshPublicKey: number % 5 === 0 ? [key, `${key}@second`] : [key],
  });
}

const parsed = standardSchema();
if (parsed.kind !== 'parsed') throw new Error(parsed.problems[0]?.message);
const { schema } = parsed;

/** Processor time of the process so far: what else the machine does is not in it. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const megabytes = () => {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().rss / 2 ** 20);
};

/** Microseconds a search, and answers a search. */
function measure(
  view: DirectoryView,
  ask: (turn: number) => SearchRequest,
): { readonly us: number; readonly answers: number } {
  const out = new BerWriter(1 << 16);
  const asked = Array.from({ length: 4096 }, (_, turn) => ask(turn));
  let searches = 0;
  let answers = 0;
  const turn = (request: SearchRequest) => {
    const run = search(view, request, EVERYTHING, 0);
    out.reset();
    for (let step = run.next(out); step !== 'end'; step = run.next(out)) {
      if (step !== 'entry') continue;
      answers += 1;
      if (out.length > 1 << 15) out.reset();
    }
    searches += 1;
  };
  const forSome = (ms: number) => {
    searches = 0;
    answers = 0;
    const start = processorMs();
    let spent = 0;
    for (let rounds = 1; spent < ms; spent = processorMs() - start) {
      for (let round = 0; round < rounds; round += 1) turn(asked[searches % asked.length]!);
      if (spent < ms / 10) rounds *= 2;
    }
    return (spent * 1000) / searches;
  };
  forSome(SECONDS * 300);
  const us = forSome(SECONDS * 1000);
  return { us: Number(us.toFixed(2)), answers: Number((answers / searches).toFixed(1)) };
}

function bench(people: number): void {
  const before = megabytes();
  const view = new DirectoryView(schema);
  let load = 0;
  const loader = view.loader();
  let batch: StoredObject[] = [];
  const give = () => {
    const start = processorMs();
    loader.add(batch);
    load += processorMs() - start;
    batch = [];
  };
  for (const object of objects(people)) if (batch.push(object) === BATCH) give();
  give();
  const settle = processorMs();
  loader.finish();
  const settled = processorMs() - settle;
  load += settled;
  const loaded = megabytes();

  const random = (turn: number) => person(SEED, (turn * 7_919 + ((turn * 104_729) % 6_007) * 131) % people);
  const request = (filter: string, more: Partial<SearchRequest> = {}): SearchRequest => ({
    base: Buffer.from(BONFIRE_SUFFIX),
    scope: 'subtree',
    filter: parseFilter(filter)!,
    attributes: [],
    typesOnly: false,
    sizeLimit: 0,
    ...more,
  });
  const results = {
    uid: measure(view, (turn) => request(`(uid=${random(turn).uid})`, { base: Buffer.from(PEOPLE_DN) })),
    groups: measure(view, (turn) =>
      request(`(&(objectClass=posixGroup)(memberUid=${random(turn).uid}))`, { attributes: ['cn'] }),
    ),
    base: measure(view, (turn) =>
      request('(objectClass=*)', { base: Buffer.from(personDn(random(turn).uid)), scope: 'base' }),
    ),
    mail: measure(view, () => request('(mail=ab.*)')),
    one: measure(view, () => request('(objectClass=*)', { base: Buffer.from(NODES_DN), scope: 'one' })),
    pieces: measure(view, (turn) => request(`(cn=*${random(turn).uid.slice(2, 6)}*)`, { sizeLimit: 100 })),
    absent: measure(view, () => request('(uid=nobody)')),
  };
  const searched = megabytes();

  const turns = Math.min(people, 100_000);
  let changing = 0;
  for (let turn = 0; turn < turns; turn += BATCH) {
    const writes = Array.from({ length: BATCH }, (_, at) =>
      personEntry(people, ((turn + at) * 7_919) % people, `/bin/shell${(turn + at) % 7}`),
    );
    const start = processorMs();
    for (const write of writes) view.apply([write]);
    changing += processorMs() - start;
  }
  process.stdout.write(
    `${JSON.stringify({
      bench: 'directory-view',
      people,
      entries: view.size,
      loadMs: Math.round(load),
      settleMs: Math.round(settled),
      octetsMb: Math.round(view.content.entries.slabs.capacity / 2 ** 20),
      rssMb: { before, loaded, searched, changed: megabytes() },
      changeUs: Number(((changing * 1000) / turns).toFixed(2)),
      ...results,
    })}\n`,
  );
}

for (const size of process.argv
  .slice(2)
  .map(Number)
  .concat(process.argv.length > 2 ? [] : [10_000, 100_000]))
  bench(size);
