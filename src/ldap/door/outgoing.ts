/**
 * Outgoing is what a connection has to say: answers are written into one buffer that grows, and leave with one write.
 *
 * The buffer is used again as soon as the system took all of it, which it mostly does at once. When it did not, the
 * reader is slower than the answers: `blocked` until it has taken them, and who makes answers waits.
 * So a connection holds the answers that are on their way, those made since, and no more.
 */
import type { Socket } from 'node:net';
import type { Clock, Milliseconds } from '../../base/index.ts';
import { BerWriter } from '../../x500/index.ts';

/** With so many octets written, they are sent before more is made. */
const FULL = 64 * 1024;
/** A buffer that one large entry made larger is not kept. */
const MOST_KEPT = 256 * 1024;
const FIRST_CAPACITY = 2048;
const NOTHING = Buffer.alloc(0);

export class Outgoing {
  readonly #clock: Clock;
  readonly #drained: () => void;
  #socket: Socket;
  #writer = new BerWriter(FIRST_CAPACITY);
  /** The buffer that is not used while the other is on its way. */
  #spare: BerWriter | undefined;
  #blockedSince: Milliseconds | undefined;

  /** `drained` is called when a reader that was too slow has taken what there was. */
  constructor(socket: Socket, clock: Clock, drained: () => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#drained = drained;
  }

  /** Where answers are written, whole elements only. Another one after each flush. */
  get writer(): BerWriter {
    return this.#writer;
  }

  /** Enough is written that it should be sent. */
  get isFull(): boolean {
    return this.#writer.length >= FULL;
  }

  /** The reader has not taken what was sent to it. */
  get blocked(): boolean {
    return this.#blockedSince !== undefined;
  }

  /** For how long the reader has not taken it. */
  blockedFor(now: Milliseconds): Milliseconds {
    return this.#blockedSince === undefined ? 0 : now - this.#blockedSince;
  }

  /** From now on over another socket, such as the encrypted one that was made of this one. */
  attach(socket: Socket): void {
    this.#socket = socket;
  }

  /** Sends what was written, unless the reader still has to take what was sent before. */
  flush(): void {
    const writer = this.#writer;
    if (writer.length === 0 || this.blocked) return;
    const socket = this.#socket;
    socket.write(writer.view());
    if (socket.writableLength === 0) {
      if (writer.length > MOST_KEPT) this.#writer = new BerWriter(FIRST_CAPACITY);
      else writer.reset();
      return;
    }
    this.#writer = this.#spare ?? new BerWriter(FIRST_CAPACITY);
    this.#spare = undefined;
    this.#blockedSince = this.#clock.monotonic();
    socket.write(NOTHING, (error) => this.#taken(writer, error));
  }

  #taken(writer: BerWriter, error: Error | null | undefined): void {
    this.#blockedSince = undefined;
    if (writer.length <= MOST_KEPT) {
      writer.reset();
      this.#spare = writer;
    }
    if (!error) this.#drained();
  }
}
