/**
 * Writers over LDAP that know what was acknowledged to them: each owns an entry, which it changes in two attributes at a time, and adds
 * another now and then.
 */
import { addRequest, filter, modifyRequest, searchRequest, type WireResult } from './ldap-wire.ts';
import { WireClient } from './ldap-wire-client.ts';

/** "The change may or may not be there after a restart." */
const OTHER = 80;
/** Every so many writes an entry is added. */
const ADD_STEP = 5;

export interface WritersOptions {
  readonly port: number;
  /** Whoever may write. */
  readonly dn: string;
  readonly password: string;
  /** Below it each writer has `uid=writerN`. */
  readonly base: string;
  readonly count: number;
}

/** What of the acknowledged writes is there: nothing may be lost, nothing half. */
export interface WritersToll {
  readonly acknowledged: number;
  readonly lost: number;
  readonly half: number;
}

interface Writer {
  readonly uid: string;
  /** The number of the last write that was sent, and of the last change that was acknowledged. */
  sent: number;
  changed: number;
  /** Changes since then that were not answered, or answered that nothing is known: each may be there. */
  readonly uncertain: Set<number>;
  readonly added: number[];
}

export class DirectoryWriters {
  readonly #options: WritersOptions;
  readonly #writers: readonly Writer[];
  /** Answers other than success, by their code. */
  readonly refusals = new Map<number, WireResult>();
  #running: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(options: WritersOptions) {
    this.#options = options;
    this.#writers = Array.from({ length: options.count }, (_, number) => ({
      uid: `writer${number}`,
      sent: 0,
      changed: 0,
      uncertain: new Set(),
      added: [],
    }));
  }

  get acknowledged(): number {
    return this.#writers.reduce((sum, { changed, added }) => sum + (changed > 0 ? 1 : 0) + added.length, 0);
  }

  /** The LDIF of their entries. */
  ldif(): string {
    return this.#writers
      .map(
        ({ uid }) => `dn: uid=${uid},${this.#options.base}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: 0\nsn: 0\n\n`,
      )
      .join('');
  }

  /** All of them write at a time until `stop`, or until their connections end. */
  start(): void {
    this.#stopped = false;
    this.#running = Promise.all(this.#writers.map((writer) => this.#write(writer)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Sends one change; its result, undefined when there came none. */
  async once(): Promise<WireResult | undefined> {
    const client = await this.#connect();
    const result = await this.#step(client, this.#writers[0]!);
    client.close();
    return result;
  }

  /** Reads everything back. */
  async toll(): Promise<WritersToll> {
    const client = await this.#connect();
    let lost = 0;
    let half = 0;
    for (const { uid, uncertain, changed, added } of this.#writers) {
      const entry = await read(client, `uid=${uid},${this.#options.base}`);
      const [cn, sn] = ['cn', 'sn'].map((name) => Number(entry?.get(name)));
      if (cn !== sn) half += 1;
      if (cn !== changed && !uncertain.has(cn!)) lost += 1;
      for (const number of added) {
        const there = await read(client, `uid=${uid}-${number},${this.#options.base}`);
        if (there?.get('cn') !== String(number)) lost += 1;
      }
    }
    client.close();
    return { acknowledged: this.acknowledged, lost, half };
  }

  async #connect(): Promise<WireClient> {
    const client = await WireClient.connect(this.#options.port);
    await client.bind(this.#options.dn, this.#options.password);
    return client;
  }

  async #write(writer: Writer): Promise<void> {
    const client = await this.#connect();
    while (!this.#stopped) if ((await this.#step(client, writer)) === undefined) break;
    client.close();
  }

  async #step(client: WireClient, writer: Writer): Promise<WireResult | undefined> {
    const number = ++writer.sent;
    const adds = number % ADD_STEP === 0;
    const values = [String(number)];
    if (!adds) writer.uncertain.add(number);
    const dn = `uid=${writer.uid}${adds ? `-${number}` : ''},${this.#options.base}`;
    const answer = await client.ask(
      adds
        ? addRequest(dn, [
            ['objectClass', ['inetOrgPerson']],
            ['cn', values],
            ['sn', values],
          ])
        : modifyRequest(dn, [
            { operation: 'replace', attribute: 'cn', values },
            { operation: 'replace', attribute: 'sn', values },
          ]),
    );
    const result = answer?.result;
    if (result === undefined) return undefined;
    if (result.code !== 0) this.refusals.set(result.code, result);
    if (result.code === 0 && adds) writer.added.push(number);
    else if (result.code === 0) {
      writer.changed = number;
      writer.uncertain.clear();
    } else if (result.code !== OTHER) writer.uncertain.delete(number);
    return result;
  }
}

async function read(client: WireClient, base: string): Promise<ReadonlyMap<string, string> | undefined> {
  const request = searchRequest({
    base,
    scope: 'base',
    filter: filter.present('objectClass'),
    attributes: ['cn', 'sn'],
  });
  const [entry] = (await client.ask(request))?.entries ?? [];
  if (entry === undefined) return undefined;
  return new Map(entry.attributes.map(([name, [value]]) => [name.toLowerCase(), value?.toString() ?? '']));
}
