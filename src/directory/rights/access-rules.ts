/**
 * AccessRules is the key `directory.access` made ready: attributes as grants, names to be looked up once for each state of the
 * tree. It says who is an administrator or a service, which rules are about an asker, and makes the asker's Rights.
 *
 * INVARIANT: a rule gives no right over an administrator's entry, or over a group that makes administrators: whoever may set
 * the passwords of people would otherwise become one.
 * INVARIANT: a name that a role or a rule is about is given to an entry by administrators alone, also where no entry has it yet.
 */
import type { Instant } from '../../base/index.ts';
import {
  type AttributeType,
  type DistinguishedName,
  type Filter,
  formatDistinguishedName,
  type Schema,
} from '../../x500/index.ts';
import type { AccessConfiguration, AccessRuleConfiguration, Who } from './access-configuration.ts';
import { accountPrincipals, groupPrincipal, type RolePort } from './account-principals.ts';
import type { Asker } from './asker.ts';
import { EntryRights } from './entry-rights.ts';
import { ALL_RIGHTS, NO_RIGHTS, ownPasswordRights, READ_ALL_RIGHTS } from './fixed-rights.ts';
import { ADD, COMPARE, type Grant, grantOf, joined, READ, type Secrets, WRITE } from './grant.ts';
import type { Rights } from './rights.ts';
import { isPresent, isWithin, type MatchesFilter, type RightsView } from './rights-view.ts';

export interface AccessRulesOptions<View extends RightsView> {
  readonly schema: Schema;
  readonly suffix: DistinguishedName;
  readonly configuration: AccessConfiguration;
  readonly matches: MatchesFilter<View>;
  /** Who has which role; without it nobody has any. */
  readonly roles?: RolePort;
}

export interface CompiledRule {
  /** Whoever is any of them; nobody else than the entry's own account where `ownOnly`. */
  readonly who: readonly Who[];
  /** About everybody for their own entry. */
  readonly ownOnly: boolean;
  readonly grant: Grant;
  readonly adds: boolean;
  readonly deletes: boolean;
  readonly writes: boolean;
  /** Whoever it is about sees the entries that it reaches: it gives more than to add some. */
  readonly reveals: boolean;
  readonly base: DistinguishedName;
  readonly scope: AccessRuleConfiguration['scope'];
  readonly filter: Filter | undefined;
}

/** What the directory gives by itself. */
export interface OwnGrants {
  /** Everything but secrets. */
  readonly reading: Grant;
  readonly self: Grant;
  readonly owner: Grant;
}

/** Private keys, and what other programs keep their passwords in. Those that the schema does not know are nobody's. */
const DEFAULT_SECRETS = [
  'userPassword',
  'authPassword',
  'pwdHistory',
  'userPKCS12',
  'sambaNTPassword',
  'sambaLMPassword',
  'sambaPasswordHistory',
  'krbPrincipalKey',
  'krbMKey',
  'ipaNTHash',
  'ipaNTSecurityIdentifierKey',
  'olcRootPW',
];

const MEMBERSHIP = ['member', 'memberUid', 'uniqueMember'];

export class AccessRules<View extends RightsView = RightsView> {
  readonly schema: Schema;
  readonly matches: MatchesFilter<View>;
  readonly grants: OwnGrants;
  readonly rules: readonly CompiledRule[];
  readonly owner: AttributeType | undefined;
  readonly password: AttributeType | undefined;
  readonly #options: AccessRulesOptions<View>;
  readonly #administrators: readonly Who[];
  /** What the configuration names, by the key of each name. */
  readonly #namedKeys: ReadonlySet<string>;
  readonly #services: readonly DistinguishedName[];
  readonly #secrets: readonly AttributeType[];
  /** Where the names of the configuration are in one state of one view. */
  #found = new Map<DistinguishedName, number | undefined>();
  #foundIn: { readonly view: View; readonly version: number } | undefined;

