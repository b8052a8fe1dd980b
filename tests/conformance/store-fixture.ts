/** An open store for each test of a conformance suite, and short ways to write to it and look at it. */
import { afterEach, beforeEach } from 'node:test';
import type { Revision, Store, StoredRecord, Write } from '../../src/store/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

export interface StoreHome {
  /** Opens the store of this home; the first time it is empty, later it has what was committed. */
  open(clock: ManualClock): Promise<Store>;
  /** Removes the home; its store is closed by then. */
  remove(): Promise<void>;
}

export const bytes = (...octets: number[]) => Uint8Array.from(octets);

/** A write to bucket `b`, whatever is there. */
export const put = (key: string, value: Uint8Array, more: Partial<Write> = {}): Write => ({
  bucket: 'b',
  key,
  value,
  expect: 'any',
  ...more,
});

export class StoreFixture {
  store!: Store;
  clock!: ManualClock;
  #home!: StoreHome;

  /** Registers what opens a new store before each test and removes it after. */
  constructor(makeHome: () => StoreHome) {
    beforeEach(async () => {
      this.#home = makeHome();
      this.clock = new ManualClock();
      this.store = await this.#home.open(this.clock);
    });
    afterEach(async () => {
      await this.store.close();
      await this.#home.remove();
    });
  }

  async reopen(): Promise<void> {
    await this.store.close();
    this.store = await this.#home.open(this.clock);
  }

  async value(key: string, bucket = 'b'): Promise<Uint8Array | undefined> {
    return (await this.store.get(bucket, key))?.value;
  }

  async revision(key: string): Promise<Revision> {
    return (await this.store.get('b', key))!.revision;
  }

  async all(bucket = 'b'): Promise<StoredRecord[]> {
    const records: StoredRecord[] = [];
    for await (const record of this.store.list(bucket)) records.push(record);
    return records;
  }

  async keys(bucket = 'b'): Promise<string[]> {
    return (await this.all(bucket)).map(({ key }) => key);
  }
}
