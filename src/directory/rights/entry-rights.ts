/**
 * EntryRights is the Rights of whoever is neither administrator nor nobody: what the directory gives by itself (one's own entry, one's
 * groups, groups one owns, everything for a service) and what rules give, entry by entry.
 *
 * The grants that reach an entry are joined once and kept for the next question, which is mostly about the same entry.
 */
import type { Instant } from '../../base/index.ts';
import { type AttributeType, type DistinguishedName, parseDistinguishedName } from '../../x500/index.ts';
import type { AccessRules, CompiledRule } from './access-rules.ts';
import { ADD, COMPARE, type Grant, join, READ, WRITE } from './grant.ts';
import type { Rights } from './rights.ts';
import type { RightsView } from './rights-view.ts';

export interface EntryRightsParts<View extends RightsView> {
  readonly access: AccessRules<View>;
  readonly view: View;
  readonly now: Instant;
  /** The asker's entry; undefined for whoever did not log in. */
  readonly self: number | undefined;
  /** The rules that are about the asker. */
  readonly rules: readonly CompiledRule[];
  readonly isService: boolean;
  readonly readsAll: boolean;
  /** False where the credential is good for reading alone. */
  readonly changes: boolean;
}

const READING = READ | COMPARE;
const NO_ENTRY = -1;
/** Of who was not asked for yet. */
const NOTHING: Grant = new Uint8Array(0);

export class EntryRights<View extends RightsView> implements Rights {
  readonly readsAll: boolean;
  readonly storesHashedPasswords = false;
  readonly #parts: EntryRightsParts<View>;
  #grant: Grant = NOTHING;
  /** The entry that `#grant` and `#reached` are about. */
  #entry = NO_ENTRY;
  #reached = false;
  #owned: ReadonlySet<number> | undefined;
  #above: ReadonlySet<number> | undefined;

  constructor(parts: EntryRightsParts<View>) {
    this.#parts = parts;
    this.readsAll = parts.readsAll;
  }

  sees(entry: number): boolean {
    if (this.readsAll) return true;
    this.#look(entry);
    return this.#reached;
  }

  knows(entry: number): boolean {
    return this.sees(entry) || this.#isAbove(entry);
  }

  mayRead(entry: number, type: AttributeType): boolean {
    return this.readsAll || this.#has(entry, type, READ);
  }

  mayCompare(entry: number, type: AttributeType): boolean {
    return this.readsAll || this.#has(entry, type, COMPARE);
  }

  mayWrite(entry: number, type: AttributeType): boolean {
    return this.#parts.changes && this.#has(entry, type, WRITE);
  }

  mayAdd(parent: number | undefined, dn: DistinguishedName, types: Iterable<AttributeType>): boolean {
    const { access, view, rules, changes } = this.#parts;
    if (!changes || parent === undefined || access.isProtectedName(dn)) return false;
    const adding = rules.filter((rule) => rule.adds && !rule.ownOnly && access.reachesBelow(rule, view, parent));
    if (adding.length === 0) return false;
    for (const type of types) if (!adding.some(({ grant }) => (grant[type.index]! & ADD) !== 0)) return false;
    return true;
  }

