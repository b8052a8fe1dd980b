/**
 * GroupName is the name of a group in a rule, in any of its spellings: `DOMAIN\group`, `group@DOMAIN`,
 * `group@dns.name`, a distinguished name, or bare `group`. All spellings of one group fold to one id, so that
 * `SCX\adm` and `adm@scx.example.org` can never silently differ (OMI's caveat). Names of users and hosts in role
 * mappings are read the same way.
 *
 * Group names are case-insensitive: they are folded as a directory folds them (`prepareCaseIgnore`).
 * Which spelling it is, is decided in this order: a distinguished name when the whole text is one, then the first
 * `\`, then the last `@`, else bare. So a group called `a@b` is asked for as `domain\a@b`.
 */
import { distinguishedNameKey, parseDistinguishedName, prepareCaseIgnore } from '../x500/index.ts';
import type { DomainNames } from './domain-names.ts';

export type GroupName =
  /** Domain and name, folded. */
  | { readonly kind: 'qualified'; readonly domain: string; readonly name: string }
  | { readonly kind: 'bare'; readonly name: string }
  /** `key` is the folded form of the distinguished name. */
  | { readonly kind: 'distinguished'; readonly key: string };

declare const brand: unique symbol;
/** A group name's folded form, equal for all its spellings. INVARIANT: two names of different kinds never share an id. */
export type GroupId = string & { readonly [brand]: 'GroupId' };

/** No name of a group is longer, in UTF-16 code units. */
const MAX_LENGTH = 8192;

/** Reads a group name; undefined when a part of it is empty or it is longer than 8 KiB. */
export function parseGroupName(text: string, domains: DomainNames): GroupName | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  if (text.includes('=')) {
    const dn = parseDistinguishedName(text);
    if (dn !== undefined) return { kind: 'distinguished', key: distinguishedNameKey(dn) };
  }
  const backslash = text.indexOf('\\');
  if (backslash >= 0) return qualified(text.slice(0, backslash), text.slice(backslash + 1), domains);
  const at = text.lastIndexOf('@');
  if (at >= 0) return qualified(text.slice(at + 1), text.slice(0, at), domains);
  const name = prepareCaseIgnore(text);
  return name === '' ? undefined : { kind: 'bare', name };
}

export function groupId(group: GroupName): GroupId {
  switch (group.kind) {
    case 'qualified':
      return qualifiedId(group.domain, group.name);
    case 'bare':
      return bareId(group.name);
    case 'distinguished':
      return distinguishedId(group.key);
  }
}

// A line feed separates: folding turns every one in a name into a blank.
export function qualifiedId(domain: string, name: string): GroupId {
  return `${domain}\n${name}` as GroupId;
}

export function bareId(name: string): GroupId {
  return `\n${name}` as GroupId;
}

export function distinguishedId(key: string): GroupId {
  return `\n\n${key}` as GroupId;
}

/**
 * Reads OMI's comma list (`SCX\scx local admins, SCX\domain users, adm`) into names as they stand, blanks around each
 * trimmed, empty ones dropped. Unlike OMI it accepts names that do not begin with a letter and trims on the right
 * as well (spec: OMI 2.2). A distinguished name has commas of its own and cannot stand in such a list.
 */
export function parseGroupList(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function qualified(domainText: string, nameText: string, domains: DomainNames): GroupName | undefined {
  const domain = domains.fold(domainText);
  const name = prepareCaseIgnore(nameText);
  return domain === '' || name === '' ? undefined : { kind: 'qualified', domain, name };
}
