/**
 * CommitQueue makes changes durable, many at a time. A change is checked against the view, sent to the store, and applied to the view when
 * the store has it; while it is on its way, others that touch nothing of it are checked and sent after it, and share its fsync.
 * What touches something that is on its way waits, and is checked when that has settled.
 *
 * INVARIANT: a reader of the view sees nothing that is not durable, and sees changes in the order of the journal.
 * INVARIANT: a refusal is final only when nothing is on its way that could make it wrong.
 */
import { CodedError, type Logger, messageOf } from '../../base/index.ts';
import type { JournalStore, JournalTransaction, ObjectWrite } from '../../store/index.ts';
import { Refusal } from './refusal.ts';
import { type DirectoryResult, SUCCESS } from './result.ts';
import { storeFailure } from './store-failure.ts';
import { type Touches, TouchTable } from './touches.ts';

/** What is to be written, once it is checked. */
export interface CheckedWrites extends JournalTransaction {
  /** Called when it goes to the store: nothing else can refuse it any more. */
  readonly begun?: () => void;
  /** Called when it is durable and the view shows it, and nothing later yet. */
  readonly done?: () => void;
}

export interface CheckOutcome {
  readonly touches: Touches;
  /** What to write, or the result when there is nothing to write: a refusal, or a dry run. */
  readonly outcome: CheckedWrites | DirectoryResult;
}

export interface CommitQueueOptions {
  readonly store: JournalStore;
  readonly logger: Logger;
  /** Takes what has become durable, in order. */
  readonly apply: (writes: readonly ObjectWrite[], csn: string) => void;
}

interface Job {
  readonly check: () => CheckOutcome;
  readonly signal: AbortSignal | undefined;
  readonly settle: (result: DirectoryResult) => void;
  readonly fail: (error: unknown) => void;
  touches: Touches | undefined;
}

interface Sending {
  readonly job: Job;
  readonly touches: Touches;
  readonly writes: CheckedWrites;
  readonly octets: number;
}

interface Batch {
  readonly sendings: readonly Sending[];
  outcome: 'committed' | 'behind' | { readonly error: unknown } | undefined;
}

/** Appends that are on their way at a time; the store lets those that wait share an fsync. */
const MOST_BATCHES = 8;
/** What one append may hold, well below what the store takes. */
const MOST_CHANGES = 1000;
const MOST_OCTETS = 60 * 1024 * 1024;
/** Changes that wait for others. More are turned away. */
const MOST_WAITING = 10_000;

export class CommitQueue {
  readonly #options: CommitQueueOptions;
  /** What waits for something on its way, in order of arrival. */
  #waiting: Job[] = [];
  readonly #waitingTouches = new TouchTable();
  /** Checked, and not sent yet. */
  #gathered: Sending[] = [];
  readonly #batches: Batch[] = [];
  /** Of all that is gathered or on its way. */
  readonly #touched = new TouchTable();
  /** The head that the journal has when all that was sent is committed. */
  #head: number;
  /** The sequence of the last record that the view shows. */
  #applied: number;
  /** What the store did not take because it was behind. */
  readonly #returned: Job[] = [];
  /** Why the last batch was not written: said once in the log, however many changes meet it. */
  #failing: string | undefined;
  /** Set when the store can no longer be trusted to write. */
  #down: string | undefined;
  #catchingUp = false;
  #closing = false;
  #scheduled = false;
  readonly #idle: (() => void)[] = [];

  constructor(options: CommitQueueOptions) {
    this.#options = options;
    this.#head = options.store.head();
    this.#applied = this.#head;
  }

  /** Why nothing can be written until a restart; undefined while writing works. */
  get down(): string | undefined {
    return this.#down;
  }

