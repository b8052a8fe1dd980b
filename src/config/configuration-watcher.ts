/**
 * ConfigurationWatcher keeps one generation of the configuration in force and brings in the next one when its files change.
 *
 * A changed file is read only after it, and every other file of the configuration, has been still for a second, and read again
 * if it changed meanwhile: half a file may be valid and lack its last deny line. What cannot be read, validated or applied leaves
 * the generation in force as it is.
 * INVARIANT: at most one `apply` runs at a time, and after the last change of the files one more round sees it.
 */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { type Clock, CodedError, type Milliseconds, messageOf, type Timer } from '../base/index.ts';
import type { KeyPath } from './config-tree.ts';
import { fingerprintOf } from './fingerprint.ts';
import { FolderWatch } from './folder-watch.ts';
import { type ConfigurationText, type LoadOptions, type LoadResult, loadConfiguration, type Sources } from './load.ts';
import { type Problem, problemOf } from './problem.ts';
import { type FileReading, type ReadFile, readRegularFile } from './read-file.ts';

const STILL: Milliseconds = 1000;
const POLL: Milliseconds = 2000;
/** Rounds of STILL after which a file that never rests is reported, once. */
const RESTLESS_ROUNDS = 60;

/** One configuration as it was read; never changes. */
export interface Generation<T> {
  /** Grows with every attempt to apply one; a number is never used twice. */
  readonly number: number;
  readonly value: T;
  readonly warnings: readonly Problem[];
  /** What it was read from, for `loadFromText`. */
  readonly text: ConfigurationText;
  /** A problem that only a room can see, at the place where `path` was written. */
  problemAt(path: KeyPath, message: string): Problem;
}

export type ApplyResult =
  /** `restartKeys`: changed keys whose new value is used only after a restart. */
  | { readonly kind: 'applied'; readonly restartKeys: readonly string[] }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** `generation` is the number of the one in force afterwards, 0 for none. */
export type ReloadOutcome =
  | {
      readonly kind: 'applied';
      readonly generation: number;
      readonly restartKeys: readonly string[];
      readonly warnings: readonly Problem[];
    }
  /** What the files say is already in force. */
  | { readonly kind: 'unchanged'; readonly generation: number }
  | { readonly kind: 'refused'; readonly generation: number; readonly problems: readonly Problem[] };

export interface WatcherOptions<S extends z.ZodType> extends LoadOptions<S> {
  readonly clock: Clock;
  /** Builds everything of the next generation, then swaps; when it refuses or throws, nothing has changed. */
  readonly apply: (next: Generation<z.output<S>>) => Promise<ApplyResult>;
  /** Told the outcome of every round, asked for or not. */
  readonly report: (outcome: ReloadOutcome) => void;
}

export class ConfigurationWatcher<S extends z.ZodType> {
  readonly #options: WatcherOptions<S>;
  readonly #folders = new FolderWatch(() => this.#check());
  #current: Generation<z.output<S>> | undefined;
  #number = 0;
  /** Of what is in force; undefined before the first generation. */
  #digest: string | undefined;
  /** Of the files when they were last read. */
  #fingerprint = '';
  #sources: Sources = { files: [], folders: [], secretFiles: [] };
  readonly #asked: ((outcome: ReloadOutcome) => void)[] = [];
  #working: Promise<void> | undefined;
  #checking = false;
  #checkAgain = false;
  #poll: Timer | undefined;
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(options: WatcherOptions<S>) {
    this.#options = options;
  }

  /** The generation in force; undefined before `start` applied one. */
  get current(): Generation<z.output<S>> | undefined {
    return this.#current;
  }

  /** Loads and applies the first generation at once, and watches from then on if it was applied. Call once. */
  async start(): Promise<ReloadOutcome> {
    const outcome = await this.#round(true);
    this.#options.report(outcome);
    if (outcome.kind === 'applied' && !this.#closed) {
      this.#poll = this.#options.clock.every(POLL, () => this.#check());
      this.#check();
    }
    return outcome;
  }

  /**
   * Reads and applies the files as they are now, also when they say the same as before: what they point to (certificates,
   * for one) may have changed. Waits like any change until they have been still for a second.
   */
  reload(): Promise<ReloadOutcome> {
    const outcome = new Promise<ReloadOutcome>((settle) => this.#asked.push(settle));
    this.#work();
    return outcome;
  }

  /** Stops watching and waits for an `apply` that runs. Reloads that did not begin answer `unchanged`. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#poll?.cancel();
    this.#folders.close();
    this.#wake?.();
    await this.#working;
  }

  /** Looks whether the files changed since they were read. */
  #check(): void {
    if (this.#closed || this.#working !== undefined) return;
    this.#checkAgain = this.#checking;
    if (this.#checking) return;
    this.#checking = true;
    void this.#fingerprintNow().then((fingerprint) => {
      this.#checking = false;
      if (fingerprint !== this.#fingerprint) this.#work();
      else if (this.#checkAgain) this.#check();
    });
  }

  #work(): void {
    this.#working ??= this.#rounds().finally(() => {
      this.#working = undefined;
      // What changed or was asked for while the last round ended.
      if (this.#asked.length > 0) this.#work();
      else this.#check();
    });
  }

