/**
 * PrincipalNames are the ids under which a rule may ask for a principal: qualified by its login domain, bare, and by
 * each alias its source gave (a group's distinguished name).
 *
 * A name may itself be spelled with a domain: a local group file lists `SCX\scx local admins`. Such a name counts as a
 * group of SCX only when no login domain of the realm is SCX; otherwise any source that lets people name groups
 * could hand out membership in another source's groups. A mere claim still counts for deny lists.
 */
import { prepareCaseIgnore } from '../x500/index.ts';
import type { DomainNames } from './domain-names.ts';
import { bareId, distinguishedId, type GroupId, parseGroupName, qualifiedId } from './group-name.ts';
import type { Principal } from './principal.ts';

/** An id may stand in a list twice. */
export interface PrincipalNames {
  /** What the source may say: counts everywhere. */
  readonly vouched: readonly GroupId[];
  /** What the name claims about somebody else's groups: counts for deny lists alone. */
  readonly claimed: readonly GroupId[];
}

/** `loginDomains` are the realm's, folded. */
export function principalNames(
  principal: Principal,
  domains: DomainNames,
  loginDomains: ReadonlySet<string>,
): PrincipalNames {
  const vouched: GroupId[] = [];
  const claimed: GroupId[] = [];
  const own = domains.fold(principal.domain);

  const add = (text: string, fromSource: boolean) => {
    const name = parseGroupName(text, domains);
    if (name === undefined) return;
    switch (name.kind) {
      case 'bare':
        vouched.push(qualifiedId(own, name.name), bareId(name.name));
        return;
      case 'distinguished':
        (fromSource ? vouched : claimed).push(distinguishedId(name.key));
        return;
      case 'qualified': {
        const known = name.domain === own || !loginDomains.has(name.domain) ? vouched : claimed;
        known.push(qualifiedId(name.domain, name.name), bareId(name.name));
      }
    }
  };

  const literal = prepareCaseIgnore(principal.name);
  if (literal !== '') vouched.push(qualifiedId(own, literal));
  add(principal.name, principal.type === 'x500');
  for (const alias of principal.aliases ?? []) add(alias, true);
  return { vouched, claimed };
}
