/**
 * A directory as plainly as it can be written: a list of nodes that everything is looked up in by looking at all of them. It says what a change
 * comes to and what is there afterwards. Shares nothing with the directory but the names of results.
 */
import type { ResultName } from '../../../src/directory/index.ts';

export type Kind = 'ou' | 'uid' | 'cn';

/** A change in a small world: units, people and groups with names of one letter. */
export type Step =
  | {
      readonly do: 'add';
      readonly kind: Kind;
      readonly name: string;
      readonly parent: string;
      readonly members: readonly Whom[];
    }
  | { readonly do: 'delete'; readonly dn: string; readonly subtree: boolean }
  | { readonly do: 'rename'; readonly dn: string; readonly name: string; readonly superior: string | undefined }
  | { readonly do: 'mail'; readonly dn: string; readonly operation: 'add' | 'delete'; readonly value: string }
  | {
      readonly do: 'members';
      readonly dn: string;
      readonly operation: 'add' | 'delete' | 'replace';
      readonly form: 'member' | 'memberUid';
      readonly members: readonly Whom[];
    };

/** A member by its DN or by its uid. */
export interface Whom {
  readonly dn?: string;
  readonly uid?: string;
}

interface Node {
  kind: Kind;
  name: string;
  parent: Node | undefined;
  mails: string[];
  /** Nodes, `uid:...` and `dn:...`. */
  members: (Node | string)[];
}

const GROUP: Kind = 'cn';

export class TreeModel {
  nodes: Node[] = [];

  constructor(suffix: string) {
    this.nodes.push({ kind: 'ou', name: suffix, parent: undefined, mails: [], members: [] });
  }

  dnOf(node: Node): string {
    return node.parent === undefined ? node.name : `${node.kind}=${node.name},${this.dnOf(node.parent)}`;
  }

  find(dn: string): Node | undefined {
    return this.nodes.find((node) => this.dnOf(node).toLowerCase() === dn.toLowerCase());
  }

  apply(step: Step): ResultName {
    switch (step.do) {
      case 'add':
        return this.#add(step);
      case 'delete':
        return this.#delete(step);
      case 'rename':
        return this.#rename(step);
      case 'mail':
        return this.#mail(step);
      default:
        return this.#members(step);
    }
  }

