/**
 * SmallestChange finds the fewest edits that flip a decision, by applying them and deciding again.
 *
 * Among equally small changes the one is offered whose widest edit touches the fewest people; the order is
 * - to be permitted: add a membership, remove a membership, add a role mapping for the user, add an authorized group,
 *   remove an unauthorized group, remove an authorized group;
 * - to be refused: remove a membership, add a membership, remove an authorized group, add an unauthorized group, add an
 *   authorized group (to an empty list).
 * Within a kind: groups of the user's own login domain first, then the order of the subject and the configuration.
 *
 * Every refusal has obstacles: denied memberships, missing roles, no authorized group. A change must hold an edit
 * for each, so the search takes the first obstacle of a state and branches on the edits that could remove it, with a
 * growing number of edits. Groups that have the same effect under the rule are tried once.
 *
 * What no edit should paper over has no answer: somebody who did not log in, a subject of another realm, and
 * membership that is unknown because a source is down (removing the denied group would be a remedy worse than waiting).
 */
import { type AccessDecision, type Consideration, decide, explainDecision } from './access-decision.ts';
import type { AdmissionItem } from './admission-rule.ts';
import { type Candidate, candidateGroups } from './candidate-groups.ts';
import type { DomainNames } from './domain-names.ts';
import {
  applyEdits,
  type Edit,
  groupText,
  isSameMembership,
  membershipKey,
  qualifiedText,
  type Scenario,
} from './edit.ts';
import type { Principal } from './principal.ts';
import type { Subject } from './subject.ts';

/** A change of more edits than this is no use to an operator, and is not looked for. */
export const MAX_EDITS = 6;

/** The fewest edits that lead to the wanted answer; none when it is the answer already, undefined when there are none. */
export function smallestChange(
  subject: Subject,
  rule: Scenario['rule'],
  wanted: 'permitted' | 'refused',
): readonly Edit[] | undefined {
  const verdict = decide(subject, rule);
  if (verdict.permitted === (wanted === 'permitted')) return [];
  if (subject.anonymous || verdict.reason === 'other-realm') return undefined;
  const scenario = { subject, rule };
  return wanted === 'permitted' ? changeToPermit(scenario) : changeToRefuse(scenario);
}

const WIDTH_TO_PERMIT = [
  'add-membership',
  'remove-membership',
  'add-role-mapping',
  'add-list-item authorizedGroups',
  'remove-list-item unauthorizedGroups',
  'remove-list-item authorizedGroups',
];

function changeToPermit(scenario: Scenario): readonly Edit[] | undefined {
  const candidates = candidateGroups(scenario);
  for (let limit = 1; limit <= MAX_EDITS; limit += 1) {
    const found: (readonly Edit[])[] = [];
    search(scenario, candidates, [], limit, found);
    const [first, ...others] = found;
    if (first !== undefined) return others.reduce((best, next) => (isNarrower(next, best) ? next : best), first);
  }
  return undefined;
}

/** Collects the changes of at most `limit` edits that begin with `edits`. */
function search(
  scenario: Scenario,
  candidates: readonly Candidate[],
  edits: readonly Edit[],
  limit: number,
  found: (readonly Edit[])[],
): void {
  const edited = applyEdits(scenario, edits);
  if (edited === undefined) return;
  const decision = explainDecision(edited.subject, edited.rule);
  if (decision.permitted) found.push(edits);
  else if (edits.length + editsNeeded(decision, scenario.rule.policy.domains) <= limit) {
    for (const more of remedies(scenario, edited, decision, candidates, edits)) {
      if (edits.length + more.length <= limit) search(scenario, candidates, [...edits, ...more], limit, found);
    }
  }
}

/** At least so many edits are still missing: one for each denial that shares neither item nor membership with another. */
function editsNeeded({ considerations, roles, reason }: AccessDecision, domains: DomainNames): number {
  if (reason === 'membership-unknown') return Number.POSITIVE_INFINITY;
  const seen = new Set<unknown>();
  let denials = 0;
  for (const consideration of considerations) {
    const group = plainGroup(consideration);
    if (consideration.kind !== 'denied-group' || group === undefined) continue;
    const membership = membershipKey(group, domains);
    if (!seen.has(consideration.item) && !seen.has(membership)) denials += 1;
    seen.add(consideration.item).add(membership);
  }
  return denials + (roles.missing.length > 0 ? 1 : 0);
}

