/**
 * Registrations holds what comes and goes by the thousand a second: requests under way, and who wants to hear of an end.
 *
 * A ring of nodes and not a Set, because V8 links each table that a Set has outgrown to the next one. An outgrown table
 * that has grown old keeps what was in it, and all later tables, until the next full collection: a fifth of all that a
 * proxied request allocates outlived it that way. A node that left the ring holds nobody.
 */
export class Registrations<Value> implements Iterable<Value> {
  /** Stands between the last node and the first. */
  readonly #ends: Link;

  constructor() {
    this.#ends = { before: undefined, after: undefined };
    this.#ends.before = this.#ends;
    this.#ends.after = this.#ends;
  }

  get isEmpty(): boolean {
    return this.#ends.after === this.#ends;
  }

  /** Registers `value`; returns how to take it out again, which may be called more than once. */
  add(value: Value): () => void {
    const last = this.#ends.before!;
    const node: Node<Value> = { value, before: last, after: this.#ends };
    last.after = node;
    this.#ends.before = node;
    return () => leave(node);
  }

  /** In order of registration: those that are registered at the start and still are when their turn comes. */
  *[Symbol.iterator](): IterableIterator<Value> {
    const nodes: Node<Value>[] = [];
    for (let at = this.#ends.after!; at !== this.#ends; at = at.after!) nodes.push(at as Node<Value>);
    for (const node of nodes) if (node.after !== undefined) yield node.value;
  }
}

/** The neighbours are undefined once it has left the ring. */
interface Link {
  before: Link | undefined;
  after: Link | undefined;
}

interface Node<Value> extends Link {
  readonly value: Value;
}

function leave(node: Link): void {
  const { before, after } = node;
  if (before === undefined || after === undefined) return;
  before.after = after;
  after.before = before;
  node.before = undefined;
  node.after = undefined;
}
