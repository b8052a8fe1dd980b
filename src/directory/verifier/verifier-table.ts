/**
 * VerifierTable keeps the objects of the space `verifier` in memory: their octets in slabs of a megabyte, found by an
 * open-addressing hash in a typed array. No JavaScript object a password, so that a million of them neither fill the heap
 * nor slow its collector.
 *
 * What is overwritten or deleted stays where it is as garbage, until there is more of it than of the rest; then all is
 * moved into new slabs.
 */
import { CodedError } from '../../base/index.ts';
import { LONGEST_VERIFIER, VERIFIER_KEY_OCTETS } from './verifier-record.ts';

const SLAB_OCTETS = 1024 * 1024;
/** An address is 32 bits. */
const MOST_SLABS = 4096;
const LEAST_SLOTS = 64;
const EMPTY = 0xffffffff;
/** A record is its key, the length of its value in four octets, and the value. */
const HEAD_OCTETS = VERIFIER_KEY_OCTETS + 4;

export class VerifierTable {
  /** The address of a record, or EMPTY; a power of two of them, at most half of them taken. */
  #slots = new Uint32Array(LEAST_SLOTS).fill(EMPTY);
  #count = 0;
  #slabs: Buffer[] = [];
  /** Octets taken of the last slab. */
  #used = SLAB_OCTETS;
  #live = 0;
  #garbage = 0;

  /** How many values there are. */
  get size(): number {
    return this.#count;
  }

  /** Octets of memory, for figures. */
  get octets(): number {
    return this.#slabs.length * SLAB_OCTETS + this.#slots.byteLength;
  }

  /** The value without a copy: good until the next `set` or `delete`. */
  get(key: Uint8Array): Buffer | undefined {
    const address = this.#slots[this.#slotOf(key)]!;
    return address === EMPTY ? undefined : this.#valueAt(address);
  }

  /** Keeps a copy. Throws DIRECTORY_VERIFIER for a key or a value that no verifier has. */
  set(key: Uint8Array, value: Uint8Array): void {
    if (key.length !== VERIFIER_KEY_OCTETS || value.length > LONGEST_VERIFIER) {
      throw new CodedError('DIRECTORY_VERIFIER', `a verifier of ${key.length} and ${value.length} octets`);
    }
    let slot = this.#slotOf(key);
    const before = this.#slots[slot]!;
    if (before !== EMPTY) this.#discard(before);
    else {
      this.#count += 1;
      if (this.#count * 2 > this.#slots.length) {
        this.#rehash(this.#slots.length * 2);
        slot = this.#slotOf(key);
      }
    }
    this.#slots[slot] = this.#write(key, value);
    if (this.#garbage > this.#live + SLAB_OCTETS) this.#compact();
  }

  delete(key: Uint8Array): void {
    if (key.length !== VERIFIER_KEY_OCTETS) return;
    let hole = this.#slotOf(key);
    const address = this.#slots[hole]!;
    if (address === EMPTY) return;
    this.#discard(address);
    this.#count -= 1;
    // What was put further on because this slot was taken moves back, so that no search ends at the hole.
    const mask = this.#slots.length - 1;
    for (let next = (hole + 1) & mask; this.#slots[next] !== EMPTY; next = (next + 1) & mask) {
      const moved = this.#slots[next]!;
      const home = this.#hashAt(moved) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      this.#slots[hole] = moved;
      hole = next;
    }
    this.#slots[hole] = EMPTY;
    if (this.#garbage > this.#live + SLAB_OCTETS) this.#compact();
  }

  /** Every key and value, without a copy: good until the next `set` or `delete`. */
  *entries(): Generator<readonly [key: Uint8Array, value: Buffer]> {
    for (const address of this.#slots) {
      if (address === EMPTY) continue;
      const { slab, offset } = this.#place(address);
      yield [slab.subarray(offset, offset + VERIFIER_KEY_OCTETS), this.#valueAt(address)];
    }
  }

  /** The slot of the key, or the free one where it belongs. */
  #slotOf(key: Uint8Array): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(key, 0) & mask;
    for (let address = this.#slots[slot]!; address !== EMPTY && !this.#isAt(address, key); ) {
      slot = (slot + 1) & mask;
      address = this.#slots[slot]!;
    }
    return slot;
  }

  #isAt(address: number, key: Uint8Array): boolean {
    const { slab, offset } = this.#place(address);
    for (let index = 0; index < VERIFIER_KEY_OCTETS; index += 1) {
      if (slab[offset + index] !== key[index]) return false;
    }
    return true;
  }

  #hashAt(address: number): number {
    const { slab, offset } = this.#place(address);
    return hashOf(slab, offset);
  }

  #place(address: number): { readonly slab: Buffer; readonly offset: number } {
    return { slab: this.#slabs[Math.floor(address / SLAB_OCTETS)]!, offset: address % SLAB_OCTETS };
  }

  #valueAt(address: number): Buffer {
    const { slab, offset } = this.#place(address);
    const start = offset + HEAD_OCTETS;
    return slab.subarray(start, start + slab.readUInt32BE(offset + VERIFIER_KEY_OCTETS));
  }

  #write(key: Uint8Array, value: Uint8Array): number {
    const length = HEAD_OCTETS + value.length;
    if (this.#used + length > SLAB_OCTETS) {
      if (this.#slabs.length === MOST_SLABS) {
        throw new CodedError('DIRECTORY_VERIFIER', 'four gibibytes of verifiers are too many');
      }
      this.#slabs.push(Buffer.allocUnsafeSlow(SLAB_OCTETS));
      this.#used = 0;
    }
    const slab = this.#slabs.at(-1)!;
    const offset = this.#used;
    slab.set(key, offset);
    slab.writeUInt32BE(value.length, offset + VERIFIER_KEY_OCTETS);
    slab.set(value, offset + HEAD_OCTETS);
    this.#used += length;
    this.#live += length;
    return (this.#slabs.length - 1) * SLAB_OCTETS + offset;
  }

  /** A verifier that is no longer one leaves the memory too. */
  #discard(address: number): void {
    const value = this.#valueAt(address);
    const length = HEAD_OCTETS + value.length;
    value.fill(0);
    this.#live -= length;
    this.#garbage += length;
  }

  #rehash(slots: number): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(slots).fill(EMPTY);
    for (const address of before) {
      if (address !== EMPTY) this.#slots[this.#freeSlot(this.#hashAt(address))] = address;
    }
  }

  #freeSlot(hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    return slot;
  }

  #compact(): void {
    const before = this.#slabs;
    this.#slabs = [];
    this.#used = SLAB_OCTETS;
    this.#live = 0;
    this.#garbage = 0;
    for (let slot = 0; slot < this.#slots.length; slot += 1) {
      const address = this.#slots[slot]!;
      if (address === EMPTY) continue;
      const slab = before[Math.floor(address / SLAB_OCTETS)]!;
      const offset = address % SLAB_OCTETS;
      const start = offset + HEAD_OCTETS;
      const value = slab.subarray(start, start + slab.readUInt32BE(offset + VERIFIER_KEY_OCTETS));
      this.#slots[slot] = this.#write(slab.subarray(offset, offset + VERIFIER_KEY_OCTETS), value);
    }
  }
}

/** FNV-1a over the key, mixed once more: entryUUIDs of slapd count up in time and differ in few bits. */
function hashOf(octets: Uint8Array, offset: number): number {
  let hash = 0x811c9dc5;
  for (let index = offset; index < offset + VERIFIER_KEY_OCTETS; index += 1) {
    hash = Math.imul(hash ^ octets[index]!, 0x01000193);
  }
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
