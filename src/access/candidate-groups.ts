/**
 * CandidateGroups are the groups that somebody could be made a member of to flip a decision: those that the rule and the
 * mappings of its roles mention, as far as the user does not belong to them.
 *
 * Groups of the same effect under the rule are interchangeable in every change, so only the first of them is kept:
 * a list of 200 groups leaves two or three candidates. A bare name may be meant of any login domain of the realm.
 */
import { parseDistinguishedName } from '../x500/index.ts';
import { type Consideration, explainDecision } from './access-decision.ts';
import { applyEdits, membershipKey, type Scenario } from './edit.ts';
import { parseGroupName } from './group-name.ts';
import type { Principal } from './principal.ts';
import { makeSubject } from './subject.ts';

export interface Candidate {
  readonly group: Principal;
  /** What joining it alone would do under the rule: `authorized`, `role NAME`, `denied by INDEX`. */
  readonly effects: ReadonlySet<string>;
}

/** The candidates, one for each set of effects; groups of the user's own login domain come first. */
export function candidateGroups(scenario: Scenario): Candidate[] {
  const { subject, rule } = scenario;
  const { domains } = rule.policy;
  const held = subject.principals.filter(({ type }) => type === 'group');
  const known = new Set(held.map((group) => membershipKey(group, domains)));
  const own = domains.fold(subject.domain);
  const [ours, others] = [[] as Principal[], [] as Principal[]];
  for (const group of mentionedGroups(scenario)) {
    const key = membershipKey(group, domains);
    if (!known.has(key)) (domains.fold(group.domain) === own ? ours : others).push(group);
    known.add(key);
  }
  const byEffects = new Map<string, Candidate>();
  for (const group of [...ours, ...others]) {
    const effects = effectsOf(scenario, group);
    const key = JSON.stringify([...effects].sort());
    if (!byEffects.has(key)) byEffects.set(key, { group, effects });
  }
  return [...byEffects.values()];
}

function mentionedGroups({ subject, rule }: Scenario): Principal[] {
  const { policy } = rule;
  const domains = [subject.domain, ...(policy.configuration.realms.get(rule.realm)?.loginDomains ?? [])];
  const required = new Set(rule.required);
  return [
    ...[...rule.authorized, ...rule.unauthorized].flatMap(({ text, group }) =>
      group.kind === 'qualified' ? groupsNamed(text, [group.domain]) : groupsNamed(text, domains),
    ),
    ...policy.mappings.flatMap(({ role, item: { type, name, domain } }) => {
      if (type !== 'group' || !required.has(role)) return [];
      const group = parseGroupName(name, policy.domains);
      if (group?.kind === 'qualified') return groupsNamed(name, [group.domain]);
      return groupsNamed(name, domain === undefined ? domains : [domain]);
    }),
  ];
}

/** The principals that a member of a group of this name would have, one for each login domain it may be of. */
function groupsNamed(text: string, domains: readonly string[]): Principal[] {
  const dn = text.includes('=') ? parseDistinguishedName(text) : undefined;
  if (dn !== undefined) {
    const value = dn.rdns[0]?.[0]?.value;
    const name = typeof value === 'string' ? value : text;
    return domains.slice(0, 1).map((domain) => ({ type: 'group', name, domain, module: 'edit', aliases: [text] }));
  }
  const [, name = text] = /^[^\\]*\\(.+)$/s.exec(text) ?? /^(.+)@[^@]*$/s.exec(text) ?? [];
  return domains.map((domain) => ({ type: 'group', name: name.trim(), domain, module: 'edit' }));
}

/** What a subject with this group alone would meet. */
function effectsOf({ subject, rule }: Scenario, group: Principal): ReadonlySet<string> {
  const { realm, domain, name } = subject;
  const alone = { subject: makeSubject({ realm, domain, name }), rule };
  const edited = applyEdits(alone, [{ kind: 'add-membership', group }]);
  if (edited === undefined) return new Set();
  return new Set(explainDecision(edited.subject, edited.rule).considerations.flatMap(effectOf));
}

function effectOf(reason: Consideration): string[] {
  switch (reason.kind) {
    case 'authorized-group':
      return ['authorized'];
    case 'denied-group':
      return [`denied by ${reason.item.index}`];
    case 'role-held':
      return [`role ${reason.role}`];
    default:
      return [];
  }
}
