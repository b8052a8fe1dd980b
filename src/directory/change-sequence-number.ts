/**
 * ChangeSequenceNumber (CSN) orders the changes of a directory: `20261122120129.123456Z#000000#000#000000` is an instant in
 * microseconds, a count within it, the server that made it and a count of modifications that is always zero
 * (draft-ietf-ldup-model; the form is OpenLDAP's, so that its consumers can read ours).
 *
 * INVARIANT: the numbers of one source strictly grow, also when the clock stands still or jumps back and over restarts.
 */
import type { Clock, Instant } from '../base/index.ts';

declare const brand: unique symbol;
export type Csn = string & { readonly [brand]: 'Csn' };

const CSN = /^(\d{14}\.\d{6})Z#([0-9a-f]{6})#([0-9a-f]{3})#[0-9a-f]{6}$/;
const LARGEST_COUNT = 0xffffff;
/** 9999-12-31T23:59:59.999Z: what four digits of a year can say. */
const LATEST: Instant = 253_402_300_799_999;

/** Parses a change sequence number; the only way to obtain one from text. */
export function parseCsn(text: string): Csn | undefined {
  return CSN.test(text) ? (text as Csn) : undefined;
}

/** Makes change sequence numbers. */
export class CsnSource {
  readonly #clock: Clock;
  readonly #tail: string;
  /** The instant that was written last, and how. */
  #instant: Instant = Number.NaN;
  #written = '';
  /** The instant of the last number as `20261122120129.123456`: its order as text is its order in time. */
  #time = '';
  #count = 0;

  /** `server` is 0 to 4095; directories that replicate each other have different ones. */
  constructor(clock: Clock, server = 0) {
    this.#clock = clock;
    this.#tail = `#${server.toString(16).padStart(3, '0')}#000000`;
  }

  /** Lets all later numbers be greater than this one. */
  observe(csn: Csn): void {
    const [, time = '', count = ''] = CSN.exec(csn)!;
    const number = Number.parseInt(count, 16);
    if (time < this.#time || (time === this.#time && number <= this.#count)) return;
    this.#time = time;
    this.#count = number;
  }

  next(): Csn {
    const time = this.#now();
    if (time > this.#time) {
      this.#time = time;
      this.#count = 0;
    } else if (this.#count < LARGEST_COUNT) this.#count += 1;
    else {
      this.#time = following(this.#time);
      this.#count = 0;
    }
    return `${this.#time}Z#${this.#count.toString(16).padStart(6, '0')}${this.#tail}` as Csn;
  }

  #now(): string {
    const instant = this.#clock.now();
    if (instant !== this.#instant) {
      this.#instant = instant;
      this.#written = timeOf(instant);
    }
    return this.#written;
  }
}

/** `20261122120129.123000` of an instant. */
function timeOf(instant: Instant): string {
  const iso = new Date(Math.min(Math.max(instant, 0), LATEST)).toISOString();
  return `${iso.slice(0, 19).replace(/[-T:]/g, '')}.${iso.slice(20, 23)}000`;
}

/** The next microsecond, or the next whole second of the digits: no calendar is needed, for the text only has to grow. */
function following(time: string): string {
  const digits = (BigInt(time.replace('.', '')) + 1n).toString();
  return `${digits.slice(0, 14)}.${digits.slice(14)}`;
}
