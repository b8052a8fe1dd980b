/**
 * Plans a search: the smallest set of entries that holds all answers. The items of a filter are weighed by how many entries the indexes know
 * under them, and against how many the scope has.
 *
 * An `and` is answered from its smallest item, an `or` from all of its items together, a `not` from none.
 */
import type { AttributeType } from '../../x500/index.ts';
import type { EntryNumber } from '../view/entry-table.ts';
import { NumberList } from '../view/number-list.ts';
import type { OrderedValues } from '../view/ordered-values.ts';
import { longestPiece, type SubstringPattern } from '../view/substring-pattern.ts';
import type { ViewContent } from '../view/view-content.ts';
import {
  AnyCandidates,
  type Candidates,
  ChildCandidates,
  EveryEntry,
  KeyCandidates,
  ListCandidates,
  NO_CANDIDATES,
  OneCandidate,
} from './candidates.ts';
import { type FilterNode, TRUE, type ValueNode } from './filter-node.ts';
import type { Reading } from './reading.ts';
import type { SearchScope } from './search-request.ts';
import { EqualityTest, OrderTest, SubstringsTest } from './value-test.ts';

/** So few candidates are looked at one by one sooner than an ordering index is made or asked. */
const FEW = 512;
/** A scan over the values of one attribute costs so little of what looking at the entries would. */
const SCAN_SHARE = 16;
/** Where the scope is this share of all entries or more, all are walked; where less, those in it. */
const LARGE_SHARE = 4;

export interface SearchPlan {
  readonly candidates: Candidates;
  /** Types whose ordering index would have made the plan better, and is not there yet. */
  readonly wanted: readonly AttributeType[];
}

export function planSearch(reading: Reading, base: EntryNumber, scope: SearchScope, filter: FilterNode): SearchPlan {
  const { entries } = reading.content;
  const planner = new Planner(reading);
  const inScope = scopeCandidates(reading.content, base, scope);
  if (inScope.count <= 1) return { candidates: inScope, wanted: [] };
  const candidates = planner.candidates(filter, inScope.count) ?? inScope;
  return { candidates, wanted: candidates.count > FEW && entries.size > FEW ? planner.wanted : [] };
}

function scopeCandidates(content: ViewContent, base: EntryNumber, scope: SearchScope): Candidates {
  const { entries } = content;
  if (scope === 'one') return new ChildCandidates(content, base);
  const count = entries.descendants(base) + 1;
  if (scope === 'base' || count === 1) return new OneCandidate(base);
  if (count * LARGE_SHARE >= entries.size) return new EveryEntry(content, count);
  return new ListCandidates(count, () => subtree(content, base));
}

/** An entry, and all below it. */
function subtree({ entries }: ViewContent, base: EntryNumber): NumberList {
  const found = new NumberList();
  found.push(base);
  for (let at = 0; at < found.length; at += 1) {
    const children = entries.children(found.at(at));
    for (let child = entries.sets.next(children, -1); child >= 0; child = entries.sets.next(children, child)) {
      found.push(child);
    }
  }
  return found;
}

class Planner {
  readonly wanted: AttributeType[] = [];
  readonly #reading: Reading;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** A set of fewer than `limit` entries that holds all that match; undefined when none is known. */
  candidates(node: FilterNode, limit: number): Candidates | undefined {
    const set = this.#set(node, limit);
    return set !== undefined && set.count < limit ? set : undefined;
  }