  constructor(options: AccessRulesOptions<View>) {
    const { schema, suffix, configuration } = options;
    this.#options = options;
    this.schema = schema;
    this.matches = options.matches;
    const below = (container: readonly [string, string][]): DistinguishedName => ({
      rdns: [...container.map(([type, value]) => [{ type, value }]), ...suffix.rdns],
    });
    this.#administrators = configuration.administrators ?? [
      {
        kind: 'group',
        dn: below([
          ['cn', 'administrators'],
          ['ou', 'Groups'],
        ]),
      },
    ];
    this.#services = configuration.services ?? [below([['ou', 'Hosts']])];
    const types = (names: readonly string[]) => names.flatMap((name) => schema.attributeType(name)?.subtypes ?? []);
    const secrets = new Set(types([...(configuration.secrets ?? DEFAULT_SECRETS), 'userPassword']));
    this.#secrets = [...secrets];
    this.owner = configuration.groupOwners ? schema.attributeType('owner') : undefined;
    this.password = schema.attributeType('userPassword');
    const reading = grantOf(schema, secrets, ['*', '+'], READ | COMPARE);
    this.grants = {
      reading,
      self: joined(reading, grantOf(schema, secrets, configuration.selfService, WRITE)),
      owner: joined(reading, grantOf(schema, secrets, MEMBERSHIP, WRITE)),
    };
    this.rules = configuration.rules.flatMap((rule) => compileRule(rule, { schema, secrets, suffix }));
    const whos = [...this.#administrators, ...this.rules.flatMap(({ who }) => who)];
    const named = [...this.#services, ...whos.flatMap((who) => ('dn' in who ? [who.dn] : []))];
    this.#namedKeys = new Set(named.map((dn) => schema.dnKey(dn) ?? ''));
  }

  /** What the asker may do at this instant; for one operation, not to be kept. */
  rightsOf(view: View, asker: Asker, now: Instant): Rights {
    if (asker.kind === 'system') return ALL_RIGHTS;
    const self = asker.kind === 'entry' ? view.byUuid(asker.uuid) : undefined;
    // Who was deleted while connected is nobody, not even anonymous.
    if (asker.kind === 'entry' && self === undefined) return NO_RIGHTS;
    const limit = asker.kind === 'entry' ? asker.limit : undefined;
    if (self !== undefined && limit === 'must-change') return ownPasswordRights(self, this.password);
    const changes = limit !== 'app-password';
    if (self !== undefined && this.isAdministrator(view, self, now)) return changes ? ALL_RIGHTS : READ_ALL_RIGHTS;
    const rules = this.rules.filter((rule) => this.#isAbout(rule, view, self, now));
    const isService = self !== undefined && this.#isService(view, self);
    if (self === undefined && rules.length === 0) return NO_RIGHTS;
    const readsAll = isService && !this.#secrets.some((type) => isPresent(view, type));
    return new EntryRights({ access: this, view, now, self, rules, isService, readsAll, changes });
  }

  isAdministrator(view: View, entry: number, now: Instant): boolean {
    return this.#administrators.some((who) => this.#isWho(who, view, entry, now));
  }

  /** Whether an entry is an administrator's, or a group that makes administrators. */
  isProtected(view: View, entry: number, now: Instant): boolean {
    return this.isAdministrator(view, entry, now) || this.#makesAdministrators(view, entry, now);
  }

  /** Whether the configuration gives something to whoever has this name: it makes an administrator, or a rule or a role is about it. */
  isProtectedName(dn: DistinguishedName): boolean {
    const key = this.schema.dnKey(dn);
    if (key === undefined || this.#namedKeys.has(key)) return true;
    const aliases = [formatDistinguishedName(dn)];
    const [rdn = []] = dn.rdns;
    return ['', ...rdn.flatMap(({ value }) => (typeof value === 'string' ? [value] : []))].some((name) =>
      this.#isNamed(name, aliases),
    );
  }

  /** Whether a role is about whoever is called so, whether there is such an account or not. */
  isNamed(name: string): boolean {
    return this.#isNamed(name, []);
  }

  /** The entry of a name of the configuration. */
  find(view: View, dn: DistinguishedName): number | undefined {
    const { version } = view.content;
    if (this.#foundIn?.view !== view || this.#foundIn.version !== version) {
      this.#found = new Map();
      this.#foundIn = { view, version };
    }
    const known = this.#found.get(dn);
    if (known !== undefined || this.#found.has(dn)) return known;
    const entry = view.find(dn);
    this.#found.set(dn, entry);
    return entry;
  }

  /** Whether the rule reaches the entry by its place alone. */
  reaches(rule: CompiledRule, view: View, entry: number): boolean {
    const base = this.find(view, rule.base);
    if (base === undefined) return false;
    switch (rule.scope) {
      case 'base':
        return entry === base;
      case 'one':
        return view.parent(entry) === base;
      case 'subtree':
        return isWithin(view, entry, base);
    }
  }

  /** Whether new entries below `parent` are within reach of the rule. */
  reachesBelow(rule: CompiledRule, view: View, parent: number): boolean {
    const base = this.find(view, rule.base);
    if (base === undefined || rule.scope === 'base') return false;
    return rule.scope === 'one' ? parent === base : isWithin(view, parent, base);
  }

  #isNamed(name: string, aliases: readonly string[]): boolean {
    const principals = (['user', 'group'] as const).map((type) => ({ type, name, aliases }));
    return this.#options.roles?.names(principals) === true;
  }

  #isService(view: View, entry: number): boolean {
    return this.#services.some((dn) => {
      const base = this.find(view, dn);
      return base !== undefined && entry !== base && isWithin(view, entry, base);
    });
  }

