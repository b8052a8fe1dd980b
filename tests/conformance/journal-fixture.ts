/** An open journal store for each test of a conformance suite, and short ways to write to it and look at it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach } from 'node:test';
import type { JournalStore, JournalTransaction, ObjectWrite, StoredObject } from '../../src/store/index.ts';

export interface JournalHome {
  /** Opens the store of this home; the first time it is empty, later it has what was committed. */
  open(): Promise<JournalStore>;
  /** Removes the home; its store is closed by then. */
  remove(): Promise<void>;
}

export const octets = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

/** A write to the space `entry` by texts. */
export const put = (key: string, value: string, space = 'entry'): ObjectWrite => ({
  space,
  key: octets(key),
  value: octets(value),
});
export const remove = (key: string, space = 'entry'): ObjectWrite => ({ space, key: octets(key), value: undefined });
export const object = (key: string, value: string, space = 'entry'): StoredObject => ({
  space,
  key: octets(key),
  value: octets(value),
});
export const transaction = (csn: string, ...writes: readonly ObjectWrite[]): JournalTransaction => ({ csn, writes });

const text = (value: Uint8Array) => Buffer.from(value).toString('latin1');

export class JournalFixture {
  store!: JournalStore;
  #home!: JournalHome;

  /** Registers what opens a new store before each test and removes it after. */
  constructor(makeHome: () => JournalHome) {
    beforeEach(async () => {
      this.#home = makeHome();
      this.store = await this.#home.open();
    });
    afterEach(async () => {
      await this.store.close();
      await this.#home.remove();
    });
  }

  async reopen(): Promise<void> {
    await this.store.close();
    this.store = await this.#home.open();
  }

  /** Appends one transaction on the present head. */
  async write(csn: string, ...writes: readonly ObjectWrite[]): Promise<void> {
    assert.equal(await this.store.append(this.store.head(), [transaction(csn, ...writes)]), 'committed');
  }

  /** Every object as "space key=value", as the snapshot orders them. */
  objects(): Promise<string[]> {
    return objectsOf(this.store);
  }

  /** Every kept record as "sequence csn: writes". */
  async records(after = 0): Promise<string[]> {
    const records = await this.store.journal(after);
    return records.map(
      ({ sequence, csn, writes }) =>
        `${sequence} ${csn}: ${writes.map(({ space, key, value }) => `${space} ${text(key)}=${value === undefined ? 'gone' : text(value)}`).join(', ')}`,
    );
  }
}

export async function objectsOf(store: JournalStore): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of await store.objects()) {
    for (const { space, key, value } of batch) found.push(`${space} ${text(key)}=${text(value)}`);
  }
  return found;
}
