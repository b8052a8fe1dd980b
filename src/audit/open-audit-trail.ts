/**
 * openAuditTrail puts the parts of a trail together: the chain of this process, the sums of what repeats, the signed
 * heads, retention and the log of failed logins.
 */
import { mkdirSync } from 'node:fs';
import { type Clock, CodedError, type Logger, type Milliseconds, messageOf, type Random } from '../base/index.ts';
import { AllowSums } from './allow-sums.ts';
import { type AuditId, auditIdSource } from './audit-id.ts';
import type { AuditSettings } from './audit-schema.ts';
import { ChainWriter } from './chain-writer.ts';
import { FailureLog, isFailure } from './failure-log.ts';
import { findAuditRecord } from './find.ts';
import { type HeadSigner, headOctets, writeHeadFile } from './head.ts';
import type { ActRecord, AuditEntry, AuditRecord, DecisionRecord, RefusalsRecord, UnnumberedRecord } from './record.ts';
import { FLOOD_LIMITS, type FloodLimits, type Refusal, RefusalFloods } from './refusal-floods.ts';
import { deleteExpired, expiredFiles } from './retention.ts';
import { type AuditFilter, searchAuditRecords } from './search.ts';
import type { AllowKey, AuditTrail } from './trail.ts';

export interface AuditTrailOptions extends Pick<AuditSettings, 'rotateSize' | 'keep' | 'onFull'> {
  /** Made with mode 0700 when missing. */
  readonly folder: string;
  /** The process's own chain: `a` for the server; one to three lower-case digits of Crockford's base32. */
  readonly chain: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly signer: HeadSigner;
  readonly logger: Logger;
  /** For tests; what is written in full each minute before refusals are only counted. */
  readonly floodLimits?: FloodLimits;
}

const SECOND: Milliseconds = 1000;
const MINUTE: Milliseconds = 60 * SECOND;

/** Opens the trail and goes on with the chain where it ended. Throws AUDIT_UNAVAILABLE, AUDIT_CHAIN_NAME. */
export function openAuditTrail(options: AuditTrailOptions): AuditTrail {
  return new OpenAuditTrail(options);
}