  #isAbout(rule: CompiledRule, view: View, self: number | undefined, now: Instant): boolean {
    if (rule.ownOnly) return self !== undefined;
    return rule.who.some((who) => {
      if (who.kind === 'anonymous') return self === undefined;
      return self !== undefined && (who.kind === 'users' || this.#isWho(who, view, self, now));
    });
  }

  #isWho(who: Who, view: View, entry: number, now: Instant): boolean {
    if (who.kind === 'role') return this.#holdsRole(who.role, view, entry, now);
    if (!('dn' in who)) return false;
    const named = this.find(view, who.dn);
    if (named === undefined) return false;
    switch (who.kind) {
      case 'dn':
        return named === entry;
      case 'group':
        return view.isMember(named, entry, now);
      case 'subtree':
        return isWithin(view, entry, named);
    }
  }

  #holdsRole(role: string, view: View, entry: number, now: Instant): boolean {
    const { roles } = this.#options;
    return roles?.holds(role, accountPrincipals(view, this.schema, entry, now)) === true;
  }

  #makesAdministrators(view: View, entry: number, now: Instant): boolean {
    const { roles } = this.#options;
    return this.#administrators.some((who) => {
      if (who.kind === 'group') return this.find(view, who.dn) === entry;
      if (who.kind !== 'role' || roles === undefined) return false;
      return roles.holds(who.role, [groupPrincipal(view, this.schema, entry, now)]);
    });
  }
}

/** A rule, or two where it is about people's own entries beside other things. */
function compileRule(
  rule: AccessRuleConfiguration,
  {
    schema,
    secrets,
    suffix,
  }: { readonly schema: Schema; readonly secrets: Secrets; readonly suffix: DistinguishedName },
): readonly CompiledRule[] {
  const given = rule.may.reduce((sum, right) => sum | BITS[right], 0);
  const compiled = {
    grant: grantOf(schema, secrets, rule.attributes, given),
    adds: rule.may.includes('add'),
    deletes: rule.may.includes('delete'),
    writes: rule.may.includes('write'),
    reveals: rule.may.some((right) => right !== 'add'),
    base: rule.base ?? suffix,
    scope: rule.scope,
    filter: rule.filter,
  };
  const own = rule.who.filter(({ kind }) => kind === 'self');
  const others = rule.who.filter(({ kind }) => kind !== 'self');
  return [
    { ...compiled, who: own, ownOnly: true },
    { ...compiled, who: others, ownOnly: false },
  ].filter(({ who }) => who.length > 0);
}

const BITS = { read: READ | COMPARE, compare: COMPARE, write: WRITE, add: ADD, delete: 0 };
