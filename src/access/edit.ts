/**
 * Edit is one change that an operator could make to flip a decision: one membership, one list item or one role mapping.
 *
 * Edits are applied to the configuration and to the subject as they were written, and the result is compiled and decided
 * like any other: an explanation can promise nothing that the rules themselves do not keep.
 */

import { prepareCaseIgnore } from '../x500/index.ts';
import { AccessPolicy } from './access-policy.ts';
import { type AdmissionList, type AdmissionRule, compileAdmissionRule } from './admission-rule.ts';
import type { DomainNames } from './domain-names.ts';
import { qualifiedId } from './group-name.ts';
import { type Principal, wrapPrincipals } from './principal.ts';
import { describeRoleMapping, type RoleMappingItem, type RolesConfiguration } from './role-mapping.ts';
import { makeSubject, type Subject } from './subject.ts';

export type Edit =
  /** Of the user who asks; the group as its source would give it. */
  | { readonly kind: 'add-membership' | 'remove-membership'; readonly group: Principal }
  | { readonly kind: 'add-list-item'; readonly list: AdmissionList; readonly group: string }
  /** `index` counts in the list as it stands before any edit. */
  | {
      readonly kind: 'remove-list-item';
      readonly list: AdmissionList;
      readonly index: number;
      readonly group: string;
    }
  | { readonly kind: 'add-role-mapping'; readonly role: string; readonly item: RoleMappingItem };

/** A subject before a rule. */
export interface Scenario {
  readonly subject: Subject;
  readonly rule: AdmissionRule;
}

/**
 * The scenario after the edits, in a policy of its own: the live policy learns nothing of them. Roles that the rule does
 * not require are left out. Undefined when the edited rule does not compile.
 */
export function applyEdits({ subject, rule }: Scenario, edits: readonly Edit[]): Scenario | undefined {
  const edited = editedSubject(subject, rule, edits);
  if (edits.every(({ kind }) => kind === 'add-membership' || kind === 'remove-membership'))
    return { subject: edited, rule };
  const { policy: live, realm, configuration } = rule;
  const { policy } = AccessPolicy.compile({ ...live.configuration, roles: editedRoles(rule, edits) });
  const compiled = compileAdmissionRule(policy, realm, {
    authorizedGroups: editedList(configuration.authorizedGroups, 'authorizedGroups', edits),
    unauthorizedGroups: editedList(configuration.unauthorizedGroups, 'unauthorizedGroups', edits),
    requireRoles: configuration.requireRoles,
  });
  return compiled.kind === 'refused' ? undefined : { subject: edited, rule: compiled.rule };
}

/** The same group of the same login domain, however spelled. */
export function isSameMembership(one: Principal, other: Principal, domains: DomainNames): boolean {
  return membershipKey(one, domains) === membershipKey(other, domains);
}

/** Equal for two principals that are one membership. */
export function membershipKey({ domain, name }: Principal, domains: DomainNames): string {
  return qualifiedId(domains.fold(domain), prepareCaseIgnore(name));
}

/** An edit as an instruction to the operator. */
export function describeEdit(edit: Edit, userName: string): string {
  switch (edit.kind) {
    case 'add-membership':
      return `make ${userName} a member of ${groupText(edit.group)}`;
    case 'remove-membership':
      return `remove ${userName} from ${qualifiedText(edit.group)}`;
    case 'add-list-item':
      return `add ${edit.group} to ${edit.list}`;
    case 'remove-list-item':
      return `remove ${edit.group} from ${edit.list} (item ${edit.index + 1})`;
    case 'add-role-mapping':
      return `give the role ${edit.role} to ${describeRoleMapping(edit.item)}`;
  }
}

/** How a rule asks for a group that it mentions already: by its DN if that is how it does. */
export function groupText(group: Principal): string {
  return group.aliases?.[0] ?? qualifiedText(group);
}

/** How a rule asks for a principal of a login domain, whatever its name looks like. */
export function qualifiedText({ domain, name }: Principal): string {
  return `${domain}\\${name}`;
}

function editedRoles(rule: AdmissionRule, edits: readonly Edit[]): RolesConfiguration {
  return new Map(
    rule.required.map((name) => [
      name,
      [
        ...rule.policy.mappings.flatMap(({ role, item }) => (role === name ? [item] : [])),
        ...edits.flatMap((edit) => (edit.kind === 'add-role-mapping' && edit.role === name ? [edit.item] : [])),
      ],
    ]),
  );
}

function editedList(items: readonly string[], list: AdmissionList, edits: readonly Edit[]): string[] {
  const removed = new Set(
    edits.flatMap((edit) => (edit.kind === 'remove-list-item' && edit.list === list ? [edit.index] : [])),
  );
  const added = edits.flatMap((edit) => (edit.kind === 'add-list-item' && edit.list === list ? [edit.group] : []));
  return [...items.filter((_, index) => !removed.has(index)), ...added];
}

function editedSubject(subject: Subject, { policy }: AdmissionRule, edits: readonly Edit[]): Subject {
  const removed = new Set<string>();
  const added: Principal[] = [];
  for (const edit of edits) {
    if (edit.kind === 'remove-membership') removed.add(membershipKey(edit.group, policy.domains));
    if (edit.kind === 'add-membership') added.push(edit.group);
  }
  if (removed.size === 0 && added.length === 0) return subject;
  const stays = (principal: Principal) =>
    principal.type !== 'group' || !removed.has(membershipKey(principal, policy.domains));
  const wrapping = policy.configuration.realms.get(subject.realm)?.wrappingDomains ?? [];
  const wraps = new Set(wrapping.map(policy.domains.fold));
  return makeSubject({
    ...subject,
    principals: [...subject.principals.filter(stays), ...added],
    wrapped: [
      ...subject.wrapped.filter(({ principal }) => stays(principal)),
      ...wrapPrincipals(
        subject.realm,
        added.filter(({ domain }) => wraps.has(policy.domains.fold(domain))),
      ),
    ],
  });
}
