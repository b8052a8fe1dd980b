/**
 * Touches is what a change depends on and what it alters, so that changes which have nothing to do with each other are made
 * together while those that have wait for one another.
 *
 * What is shared may be shared by others; what is taken is nobody else's. Every check records what it looks at before it
 * looks, so that a refusal depends on nothing that is not in here.
 */
export class Touches {
  readonly #shared = new Set<string>();
  readonly #taken = new Set<string>();

  /** It must stay as it is until the change is made. */
  share(what: string): void {
    this.#shared.add(what);
  }

  /** The change alters it. */
  take(what: string): void {
    this.#taken.add(what);
  }

  addAll(other: Touches): void {
    for (const what of other.#shared) this.#shared.add(what);
    for (const what of other.#taken) this.#taken.add(what);
  }

  /** Whether one alters what the other depends on. */
  conflictsWith(other: Touches): boolean {
    for (const what of this.#taken) if (other.#taken.has(what) || other.#shared.has(what)) return true;
    for (const what of this.#shared) if (other.#taken.has(what)) return true;
    return false;
  }
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
  /** Which entry has this uid, exactly as spelled. */
  uid: (uid: string) => `m${uid}`,
  /** Whose login name this is. */
  login: (key: string) => `l${key}`,
  /** Which entry has this `attribute=value` of those that only one may have. */
  value: (key: string) => `v${key}`,
} as const;
