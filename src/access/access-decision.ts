/**
 * AccessDecision is the answer to "may this subject enter here", a pure value with every reason.
 *
 * `decide` answers alone, in well under a microsecond and without making a value; `explainDecision` gives the same
 * answer with all list items and roles that weighed, not only the first.
 */
import { type Holder, hasBit } from './access-policy.ts';
import { type AdmissionItem, type AdmissionRule, isMembershipUnknown } from './admission-rule.ts';
import type { Subject } from './subject.ts';

/**
 * other-realm          the subject logged in to another realm than the service's
 * denied-group         a member of an unauthorized group
 * membership-unknown   perhaps a member of one: a source did not answer when groups were read
 * not-authenticated    nobody logged in, and nothing in the rule admits the default principals
 * no-authorized-group  a member of no authorized group
 * role-missing         lacks a required role
 * authorized-group     permitted: a member of an authorized group
 * every-user           permitted: the rule lists no authorized group
 */
export type DecisionReason =
  | 'other-realm'
  | 'denied-group'
  | 'membership-unknown'
  | 'not-authenticated'
  | 'no-authorized-group'
  | 'role-missing'
  | 'authorized-group'
  | 'every-user';

export interface Verdict {
  readonly permitted: boolean;
  /** What settled it. */
  readonly reason: DecisionReason;
}

/** Something that weighed: a list item or a role, with the principal that matched it. */
export type Consideration =
  | { readonly kind: 'denied-group' | 'authorized-group'; readonly item: AdmissionItem; readonly holder: Holder }
  | { readonly kind: 'membership-unknown'; readonly item: AdmissionItem; readonly domains: readonly string[] }
  | { readonly kind: 'role-held'; readonly role: string; readonly holder: Holder }
  | { readonly kind: 'role-missing'; readonly role: string };

export interface AccessDecision extends Verdict {
  /** The verdict in one sentence, for the operator. */
  readonly because: string;
  /** The list item that settled it, where one did. */
  readonly item?: AdmissionItem;
  /** The principal that matched that item; says its login domain and module. */
  readonly holder?: Holder;
  readonly roles: { readonly held: readonly string[]; readonly missing: readonly string[] };
  /** Everything that weighed, denials first, in the order of the rule. */
  readonly considerations: readonly Consideration[];
}

/** Verdicts are shared values: deciding allocates nothing. */
const VERDICTS: Readonly<Record<DecisionReason, Verdict>> = {
  'other-realm': { permitted: false, reason: 'other-realm' },
  'denied-group': { permitted: false, reason: 'denied-group' },
  'membership-unknown': { permitted: false, reason: 'membership-unknown' },
  'not-authenticated': { permitted: false, reason: 'not-authenticated' },
  'no-authorized-group': { permitted: false, reason: 'no-authorized-group' },
  'role-missing': { permitted: false, reason: 'role-missing' },
  'authorized-group': { permitted: true, reason: 'authorized-group' },
  'every-user': { permitted: true, reason: 'every-user' },
};

/** Decides; pure, and keeps nothing about the pair. */
export function decide(subject: Subject, rule: AdmissionRule): Verdict {
  if (subject.realm !== rule.realm) return VERDICTS['other-realm'];
  const { claims, roles, unknownDomains } = rule.policy.standingOf(subject);
  const { authorized, unauthorized, required } = rule.numbers;
  if (hasAny(claims, unauthorized)) return VERDICTS['denied-group'];
  if (unknownDomains !== undefined && hasUnknownDenial(rule, unknownDomains)) return VERDICTS['membership-unknown'];
  const isListed = authorized.length > 0;
  if (isListed && !hasAny(claims, authorized)) return VERDICTS['no-authorized-group'];
  if (!isListed && subject.anonymous && required.length === 0) return VERDICTS['not-authenticated'];
  if (!hasAll(roles, required)) return VERDICTS['role-missing'];
  return VERDICTS[isListed ? 'authorized-group' : 'every-user'];
}

function hasAny(bits: Uint32Array, numbers: readonly number[]): boolean {
  for (const number of numbers) if (hasBit(bits, number)) return true;
  return false;
}

function hasAll(bits: Uint32Array, numbers: readonly number[]): boolean {
  for (const number of numbers) if (!hasBit(bits, number)) return false;
  return true;
}

function hasUnknownDenial(
  { policy, realm, unauthorized }: AdmissionRule,
  unknownDomains: ReadonlySet<string>,
): boolean {
  const loginDomains = policy.loginDomainsOf(realm);
  return unauthorized.some(({ group }) => isMembershipUnknown(group, unknownDomains, loginDomains));
}