  #set(node: FilterNode, limit: number): Candidates | undefined {
    const { content, now } = this.#reading;
    switch (node.kind) {
      case 'constant':
        return node.truth === TRUE ? undefined : NO_CANDIDATES;
      case 'not':
        return undefined;
      case 'and': {
        let best: Candidates | undefined;
        for (const inner of node.nodes) best = this.candidates(inner, best?.count ?? limit) ?? best;
        return best;
      }
      case 'or':
        return this.#any(node.nodes, limit);
      case 'class':
        return node.key === undefined ? NO_CANDIDATES : new KeyCandidates(content, node.key);
      case 'membership':
        return new ListCandidates(node.leaf.count(content, now), () => node.leaf.candidates(content, now));
      case 'present':
        if (node.target.computed.length > 0) return undefined;
        return this.#union(node.target.types, limit, (type) => this.#having(type));
      case 'value':
        return this.#values(node, limit);
    }
  }

  #any(nodes: readonly FilterNode[], limit: number): Candidates | undefined {
    const sets: Candidates[] = [];
    let left = limit;
    for (const node of nodes) {
      const set = this.candidates(node, left);
      if (set === undefined) return undefined;
      left -= set.count;
      if (set.count > 0) sets.push(set);
    }
    return sets.length === 1 ? sets[0]! : new AnyCandidates(sets);
  }

  #union(
    types: readonly AttributeType[],
    limit: number,
    setOf: (type: AttributeType, left: number) => Candidates | undefined,
  ): Candidates | undefined {
    if (types.length === 1) return setOf(types[0]!, limit);
    const sets: Candidates[] = [];
    let left = limit;
    for (const type of types) {
      const set = setOf(type, left);
      if (set === undefined) return undefined;
      left -= set.count;
      if (left <= 0) return undefined;
      if (set.count > 0) sets.push(set);
    }
    return sets.length === 1 ? sets[0]! : new AnyCandidates(sets);
  }

  #having(type: AttributeType): Candidates {
    const { content } = this.#reading;
    return new KeyCandidates(content, content.descriptions.presenceKey(type));
  }

  #values(node: ValueNode, limit: number): Candidates | undefined {
    const { target, test, inName } = node;
    if (inName) return undefined;
    const [computed] = target.computed;
    if (computed !== undefined) {
      const { normal } = test instanceof EqualityTest ? test : { normal: undefined };
      return target.types.length === 1 && normal !== undefined
        ? this.#computed(computed.name, normal, limit)
        : undefined;
    }
    return this.#union(target.types, limit, (type, left) => this.#valuesOf(type, node, left));
  }

  /** The one entry with an identity or a name. */
  #computed(name: string, normal: Uint8Array, limit: number): Candidates | undefined {
    if (name === 'entryUUID' && limit > 1) {
      const entry = this.#reading.content.numberOf(normal, 0);
      return entry < 0 ? NO_CANDIDATES : new OneCandidate(entry);
    }
    return undefined;
  }

  #valuesOf(type: AttributeType, { test, lookup }: ValueNode, limit: number): Candidates | undefined {
    const { content } = this.#reading;
    const having = this.#having(type);
    if (having.count === 0) return NO_CANDIDATES;
    if (test instanceof EqualityTest) {
      if (content.descriptions.keyForm(type) !== test.form) return having;
      return new KeyCandidates(content, test.form.keyOfNormal(test.normal, content.descriptions.seed(type)));
    }
    if (having.count <= FEW || limit <= FEW || lookup === 'presence') return having;
    const values = content.ordered.get(type);
    if (values === undefined) {
      this.wanted.push(type);
      return having;
    }
    if (test instanceof OrderTest) return inOrder(values, test);
    return test instanceof SubstringsTest ? withPattern(values, test.pattern, having.count) : having;
  }
}

function inOrder(values: OrderedValues, { order, normal }: OrderTest): Candidates {
  const from = order === 'greaterOrEqual' ? values.notBefore(normal) : values.first;
  const to = order === 'greaterOrEqual' ? values.end : values.behind(normal);
  return between(values, from, to);
}

function withPattern(values: OrderedValues, pattern: SubstringPattern, having: number): Candidates {
  const scanned = having / SCAN_SHARE;
  if (pattern.initial !== undefined) {
    const from = values.notBefore(pattern.initial);
    const beginning = between(values, from, values.behindPrefix(pattern.initial));
    const alone = pattern.any.length === 0 && pattern.final === undefined;
    if (alone || beginning.count <= scanned) return beginning;
  }
  // A scan finds the entries themselves: what it costs is counted, not how many they are.
  return new ListCandidates(longestPiece(pattern).length === 0 ? having : scanned, () => {
    const found = new NumberList();
    values.entriesWith(pattern, found);
    return found;
  });
}

function between(values: OrderedValues, from: number, to: number): Candidates {
  return new ListCandidates(values.count(from, to), () => {
    const found = new NumberList();
    values.entriesBetween(from, to, found);
    return found;
  });
}
