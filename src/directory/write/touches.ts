/**
 * Touches is what a change depends on and what it alters, so that changes which have nothing to do with each other are made
 * together while those that have wait for one another.
 *
 * What is shared may be shared by others; what is taken is nobody else's. A check records what it looks at before it looks, so that
 * what it says depends on nothing that is not in here.
 */
export class Touches {
  readonly shared = new Set<string>();
  readonly taken = new Set<string>();

  /** It must stay as it is until the change is made. */
  share(what: string): void {
    this.shared.add(what);
  }

  /** The change alters it. */
  take(what: string): void {
    this.taken.add(what);
  }
}

/** The touches of many changes together. */
export class TouchTable {
  readonly #shared = new Map<string, number>();
  readonly #taken = new Map<string, number>();

  add({ shared, taken }: Touches): void {
    for (const what of shared) this.#shared.set(what, (this.#shared.get(what) ?? 0) + 1);
    for (const what of taken) this.#taken.set(what, (this.#taken.get(what) ?? 0) + 1);
  }

  remove({ shared, taken }: Touches): void {
    for (const what of shared) drop(this.#shared, what);
    for (const what of taken) drop(this.#taken, what);
  }

  clear(): void {
    this.#shared.clear();
    this.#taken.clear();
  }

  /** Whether one of the changes alters what these depend on, or depends on what these alter. */
  conflictsWith({ shared, taken }: Touches): boolean {
    for (const what of taken) if (this.#taken.has(what) || this.#shared.has(what)) return true;
    for (const what of shared) if (this.#taken.has(what)) return true;
    return false;
  }
}

function drop(counts: Map<string, number>, what: string): void {
  const count = counts.get(what) ?? 0;
  if (count > 1) counts.set(what, count - 1);
  else counts.delete(what);
}

/** What can be touched. Keys are octets as characters, by equality rules. */
export const Touch = {
  /** The names of everything: taken by what renames or deletes more than one entry. */
  tree: 't',
  /** Whether there is an entry with this name. */
  name: (dnKey: string) => `n${dnKey}`,
  /** That this entry exists and is called what it is called. */
  entry: (uuid: string) => `e${uuid}`,
  /** What an entry holds, its members too. */
  content: (uuid: string) => `c${uuid}`,
  /** The passwords of an entry. */
  passwords: (uuid: string) => `p${uuid}`,
  /** Which entry has this uid, exactly as spelled. */
  uid: (uid: string) => `m${uid}`,
  /** Whose login name this is. */
  login: (key: string) => `l${key}`,
  /** Which entry has this `attribute=value` of those that only one may have. */
  value: (key: string) => `v${key}`,
} as const;