  /**
   * Resolves when the change is durable and visible, or refused. Rejects only with what `check` throws. `check` may be called several times; the
   * last outcome counts.
   */
  submit(check: () => CheckOutcome, signal?: AbortSignal): Promise<DirectoryResult> {
    return new Promise((settle, fail) => {
      const job: Job = { check, signal, settle, fail, touches: undefined };
      if (this.#closing) settle(new Refusal('unavailable', 'the directory is closing'));
      else if (this.#waiting.length >= MOST_WAITING) {
        settle(new Refusal('busy', 'too many changes wait for each other; try again'));
      } else if (this.#catchingUp) this.#wait(job);
      else this.#take(job);
    });
  }

  /** Refuses all writes until a restart: the store cannot be written to. */
  refuseAll(error: unknown): void {
    if (this.#closing) return;
    this.#refusalOf(error);
    this.#down ??= 'the store of the directory cannot be written; see the log';
  }

  /** Takes nothing new, and resolves when everything that was submitted is settled. */
  async close(): Promise<void> {
    this.#closing = true;
    while (this.#batches.length > 0 || this.#gathered.length > 0 || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  /** Checks a change and gathers it, settles it, or lets it wait. */
  #take(job: Job): void {
    if (job.signal?.aborted === true) {
      job.settle(new Refusal('canceled', 'the change was given up before it was made'));
      return;
    }
    if (job.touches !== undefined && this.#conflicts(job.touches)) {
      this.#wait(job);
      return;
    }
    let checked: CheckOutcome;
    try {
      checked = job.check();
    } catch (error) {
      job.fail(error);
      return;
    }
    const { touches, outcome } = checked;
    job.touches = touches;
    if (this.#conflicts(touches)) this.#wait(job);
    else if (!('writes' in outcome)) job.settle(outcome);
    else if (this.#down !== undefined) job.settle(new Refusal('unwillingToPerform', this.#down));
    else this.#gather({ job, touches, writes: outcome, octets: sizeOf(outcome) });
  }

  #conflicts(touches: Touches): boolean {
    return this.#touched.conflictsWith(touches) || this.#waitingTouches.conflictsWith(touches);
  }

  #wait(job: Job): void {
    this.#waiting.push(job);
    if (job.touches !== undefined) this.#waitingTouches.add(job.touches);
  }

  #gather(sending: Sending): void {
    sending.writes.begun?.();
    this.#touched.add(sending.touches);
    this.#gathered.push(sending);
    if (this.#scheduled) return;
    // What else arrives before this turn ends goes with it.
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    while (this.#gathered.length > 0 && this.#batches.length < MOST_BATCHES && !this.#catchingUp) {
      const sendings = this.#nextBatch();
      const batch: Batch = { sendings, outcome: undefined };
      this.#batches.push(batch);
      const expected = this.#head;
      this.#head += sendings.length;
      this.#options.store
        .append(
          expected,
          sendings.map(({ writes: { csn, writes } }) => ({ csn, writes })),
        )
        .then(
          (outcome) => this.#settled(batch, outcome),
          (error: unknown) => this.#settled(batch, { error }),
        );
    }
  }

  #nextBatch(): Sending[] {
    let count = 0;
    let octets = 0;
    for (const sending of this.#gathered) {
      if (count > 0 && (count >= MOST_CHANGES || octets + sending.octets > MOST_OCTETS)) break;
      count += 1;
      octets += sending.octets;
    }
    return this.#gathered.splice(0, count);
  }

  /** INVARIANT: batches are finished in the order in which they were sent. */
  #settled(batch: Batch, outcome: NonNullable<Batch['outcome']>): void {
    batch.outcome = outcome;
    while (this.#batches[0]?.outcome !== undefined) this.#finish(this.#batches.shift()!);
    if (!this.#catchingUp) this.#goOn();
    else if (this.#batches.length === 0) this.#catchUp().then(() => this.#goOn(), this.#breakDown);
  }

  #finish({ sendings, outcome }: Batch): void {
    for (const { touches } of sendings) this.#touched.remove(touches);
    if (outcome !== 'committed') {
      // What was sent after it comes back as well, and what was gathered is checked again: the tree is not what they were checked against.
      this.#catchingUp = true;
      const error = outcome === 'behind' ? undefined : outcome?.error;
      if (error === undefined) this.#returned.push(...sendings.map(({ job }) => job));
      else this.#refuse(sendings, error);
      return;
    }
    if (this.#failing !== undefined) this.#options.logger.info('changes can be written again');
    this.#failing = undefined;
    for (const { job, writes } of sendings) {
      this.#applied += 1;
      this.#options.apply(writes.writes, writes.csn);
      writes.done?.();
      job.settle(SUCCESS);
    }
  }

  /** Looks again at what waits, and sends what can go. */
  #goOn(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { touches } of waiting) if (touches !== undefined) this.#waitingTouches.remove(touches);
    for (const job of waiting) this.#take(job);
    this.#send();
    if (this.#batches.length > 0 || this.#gathered.length > 0) return;
    for (const tell of this.#idle.splice(0)) tell();
  }

  /** Nothing is on its way: brings the view to the journal's head and lets what came back be checked again, before what came later. */
  async #catchUp(): Promise<void> {
    for (const { touches } of this.#gathered) this.#touched.remove(touches);
    this.#waiting.unshift(...this.#returned.splice(0), ...this.#gathered.splice(0).map(({ job }) => job));
    for (const job of this.#waiting) job.touches = undefined;
    this.#waitingTouches.clear();
    for (;;) {
      const records = await this.#options.store.journal(this.#applied);
      if (records.length === 0) break;
      for (const { writes, csn, sequence } of records) {
        this.#options.apply(writes, csn);
        this.#applied = sequence;
      }
    }
    this.#head = this.#applied;
    this.#catchingUp = false;
  }

  readonly #breakDown = (error: unknown): void => {
    this.#options.logger.error('the journal of the directory cannot be read; nothing is written until a restart', {
      error: messageOf(error),
    });
    this.#down ??= 'the journal of the directory cannot be read; nothing is written until a restart';
    this.#catchingUp = false;
    this.#goOn();
  };

  #refuse(sendings: readonly Sending[], error: unknown): void {
    const refusal = this.#refusalOf(error);
    for (const { job } of sendings) job.settle(refusal);
  }

  #refusalOf(error: unknown): Refusal {
    const code = error instanceof CodedError ? error.code : undefined;
    const cause = code ?? 'unknown';
    if (this.#failing !== cause) {
      this.#options.logger.error('changes cannot be written', { code, error: messageOf(error) });
    }
    this.#failing = cause;
    const { refusal, down } = storeFailure(code);
    this.#down ??= down;
    return refusal;
  }
}

function sizeOf({ writes }: CheckedWrites): number {
  let octets = 0;
  for (const { key, value } of writes) octets += key.length + (value?.length ?? 0);
  return octets;
}
