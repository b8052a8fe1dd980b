/**
 * What a login says about an entry of the directory: its user name and its groups, each with its distinguished name as another
 * spelling, so that a rule finds a group as `local\labs` and as `cn=labs,ou=Groups,...` alike.
 */
import type { Instant } from '../../base/index.ts';
import { type AttributeType, parseDistinguishedName, type Schema } from '../../x500/index.ts';
import type { RightsView } from './rights-view.ts';

export interface AccountPrincipal {
  readonly type: 'user' | 'group';
  readonly name: string;
  /** Its distinguished name. Not its other names, which whoever may write a cn could choose. */
  readonly aliases: readonly string[];
}

/** Who has a role, by the configuration's `roles`. */
export interface RolePort {
  holds(role: string, principals: readonly AccountPrincipal[]): boolean;
  /** Whether any role names one of them, whether there is such an account or not. */
  names(principals: readonly AccountPrincipal[]): boolean;
}

type PrincipalView = Pick<RightsView, 'attribute' | 'dnText' | 'groupsOf'>;

/** The entry's user and groups; no user when it has no name to be called by. */
export function accountPrincipals(
  view: PrincipalView,
  schema: Schema,
  entry: number,
  now: Instant,
): readonly AccountPrincipal[] {
  const name = accountName(view, schema, entry, now);
  const groups = Array.from(view.groupsOf(entry, now), (group) => groupPrincipal(view, schema, group, now));
  return name === undefined ? groups : [{ type: 'user', name, aliases: [view.dnText(entry)] }, ...groups];
}

export function groupPrincipal(view: PrincipalView, schema: Schema, group: number, now: Instant): AccountPrincipal {
  const dn = view.dnText(group);
  const cn = schema.attributeType('cn');
  return { type: 'group', name: nameInRdn(dn, cn, schema) ?? textsOf(view, group, cn, now)[0] ?? dn, aliases: [dn] };
}

/**
 * The one name that an account goes by, whatever alias was typed: the uid in its DN, else its only or first uid, else, for hosts
 * and services that have none, the cn in its DN. Undefined for what nobody may be called.
 */
export function accountName(view: PrincipalView, schema: Schema, entry: number, now: Instant): string | undefined {
  const [uid, cn] = [schema.attributeType('uid'), schema.attributeType('cn')];
  const dn = view.dnText(entry);
  const uids = textsOf(view, entry, uid, now);
  const name = nameInRdn(dn, uid, schema) ?? uids[0] ?? nameInRdn(dn, cn, schema) ?? textsOf(view, entry, cn, now)[0];
  // A control character in a name could end a line or a header of whoever is told it.
  return name === undefined || name.trim() === '' || /\p{Cc}/u.test(name) ? undefined : name;
}

function textsOf(view: PrincipalView, entry: number, type: AttributeType | undefined, now: Instant): readonly string[] {
  if (type === undefined) return [];
  return view.attribute(entry, type, now).map((value) => Buffer.from(value).toString('utf8'));
}

function nameInRdn(dn: string, type: AttributeType | undefined, schema: Schema): string | undefined {
  const [rdn = []] = parseDistinguishedName(dn)?.rdns ?? [];
  const part = rdn.find((pair) => schema.attributeType(pair.type) === type);
  return typeof part?.value === 'string' ? part.value : undefined;
}