/** The edits, one or several at a time, that could remove the first obstacle. Any change holds one of them. */
function remedies(
  scenario: Scenario,
  edited: Scenario,
  decision: AccessDecision,
  candidates: readonly Candidate[],
  edits: readonly Edit[],
): Edit[][] {
  const { domains } = scenario.rule.policy;
  const touched = edits.flatMap((edit) => ('group' in edit && typeof edit.group !== 'string' ? [edit.group] : []));
  const isFree = (group: Principal) => !touched.some((other) => isSameMembership(group, other, domains));
  const free = candidates.filter(({ group }) => isFree(group));
  const joinOneWith = (effect: string) =>
    free.filter(({ effects }) => effects.has(effect)).map(({ group }) => [join(group)]);

  const denial = decision.considerations.find(({ kind }) => kind === 'denied-group');
  if (denial?.kind === 'denied-group') {
    const group = plainGroup(denial);
    return [
      ...(group !== undefined && isFree(group) ? [[{ kind: 'remove-membership', group } as const]] : []),
      [removal(scenario, edits, denial.item)],
    ];
  }
  const [role] = decision.roles.missing;
  if (role !== undefined) {
    const user = userItem(scenario.subject);
    return [
      ...joinOneWith(`role ${role}`),
      ...(user === undefined ? [] : [[{ kind: 'add-role-mapping', role, item: user } as const]]),
    ];
  }
  // Any one of the groups that are held will do, because none is denied any more; without one, it takes two edits.
  const held = edited.subject.principals.find(({ type }) => type === 'group');
  return [
    ...joinOneWith('authorized'),
    ...(held !== undefined
      ? [[authorize(qualifiedText(held))]]
      : free.map(({ group }) => [join(group), authorize(groupText(group))])),
    edited.rule.authorized.map((item) => removal(scenario, edits, item)),
  ];
}

function join(group: Principal): Edit {
  return { kind: 'add-membership', group };
}

function authorize(group: string): Edit {
  return { kind: 'add-list-item', list: 'authorizedGroups', group };
}

/** The edit that takes away an item of an edited list, by its index in the list as it stands. */
function removal({ rule }: Scenario, edits: readonly Edit[], { list, index }: AdmissionItem): Edit {
  const gone = new Set(edits.flatMap((e) => (e.kind === 'remove-list-item' && e.list === list ? [e.index] : [])));
  const surviving = [...rule.configuration[list].keys()].filter((original) => !gone.has(original));
  const original = surviving[index]!;
  return { kind: 'remove-list-item', list, index: original, group: rule.configuration[list][original]! };
}

function changeToRefuse(scenario: Scenario): readonly Edit[] | undefined {
  const { subject, rule } = scenario;
  const { considerations } = explainDecision(subject, rule);
  const groups = subject.principals.filter(({ type }) => type === 'group');
  const weighing = new Set(
    considerations
      .flatMap((reason) => plainGroup(reason) ?? [])
      .map((group) => membershipKey(group, rule.policy.domains)),
  );
  const candidates = candidateGroups(scenario);
  const edits: Edit[] = [
    ...groups
      .filter((group) => weighing.has(membershipKey(group, rule.policy.domains)))
      .map((group) => ({ kind: 'remove-membership', group }) as const),
    ...candidates.map(({ group }) => join(group)),
    ...rule.authorized.map((authorized) => removal(scenario, [], authorized)),
    ...groups.slice(0, 1).map((group): Edit => {
      return { kind: 'add-list-item', list: 'unauthorizedGroups', group: qualifiedText(group) };
    }),
    ...candidates.map(({ group }) => authorize(groupText(group))),
  ];
  for (const edit of edits) {
    const edited = applyEdits(scenario, [edit]);
    if (edited !== undefined && !decide(edited.subject, edited.rule).permitted) return [edit];
  }
  return undefined;
}

/** Compares two changes of one size by their widest edit, then by the next. */
function isNarrower(one: readonly Edit[], other: readonly Edit[]): boolean {
  const [widths, otherWidths] = [widthsOf(one), widthsOf(other)];
  const index = widths.findIndex((width, position) => width !== otherWidths[position]);
  return index >= 0 && widths[index]! < otherWidths[index]!;
}

function widthsOf(edits: readonly Edit[]): number[] {
  return edits
    .map((edit) => WIDTH_TO_PERMIT.indexOf('list' in edit ? `${edit.kind} ${edit.list}` : edit.kind))
    .sort((a, b) => b - a);
}

function plainGroup(reason: Consideration): Principal | undefined {
  if (!('holder' in reason)) return undefined;
  const principal = 'wraps' in reason.holder ? reason.holder.principal : reason.holder;
  return principal.type === 'group' ? principal : undefined;
}

/** The narrowest mapping that gives a role to this user. */
function userItem({ principals, domain }: Subject) {
  const users = principals.filter(({ type }) => type === 'user');
  const user = users.find((principal) => principal.domain === domain) ?? users[0];
  return user === undefined ? undefined : ({ type: 'user', name: qualifiedText(user) } as const);
}
