/** The smallest change that flips a decision: against brute force, and in the cases that an operator meets. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  applyEdits,
  decide,
  describeEdit,
  type Edit,
  MAX_EDITS,
  parseGroupName,
  type Subject,
  smallestChange,
  wrapPrincipals,
} from '../../src/access/index.ts';
import { recordFigure } from '../support/figure.ts';
import { DOMAINS, isPermitted, smallestChanges, type World } from './brute-force.ts';
import { group, memberOf, policyOf, ruleOf, STAFF, subjectWith, type WrittenRule } from './fixture.ts';

/** What is offered, as sentences. */
function offered(subject: Subject, rule: ReturnType<typeof ruleOf>, wanted: 'permitted' | 'refused' = 'permitted') {
  return smallestChange(subject, rule, wanted)?.map((edit) => describeEdit(edit, subject.name));
}

describe('smallestChange', () => {
  const policy = policyOf({
    roles: { experimenter: [{ group: 'campus\\labs' }], operator: [{ group: 'local\\ops' }] },
  });
  const rule = (written: WrittenRule) => ruleOf(written, policy);

  it('is nothing when the answer is the wanted one', () => {
    assert.deepEqual(offered(memberOf([]), rule({})), []);
    assert.deepEqual(offered(memberOf([]), rule({ authorizedGroups: ['a\\b'] }), 'refused'), []);
  });

  it('offers what touches the fewest people first', () => {
    const labs = { authorizedGroups: ['local\\staff', 'campus\\labs'] };
    assert.deepEqual(offered(memberOf(['campus\\x']), rule(labs)), ['make alice a member of campus\\labs']);
    assert.deepEqual(offered(memberOf(['campus\\games']), rule({ unauthorizedGroups: ['games'] })), [
      'remove alice from campus\\games',
    ]);
    assert.deepEqual(offered(memberOf([]), rule({ requireRoles: ['operator'] })), [
      'make alice a member of local\\ops',
    ]);
    assert.deepEqual(offered(memberOf([]), rule({ requireRoles: ['unmapped'] })), [
      'give the role unmapped to user campus\\alice',
    ]);
  });

  it('takes one edit that serves two ends', () => {
    const both = rule({ authorizedGroups: ['local\\staff', 'campus\\labs'], requireRoles: ['experimenter'] });
    assert.deepEqual(offered(memberOf([]), both), ['make alice a member of campus\\labs']);
    const twice = rule({ unauthorizedGroups: ['games', 'campus\\games', 'cn=games,dc=campus'] });
    assert.deepEqual(offered(subjectWith([group('campus\\games', ['cn=games,dc=campus'])]), twice), [
      'remove alice from campus\\games',
    ]);
    const everywhere = memberOf(['campus\\games', 'local\\games', 'guests\\games']);
    assert.deepEqual(offered(everywhere, rule({ unauthorizedGroups: ['games'] })), [
      'remove games from unauthorizedGroups (item 1)',
    ]);
  });

  it('counts a group that two modules gave as one membership', () => {
    const subject = subjectWith([group('campus\\games', ['cn=a,dc=x']), group('Campus\\Games', ['cn=b,dc=x'])]);
    assert.deepEqual(offered(subject, rule({ unauthorizedGroups: ['cn=a,dc=x', 'cn=b,dc=x'] })), [
      'remove alice from campus\\games',
    ]);
  });

  it('does not offer a group that is refused as well', () => {
    const written = { authorizedGroups: ['campus\\games'], unauthorizedGroups: ['games'] };
    assert.deepEqual(offered(memberOf(['campus\\labs']), rule(written)), ['add campus\\labs to authorizedGroups']);
    assert.deepEqual(offered(memberOf([]), rule(written)), ['remove campus\\games from authorizedGroups (item 1)']);
  });

  it('counts items in the list as it stands', () => {
    const written = { unauthorizedGroups: ['a', 'games', 'campus\\games', 'b'] };
    const subject = memberOf(['campus\\games', 'local\\games', 'guests\\games']);
    assert.deepEqual(offered(subject, rule(written)), [
      'remove alice from campus\\games',
      'remove games from unauthorizedGroups (item 2)',
    ]);
  });

  it('names a group by its distinguished name where the rule does', () => {
    const dn = 'CN=Labs,OU=Groups,DC=campus';
    assert.deepEqual(offered(memberOf([]), rule({ authorizedGroups: [dn] })), [`make alice a member of ${dn}`]);
  });

  it('refuses in one edit', () => {
    const refused = (groups: string[], written: WrittenRule) => offered(memberOf(groups), rule(written), 'refused');
    const authorizedGroups = ['campus\\labs'];
    assert.deepEqual(refused(['campus\\labs'], { authorizedGroups }), ['remove alice from campus\\labs']);
    const twice = { authorizedGroups: ['campus\\labs', 'local\\labs'] };
    assert.deepEqual(refused(['campus\\labs', 'local\\labs'], twice), ['add campus\\labs to unauthorizedGroups']);
    assert.deepEqual(refused(['campus\\x'], {}), ['add campus\\x to unauthorizedGroups']);
    assert.deepEqual(refused([], { unauthorizedGroups: ['games'] }), ['make alice a member of campus\\games']);
    assert.equal(refused([], {}), undefined, 'nothing names a group');
  });

  it('has no answer where an edit would paper over something else', () => {
    const denied = rule({ unauthorizedGroups: ['games'] });
    assert.equal(offered(memberOf([], { unknownDomains: ['campus'] }), denied), undefined);
    const elsewhere = rule({ unauthorizedGroups: ['local\\games', 'campus\\games'] });
    assert.equal(offered(memberOf(['local\\games'], { unknownDomains: ['campus'] }), elsewhere), undefined);
    assert.equal(offered(memberOf([], { anonymous: true }), rule({})), undefined);
    assert.equal(offered(memberOf([], { realm: 'lobby' }), rule({})), undefined);
  });

  it('gives a new membership its wrapped principals where the module wraps', () => {
    const written = { roles: { operator: [{ group: 'ops', domain: 'campus' }] } };
    const wrapping = policyOf({ ...written, realms: { staff: { ...STAFF, wrappingDomains: ['campus'] } } });
    const needs = { requireRoles: ['operator'] };
    assert.deepEqual(offered(memberOf([]), ruleOf(needs, wrapping)), ['make alice a member of campus\\ops']);
    assert.deepEqual(offered(memberOf([]), ruleOf(needs, policyOf(written))), [
      'give the role operator to user campus\\alice',
    ]);
    const held = memberOf(['campus\\ops']);
    const member = memberOf(['campus\\ops'], { wrapped: wrapPrincipals('staff', held.principals.slice(1)) });
    assert.deepEqual(offered(member, ruleOf(needs, wrapping), 'refused'), ['remove alice from campus\\ops']);
  });

  it('does not look further than six edits', () => {
    const names = Array.from({ length: MAX_EDITS + 1 }, (_, index) => `g${index}`);
    const change = (count: number) => {
      const some = names.slice(0, count);
      return smallestChange(
        memberOf(some.map((name) => `campus\\${name}`)),
        rule({ unauthorizedGroups: some }),
        'permitted',
      );
    };
    assert.equal(change(MAX_EDITS)?.length, MAX_EDITS);
    assert.equal(change(MAX_EDITS + 1), undefined);
  });

  it('leaves the live policy as it was', () => {
    const live = policyOf();
    const subject = memberOf(['campus\\x']);
    const labs = ruleOf({ authorizedGroups: ['campus\\labs'] }, live);
    const standing = live.standingOf(subject);
    smallestChange(subject, labs, 'permitted');
    assert.equal(live.standingOf(subject), standing);
  });

  it('answers for 200 groups and long lists before an operator notices', () => {
    const names = Array.from({ length: 200 }, (_, index) => `g${index}`);
    const subject = memberOf(names.map((name) => `campus\\${name}`));
    const long = rule({
      authorizedGroups: names.map((name) => `local\\${name}`),
      unauthorizedGroups: ['g7', 'campus\\g7', 'g9'],
      requireRoles: ['operator'],
    });
    assert.equal(smallestChange(subject, long, 'permitted')?.length, 4);
  });
});