/** The same decision with its reasons. */
export function explainDecision(subject: Subject, rule: AdmissionRule): AccessDecision {
  const verdict = decide(subject, rule);
  const considerations = consider(subject, rule);
  const settling = considerations.find(({ kind }) => kind === verdict.reason);
  return {
    ...verdict,
    because: sentence(verdict.reason, settling, subject, rule),
    ...(settling !== undefined && 'item' in settling && { item: settling.item }),
    ...(settling !== undefined && 'holder' in settling && { holder: settling.holder }),
    roles: {
      held: rule.policy.rolesOf(subject),
      missing: considerations.flatMap((reason) => (reason.kind === 'role-missing' ? [reason.role] : [])),
    },
    considerations,
  };
}

function consider(subject: Subject, rule: AdmissionRule): Consideration[] {
  const { policy } = rule;
  const holdings = policy.holdingsOf(subject);
  const matches = (kind: 'denied-group' | 'authorized-group', items: readonly AdmissionItem[]) =>
    items.flatMap((item): Consideration[] =>
      (holdings.get(item.claim) ?? []).map((holder) => ({ kind, item, holder })),
    );
  return [
    ...matches('denied-group', rule.unauthorized),
    ...unknownMemberships(subject, rule),
    ...matches('authorized-group', rule.authorized),
    ...rule.required.flatMap((name): Consideration[] => {
      const holders = [...new Set(policy.claimsOfRole(name).flatMap((claim) => holdings.get(claim) ?? []))];
      if (holders.length === 0) return [{ kind: 'role-missing', role: name }];
      return holders.map((holder) => ({ kind: 'role-held', role: name, holder }));
    }),
  ];
}

function unknownMemberships(subject: Subject, { policy, realm, unauthorized }: AdmissionRule): Consideration[] {
  const domains = subject.unknownDomains ?? [];
  if (domains.length === 0) return [];
  const unknown = new Set(domains.map(policy.domains.fold));
  const loginDomains = policy.loginDomainsOf(realm);
  return unauthorized
    .filter(({ group }) => isMembershipUnknown(group, unknown, loginDomains))
    .map((item) => ({ kind: 'membership-unknown', item, domains }));
}

function sentence(
  reason: DecisionReason,
  settling: Consideration | undefined,
  subject: Subject,
  rule: AdmissionRule,
): string {
  const who = subject.anonymous ? 'an anonymous visitor' : subject.name;
  switch (reason) {
    case 'other-realm':
      return `${who} logged in to realm ${subject.realm}, and the service asks for realm ${rule.realm}`;
    case 'not-authenticated':
      return 'nobody logged in, and an empty list of authorized groups admits authenticated users alone';
    case 'every-user':
      return `the service lists no authorized group, so every authenticated user is admitted${subject.anonymous ? ', and a visitor with the required roles' : ''}`;
    case 'no-authorized-group':
      return `${who} is a member of none of the ${rule.authorized.length} authorized groups`;
    default:
      return settling === undefined ? reason : describeConsideration(settling, who);
  }
}

/** A consideration in plain English. */
export function describeConsideration(reason: Consideration, who: string): string {
  switch (reason.kind) {
    case 'denied-group':
      return `${who} is a member of ${reason.item.text}, which unauthorizedGroups[${reason.item.index}] refuses (${describeHolder(reason.holder)})`;
    case 'authorized-group':
      return `${who} is a member of ${reason.item.text}, which authorizedGroups[${reason.item.index}] admits (${describeHolder(reason.holder)})`;
    case 'membership-unknown':
      return `whether ${who} is a member of ${reason.item.text}, which unauthorizedGroups[${reason.item.index}] refuses, is unknown: the groups of ${reason.domains.join(', ')} could not be read`;
    case 'role-held':
      return `${who} has the role ${reason.role} (${describeHolder(reason.holder)})`;
    case 'role-missing':
      return `${who} lacks the role ${reason.role}`;
  }
}

/** A principal with its origin: `group labs of campus, from module 3:ldap`. */
export function describeHolder(holder: Holder): string {
  if (!('wraps' in holder)) return `${holder.type} ${holder.name} of ${holder.domain}, from module ${holder.module}`;
  const { type, name, module } = holder.principal;
  const realm = holder.wraps === 'realm' ? ` in realm ${holder.realm}` : '';
  return `${type} ${name} wrapped by ${holder.domain}${realm}, from module ${module}`;
}