  /** What is there, in an order of its own. */
  state(): Record<string, Record<string, string[]>> {
    const state: Record<string, Record<string, string[]>> = {};
    for (const node of this.nodes) {
      state[this.dnOf(node)] = {
        mail: [...node.mails].sort(),
        member: node.members.flatMap((each) => this.#shown(each, 'member')).sort(),
        memberUid: node.members.flatMap((each) => this.#shown(each, 'memberUid')).sort(),
        memberOf: this.nodes
          .filter(({ members }) => members.includes(node))
          .map((group) => this.dnOf(group))
          .sort(),
      };
    }
    return state;
  }

  #shown(member: Node | string, form: 'member' | 'memberUid'): string[] {
    if (typeof member === 'string') {
      const [kind, text] = [member.slice(0, member.indexOf(':')), member.slice(member.indexOf(':') + 1)];
      return (kind === 'dn') === (form === 'member') ? [text] : [];
    }
    if (form === 'member') return [this.dnOf(member)];
    return member.kind === 'uid' ? [member.name] : [];
  }

  #add({ kind, name, parent: above, members }: Extract<Step, { do: 'add' }>): ResultName {
    const parent = this.find(above);
    const mine: Node = { kind, name, parent, mails: [], members: [] };
    // Attributes are looked at before the tree is.
    if (kind !== GROUP && members.length > 0) return 'objectClassViolation';
    if (parent === undefined) return 'noSuchObject';
    const dn = this.dnOf(mine);
    if (this.find(dn) !== undefined) return 'entryAlreadyExists';
    if (this.#loginTaken(mine)) return 'constraintViolation';
    for (const whom of members) {
      const member = whom.dn?.toLowerCase() === dn.toLowerCase() ? mine : this.#whom(whom);
      if (!mine.members.includes(member)) mine.members.push(member);
    }
    this.nodes.push(mine);
    this.#adopt(mine);
    return 'success';
  }

  #delete({ dn, subtree }: Extract<Step, { do: 'delete' }>): ResultName {
    const node = this.find(dn);
    if (node === undefined) return 'noSuchObject';
    const going = this.nodes.filter((each) => this.#isWithin(each, node));
    if (going.length > 1 && !subtree) return 'notAllowedOnNonLeaf';
    this.nodes = this.nodes.filter((each) => !going.includes(each));
    for (const each of this.nodes) {
      each.members = each.members.filter((member) => typeof member === 'string' || !going.includes(member));
    }
    return 'success';
  }

  #rename({ dn, name, superior }: Extract<Step, { do: 'rename' }>): ResultName {
    const node = this.find(dn);
    if (node === undefined) return 'noSuchObject';
    if (node.parent === undefined) return 'unwillingToPerform';
    const parent = superior === undefined ? node.parent : this.find(superior);
    if (parent === undefined) return 'noSuchObject';
    if (this.#isWithin(parent, node)) return 'unwillingToPerform';
    const there = this.find(`${node.kind}=${name},${this.dnOf(parent)}`);
    if (there !== undefined && there !== node) return 'entryAlreadyExists';
    if (this.#loginTaken({ ...node, name }, node)) return 'constraintViolation';
    node.name = name;
    node.parent = parent;
    for (const each of this.nodes) if (this.#isWithin(each, node)) this.#adopt(each);
    return 'success';
  }

  #mail({ dn, operation, value }: Extract<Step, { do: 'mail' }>): ResultName {
    const node = this.find(dn);
    if (node === undefined) return 'noSuchObject';
    const there = node.mails.some((each) => each.toLowerCase() === value.toLowerCase());
    if (operation === 'delete' && !there) return 'noSuchAttribute';
    if (operation === 'add' && there) return 'attributeOrValueExists';
    if (node.kind !== 'uid') return 'objectClassViolation';
    node.mails =
      operation === 'add'
        ? [...node.mails, value]
        : node.mails.filter((each) => each.toLowerCase() !== value.toLowerCase());
    return 'success';
  }

  #members({ dn, operation, form, members }: Extract<Step, { do: 'members' }>): ResultName {
    const node = this.find(dn);
    if (node === undefined) return 'noSuchObject';
    const given = members.map((whom) => this.#whom(whom));
    let next = [...node.members];
    if (operation === 'replace') {
      next = next.filter((each) => this.#shown(each, form).length === 0);
      for (const each of given) if (!next.includes(each)) next.push(each);
    }
    for (const each of operation === 'replace' ? [] : given) {
      const there = next.includes(each);
      if (operation === 'add' && there) return 'attributeOrValueExists';
      if (operation === 'delete' && !there) return 'noSuchAttribute';
      next = operation === 'add' ? [...next, each] : next.filter((other) => other !== each);
    }
    if (node.kind !== GROUP && next.length > 0) return 'objectClassViolation';
    node.members = next;
    return 'success';
  }

  #whom({ dn, uid }: Whom): Node | string {
    if (dn !== undefined) return this.find(dn) ?? this.#rawName(dn);
    return this.nodes.find(({ kind, name }) => kind === 'uid' && name === uid) ?? `uid:${uid}`;
  }

  /** In lower case: the world spells names that nobody has so. */
  #rawName(dn: string): string {
    return `dn:${dn.toLowerCase()}`;
  }

  #adopt(node: Node): void {
    const raws = [this.#rawName(this.dnOf(node)), ...(node.kind === 'uid' ? [`uid:${node.name}`] : [])];
    for (const group of this.nodes) {
      const waits = group.members.some((each) => typeof each === 'string' && raws.includes(each));
      if (!waits) continue;
      group.members = group.members.filter((each) => typeof each !== 'string' || !raws.includes(each));
      if (!group.members.includes(node)) group.members.push(node);
    }
  }

  #loginTaken(node: Node, except?: Node): boolean {
    if (node.kind !== 'uid') return false;
    return this.nodes.some(
      (each) => each !== except && each.kind === 'uid' && each.name.toLowerCase() === node.name.toLowerCase(),
    );
  }

  #isWithin(node: Node, top: Node): boolean {
    for (let at: Node | undefined = node; at !== undefined; at = at.parent) if (at === top) return true;
    return false;
  }
}