describe('smallestChange against brute force', () => {
  const names = ['labs', 'games', 'ops'];
  const qualified = fc.tuple(fc.constantFrom(...DOMAINS), fc.constantFrom(...names)).map(([d, n]) => `${d}\\${n}`);
  const loose = fc.oneof(qualified, fc.constantFrom(...names));
  const roles = ['r', 's'];
  const world: fc.Arbitrary<World> = fc.record({
    groups: fc.uniqueArray(qualified, { maxLength: 3 }),
    authorized: fc.uniqueArray(qualified, { maxLength: 2 }),
    unauthorized: fc.uniqueArray(loose, { maxLength: 3 }),
    required: fc.subarray(roles),
    mappings: fc.array(fc.tuple(fc.constantFrom(...roles), fc.oneof(loose, fc.constant('user'))), { maxLength: 3 }),
  });
  const LIMIT = 3;

  function built({ groups, authorized, unauthorized, required, mappings }: World) {
    const written = new Map(roles.map((role) => [role, [] as ({ user: string } | { group: string })[]]));
    for (const [role, name] of mappings)
      written.get(role)!.push(name === 'user' ? { user: 'campus\\alice' } : { group: name });
    const realms = { staff: { loginDomains: DOMAINS, wrappingDomains: [] } };
    const policy = policyOf({ roles: Object.fromEntries(written), realms });
    const rule = ruleOf(
      { authorizedGroups: [...authorized], unauthorizedGroups: [...unauthorized], requireRoles: [...required] },
      policy,
    );
    return { subject: memberOf(groups), rule };
  }

  /** Widest edit first, by the documented order. */
  const WIDTHS = {
    permitted: [
      'add-membership',
      'remove-membership',
      'add-role-mapping',
      'add-list-item authorized',
      'remove-list-item unauthorized',
      'remove-list-item authorized',
    ],
    refused: [
      'remove-membership',
      'add-membership',
      'remove-list-item authorized',
      'add-list-item unauthorized',
      'add-list-item authorized',
    ],
  };

  function widths(kinds: readonly string[], wanted: 'permitted' | 'refused'): string {
    const order = kinds.map((kind) => WIDTHS[wanted].indexOf(kind));
    assert.ok(!order.includes(-1), kinds.join());
    return String(order.sort((a, b) => b - a));
  }

  function kindOf(edit: Edit): string {
    return 'list' in edit ? `${edit.kind} ${edit.list.replace('Groups', '')}` : edit.kind;
  }

  it('is as small, and as narrow, on 1,000 random cases', () => {
    const seen = new Map<string, number>();
    let [tried, equal] = [0, 0];
    const compare = (before: World) => {
      const { subject, rule } = built(before);
      assert.equal(decide(subject, rule).permitted, isPermitted(before));
      const wanted = isPermitted(before) ? 'refused' : 'permitted';
      const best = smallestChanges(before, wanted === 'permitted', LIMIT);
      const change = smallestChange(subject, rule, wanted);
      const size = best[0]?.length ?? 'none';
      seen.set(`${wanted} ${size}`, (seen.get(`${wanted} ${size}`) ?? 0) + 1);
      if (best.length === 0) {
        assert.ok(change === undefined || change.length > LIMIT, JSON.stringify(change));
        return;
      }
      assert.equal(change?.length, size);
      const edited = applyEdits({ subject, rule }, change!);
      assert.equal(edited && decide(edited.subject, edited.rule).permitted, wanted === 'permitted');
      const narrowest = best.map((kinds) => widths(kinds, wanted)).sort()[0];
      assert.equal(widths(change!.map(kindOf), wanted), narrowest);
      assert.deepEqual(smallestChange(subject, rule, wanted), change, 'deterministic');
    };
    const property = fc.property(world, (before) => {
      tried++;
      compare(before);
      equal++;
    });
    try {
      fc.assert(property, { numRuns: 1000, seed: 20260714 });
    } finally {
      recordFigure('smallest-change', tried, equal);
    }
    for (const kind of ['permitted 1', 'permitted 2', 'permitted 3', 'refused 1']) assert.ok(seen.has(kind), kind);
  });
});

describe('describeEdit', () => {
  it('writes a group so that a rule may ask for it as it is written', () => {
    const odd = group('campus\\a@b');
    const text = describeEdit({ kind: 'remove-membership', group: odd }, 'alice').replace('remove alice from ', '');
    const domains = policyOf().domains;
    assert.deepEqual(parseGroupName(text, domains), { kind: 'qualified', domain: 'campus', name: 'a@b' });
  });
});