  mayDelete(entry: number): boolean {
    const { access, view, now, rules, changes } = this.#parts;
    if (!changes || !rules.some((rule) => rule.deletes && this.#reaches(rule, entry))) return false;
    return !access.isProtected(view, entry, now);
  }

  mayRename(entry: number, parent: number | undefined, dn: DistinguishedName): boolean {
    const { access, view } = this.#parts;
    const types: AttributeType[] = [];
    for (const { type: name } of dn.rdns[0] ?? []) {
      const type = access.schema.attributeType(name);
      if (type === undefined || !this.mayWrite(entry, type)) return false;
      types.push(type);
    }
    // The name itself decides who is an administrator, so that even its owner does not give it up or take it.
    if (types.length === 0 || !this.#mayMove(entry, dn)) return false;
    return parent === view.parent(entry) || (this.mayDelete(entry) && this.mayAdd(parent, dn, types));
  }

  mayTakeName(name: string): boolean {
    return this.#parts.changes && !this.#parts.access.isNamed(name);
  }

  /** Whether nothing that gets another name by it is an administrator's, or would get what that name is given. */
  #mayMove(entry: number, dn: DistinguishedName): boolean {
    const { access, view, now } = this.#parts;
    if (access.isProtectedName(dn) || access.isProtected(view, entry, now)) return false;
    for (const child of view.children(entry)) {
      const [rdn] = parseDistinguishedName(view.dnText(child))?.rdns ?? [];
      if (rdn === undefined || !this.#mayMove(child, { rdns: [rdn, ...dn.rdns] })) return false;
    }
    return true;
  }

  #has(entry: number, type: AttributeType, bit: number): boolean {
    this.#look(entry);
    return (this.#grant[type.index]! & bit) !== 0;
  }

  /** Joins what reaches the entry. */
  #look(entry: number): void {
    if (entry === this.#entry) return;
    const { access, view, now, self, rules, isService } = this.#parts;
    const { grants } = access;
    this.#entry = entry;
    this.#reached = false;
    if (this.#grant === NOTHING) this.#grant = new Uint8Array(access.schema.attributeTypes.length);
    else this.#grant.fill(0);
    if (isService) this.#give(grants.reading, READING);
    if (self !== undefined) {
      if (entry === self) this.#give(grants.self, READING | WRITE);
      else if (view.isMember(entry, self, now)) this.#give(grants.reading, READING);
      if (this.#owns(entry)) this.#give(grants.owner, READING | WRITE);
    }
    for (const rule of rules) {
      if (!rule.reveals || !this.#reaches(rule, entry)) continue;
      const isKept = rule.writes && access.isProtected(view, entry, now);
      this.#give(rule.grant, isKept ? READING : READING | WRITE);
    }
  }

  #give(grant: Grant, bits: number): void {
    this.#reached = true;
    join(this.#grant, grant, bits);
  }

  #reaches(rule: CompiledRule, entry: number): boolean {
    const { access, view, now, self } = this.#parts;
    if (rule.ownOnly && entry !== self) return false;
    if (!access.reaches(rule, view, entry)) return false;
    return rule.filter === undefined || access.matches(view, entry, rule.filter, now) === true;
  }

  #owns(entry: number): boolean {
    this.#owned ??= this.#findOwned();
    return this.#owned.has(entry);
  }

  /** What names the asker, or a group that the asker is in, as its owner. */
  #findOwned(): ReadonlySet<number> {
    const { access, view, now, self } = this.#parts;
    const owned = new Set<number>();
    const { owner } = access;
    if (owner?.equality === undefined || self === undefined) return owned;
    for (const entry of [self, ...view.groupsOf(self, now)]) {
      const key = owner.equality.normalize(Buffer.from(view.dnText(entry)));
      if (key !== undefined) for (const held of view.holder(owner, key)) owned.add(held);
    }
    return owned;
  }

  #isAbove(entry: number): boolean {
    this.#above ??= this.#findAbove();
    return this.#above.has(entry);
  }

  /** What stands above anything that the asker has a right to: names that are part of names it is told. */
  #findAbove(): ReadonlySet<number> {
    const { access, view, now, self, rules } = this.#parts;
    const above = new Set<number>();
    const climb = (from: number | undefined) => {
      for (let at = from; at !== undefined && !above.has(at); at = view.parent(at)) above.add(at);
    };
    if (self !== undefined) {
      climb(self);
      for (const group of view.groupsOf(self, now)) climb(group);
      this.#owned ??= this.#findOwned();
      for (const entry of this.#owned) climb(entry);
    }
    for (const { base } of rules) climb(access.find(view, base));
    return above;
  }
}