class OpenAuditTrail implements AuditTrail {
  readonly #options: AuditTrailOptions;
  readonly #idAt: (now: number) => AuditId;
  readonly #writer: ChainWriter;
  readonly #allows = new AllowSums();
  readonly #floods: RefusalFloods;
  readonly #failures: FailureLog;
  readonly #timers: readonly { cancel(): void }[];
  /** Records that `onFull: drop` lost since the disk last took one. */
  #dropped = 0;
  /** The disk refused the last record: until it takes one, nothing counts as a repeat. */
  #refusing = false;
  #headN = 0;
  #signing: Promise<void> | undefined;
  #closed = false;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
    const { folder, chain, clock, logger, rotateSize } = options;
    this.#idAt = auditIdSource(chain, options.random);
    makeFolder(folder);
    const newId = () => this.newId();
    const onRotation = () => this.#expire();
    const { writer, damage } = ChainWriter.open({ folder, chain, clock, newId, rotateSize, onRotation });
    this.#writer = writer;
    if (damage !== 'none') {
      logger.error('the audit trail was changed from outside; run `realmgate audit verify`', { folder, chain, damage });
    }
    this.#floods = new RefusalFloods(options.floodLimits ?? FLOOD_LIMITS, newId);
    this.#failures = new FailureLog({ folder, clock, logger });
    this.#timers = [clock.every(SECOND, () => this.#eachSecond()), clock.every(MINUTE, () => this.#eachMinute())];
  }

  newId(): AuditId {
    return this.#idAt(this.#options.clock.now());
  }

  append(entry: AuditEntry): AuditId {
    switch (entry.kind) {
      case 'act':
        this.#write(entry);
        return entry.id;
      case 'attempt':
        // Also who was turned away by an outage: a flood that fills the disk would keep everybody out.
        return entry.outcome === 'refused' || entry.outcome === 'unavailable'
          ? this.#refuse(entry, entry.realm, entry.reason ?? entry.outcome)
          : this.#plain(entry);
      case 'decision':
        return entry.permitted ? this.#permit(entry) : this.#refuse(entry, entry.service, entry.reason);
    }
  }

  repeated(key: AllowKey): AuditId | undefined {
    return this.#refusing ? undefined : this.#allows.count(key, this.#options.clock.now());
  }

  find(id: AuditId): Promise<AuditRecord | undefined> {
    return findAuditRecord(this.#options.folder, id);
  }

  search(filter: AuditFilter): AsyncIterable<AuditRecord> {
    return searchAuditRecords(this.#options.folder, filter);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    await this.#signing;
    this.#sumUp();
    await this.#signHead();
    this.#failures.close();
    this.#writer.close();
  }

  #plain(entry: AuditEntry): AuditId {
    this.#write(entry);
    return entry.id;
  }

  #permit(decision: DecisionRecord): AuditId {
    const { session, service, generation, reason } = decision;
    if (session === undefined) return this.#plain(decision);
    const key = { session, service, generation, reason };
    const before = this.repeated(key);
    if (before !== undefined) return before;
    this.#write(decision);
    this.#allows.written(key, decision.id);
    return decision.id;
  }

  #refuse(entry: Exclude<AuditEntry, ActRecord>, where: string, reason: string): AuditId {
    const { id, name, client } = entry;
    const refusal: Refusal = {
      id,
      reason,
      where,
      ...(name === undefined ? {} : { name }),
      ...(client === undefined ? {} : { client }),
    };
    const verdict = this.#floods.judge(refusal);
    switch (verdict.kind) {
      case 'counted':
        this.#noteFailure(entry, verdict.by.level);
        return verdict.by.id;
      case 'open':
        this.#write(verdict.record);
        verdict.opened();
        this.#noteFailure(entry, verdict.record.level);
        return verdict.record.id;
      case 'write':
        this.#write(entry);
        this.#floods.written(refusal);
        this.#noteFailure(entry, undefined);
        return id;
    }
  }

  /** In a flood of everybody, each client is still named; in a flood of one client it has been often enough. */
  #noteFailure(entry: AuditEntry, flood: RefusalsRecord['level'] | undefined): void {
    if (flood === 'same' || flood === 'client') return;
    if (entry.kind === 'attempt' && isFailure(entry)) this.#failures.write(entry);
  }

  #write(record: UnnumberedRecord): void {
    try {
      if (this.#dropped > 0) this.#writer.append(this.#act('audit.drop', { records: this.#dropped }), true);
      this.#dropped = 0;
      this.#writer.append(record, record.kind === 'act');
      this.#refusing = false;
    } catch (error) {
      this.#refusing = true;
      if (this.#options.onFull === 'refuse') throw error;
      this.#dropped += 1;
    }
  }

  #act(action: string, detail: NonNullable<ActRecord['detail']>): ActRecord {
    return { kind: 'act', id: this.newId(), action, by: 'realmgate', detail };
  }

  #eachSecond(): void {
    this.#guard('flush', () => {
      this.#failures.tidy();
      if (this.#writer.checkFile())
        this.#options.logger.error('a file of the audit trail was deleted while it was open');
    });
    this.#writer.sync().catch((error: unknown) => this.#report('flush', error));
  }

  #eachMinute(): void {
    this.#sumUp();
    this.#signing ??= this.#signHead().finally(() => {
      this.#signing = undefined;
    });
  }

  #sumUp(): void {
    this.#guard('sum up', () => {
      for (const counts of this.#allows.drain()) this.#write({ kind: 'repeats', id: this.newId(), counts });
      for (const refusals of this.#floods.drain()) this.#write(refusals);
    });
  }

  /** Signs what the chain has come to, unless nothing was written since the last head. */
  async #signHead(): Promise<void> {
    const { folder, chain, signer } = this.#options;
    const { n: upTo, hash: hashUpTo } = this.#writer;
    if (upTo === this.#headN) return;
    try {
      const id = this.newId();
      const signature = Buffer.from(await signer.sign(headOctets(chain, id, upTo, hashUpTo))).toString('base64url');
      const head = { id, upTo, hashUpTo, keyId: signer.keyId, signature };
      this.#writer.append({ kind: 'head', ...head }, false);
      this.#headN = this.#writer.n;
      // The head beside the files may never be ahead of them, whatever crashes.
      await this.#writer.sync();
      writeHeadFile(folder, chain, head);
    } catch (error) {
      this.#report('sign', error);
    }
  }

  #expire(): void {
    const { folder, chain, clock, keep } = this.#options;
    const expired = expiredFiles(folder, chain, clock.now(), keep);
    if (expired === undefined) return;
    this.#writer.append(this.#act('audit.expire', { through: expired.through }), true);
    this.#guard('delete old files of', () => deleteExpired(folder, chain, expired));
  }

  #guard(what: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#report(what, error);
    }
  }

  #report(what: string, error: unknown): void {
    const cause = error instanceof Error && error.cause !== undefined ? { cause: messageOf(error.cause) } : {};
    this.#options.logger.error(`cannot ${what} the audit trail`, { error: messageOf(error), ...cause });
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CodedError('AUDIT_UNAVAILABLE', `cannot make the folder ${folder}`, { cause: error });
  }
}