  async #rounds(): Promise<void> {
    do {
      await this.#settle();
      const asked = this.#asked.splice(0);
      const outcome = this.#closed ? this.#unchanged() : await this.#round(asked.length > 0);
      if (!this.#closed || asked.length > 0) this.#options.report(outcome);
      for (const settle of asked) settle(outcome);
    } while (this.#asked.length > 0);
  }

  /** Waits until the files have been still for a second. */
  async #settle(): Promise<void> {
    let before = await this.#fingerprintNow();
    for (let round = 1; !this.#closed; round++) {
      await this.#pause(STILL);
      const after = await this.#fingerprintNow();
      if (after === before) return;
      before = after;
      if (round === RESTLESS_ROUNDS) {
        const message = 'keeps changing and is not read until it has been still for a second';
        this.#options.report(this.#refused([problemOf(this.#options.paths.join(', '), message)]));
      }
    }
  }

  #pause(span: Milliseconds): Promise<void> {
    return new Promise((resume) => {
      const timer = this.#options.clock.after(span, resume);
      this.#wake = () => {
        timer.cancel();
        resume();
      };
    });
  }

  async #round(forced: boolean): Promise<ReloadOutcome> {
    const { loaded, digest, readings } = await this.#load();
    if (loaded.kind === 'refused') return this.#refused(loaded.problems);
    if (!forced && digest === this.#digest) return this.#unchanged();
    const { value, warnings, problemAt } = loaded;
    const text = { files: loaded.sources.files, readings };
    const next: Generation<z.output<S>> = { number: ++this.#number, value, warnings, text, problemAt };
    const result = await this.#apply(next);
    if (result.kind === 'refused') return this.#refused(result.problems);
    this.#current = next;
    this.#digest = digest;
    return { kind: 'applied', generation: next.number, restartKeys: result.restartKeys, warnings };
  }

  /** Loads until the files were the same before and after, so that no two moments are mixed. */
  async #load(): Promise<{
    loaded: LoadResult<z.output<S>>;
    digest: string;
    readings: ConfigurationText['readings'];
  }> {
    for (;;) {
      const before = await this.#fingerprintNow();
      const hash = createHash('sha256');
      const readings = new Map<string, FileReading>();
      const readFile: ReadFile = async (file, limit) => {
        const reading = await (this.#options.readFile ?? readRegularFile)(file, limit);
        if (reading.kind === 'read') hash.update(`${file}\0${reading.octets.length}\0`).update(reading.octets);
        readings.set(file, reading);
        return reading;
      };
      const loaded = await loadConfiguration({ ...this.#options, readFile });
      const known = this.#sources.secretFiles.join('\n') === loaded.sources.secretFiles.join('\n');
      this.#sources = loaded.sources;
      this.#folders.update(this.#closed ? new Set() : foldersOf(this.#options.paths, loaded.sources));
      // Secret files that were not known before had no part in the first fingerprint.
      if (!known) continue;
      this.#fingerprint = await this.#fingerprintNow();
      if (this.#fingerprint === before) return { loaded, digest: hash.digest('hex'), readings };
      await this.#settle();
    }
  }

  async #apply(next: Generation<z.output<S>>): Promise<ApplyResult> {
    try {
      return await this.#options.apply(next);
    } catch (error) {
      const code = error instanceof CodedError ? ` (${error.code})` : '';
      const message = `could not be applied: ${messageOf(error)}${code}`;
      return { kind: 'refused', problems: [problemOf(this.#options.paths.join(', '), message)] };
    }
  }

  #fingerprintNow(): Promise<string> {
    return fingerprintOf(this.#options.paths, this.#sources.secretFiles);
  }

  #unchanged(): ReloadOutcome {
    return { kind: 'unchanged', generation: this.#current?.number ?? 0 };
  }

  #refused(problems: readonly Problem[]): ReloadOutcome {
    return { kind: 'refused', generation: this.#current?.number ?? 0, problems };
  }
}

function foldersOf(paths: readonly string[], sources: Sources): ReadonlySet<string> {
  const folders = new Set(sources.folders.map((folder) => resolve(folder)));
  for (const file of [...paths, ...sources.files, ...sources.secretFiles]) folders.add(dirname(resolve(file)));
  return folders;
}
