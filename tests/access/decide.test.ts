/** Admission: OMI's table, the truth table of lists, membership and spellings (S32), and who counts as known. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  AccessPolicy,
  anonymousSubject,
  compileAdmissionRule,
  decide,
  defaultPrincipalsSchema,
  explainDecision,
  parseGroupList,
  type Subject,
} from '../../src/access/index.ts';
import {
  admissionOf,
  configurationOf,
  group,
  memberOf,
  policyOf,
  ruleOf,
  STAFF,
  subjectWith,
  type WrittenRule,
} from './fixture.ts';

const LOCAL_ONLY = { loginDomains: ['local'], wrappingDomains: [] };

function answer(subject: Subject, written: WrittenRule, policy = policyOf()): string {
  return decide(subject, ruleOf(written, policy)).reason;
}

describe("OMI's table", () => {
  const policy = policyOf({ realms: { staff: LOCAL_ONLY } });
  const many = Array.from({ length: 257 }, (_, index) => `g${index + 10}`);
  const rows: [string, string[], string[], string[], boolean][] = [
    ['O1', [], [], ['g3'], true],
    ['O2', ['g1'], [], ['g1'], true],
    ['O3', ['g1'], [], ['g3'], false],
    ['O4', [], ['g2'], ['g1'], true],
    ['O5', [], ['g2'], ['g2'], false],
    ['O6', ['g1'], ['g2'], ['g1', 'g2'], false],
    ['O7', ['g1'], ['g2'], ['g1'], true],
    ['O10', ['g1'], [], ['g1'], true],
    ['O11 (the limit of 256 groups is not copied)', [], [], many, true],
    ['O11 with a list', ['g266'], [], many, true],
  ];
  for (const [id, authorizedGroups, unauthorizedGroups, groups, permitted] of rows) {
    it(`${id}: ${permitted ? 'permits' : 'refuses'}`, () => {
      const subject = memberOf(groups.map((name) => `local\\${name}`));
      const rule = ruleOf({ authorizedGroups, unauthorizedGroups }, policy);
      assert.equal(decide(subject, rule).permitted, permitted);
    });
  }

  it("admits by the seed's own line, in a realm whose one source is a group file", () => {
    const seed = policyOf({ domains: { SCX: { dns: 'scx.example.org' } }, realms: { staff: LOCAL_ONLY } });
    const rule = ruleOf(
      {
        authorizedGroups: parseGroupList('SCX\\scx local admins, SCX\\domain users, adm'),
        unauthorizedGroups: ['games'],
      },
      seed,
    );
    const permits = (...groups: string[]) => decide(memberOf(groups), rule).permitted;
    assert.equal(permits('local\\adm'), true);
    assert.equal(permits('local\\SCX\\scx local admins'), true);
    assert.equal(permits('local\\domain users@scx.example.org'), true);
    assert.equal(permits('local\\users'), false);
    assert.equal(permits('local\\adm', 'local\\games'), false);
    assert.equal(permits('local\\adm', 'local\\SCX\\games'), false);
    assert.equal(permits('local\\SCX\\adm'), false, 'adm of SCX is not the local adm');
  });
});

describe('S32: lists, membership and spellings', () => {
  const policy = policyOf({ domains: { campus: { dns: 'campus.example' } } });
  const dn = 'cn=labs,ou=Groups,dc=campus,dc=example';
  const spellings = [
    'campus\\labs',
    'CAMPUS\\Labs',
    'labs@campus',
    'labs@campus.example',
    'campus.example\\LABS',
    'CN=Labs, OU=Groups, DC=Campus, DC=Example',
  ];
  const member = subjectWith([group('campus\\Labs', [dn])]);
  const stranger = subjectWith([group('local\\labs', ['cn=labs,ou=Groups,dc=local'])]);
  const unread = memberOf([], { unknownDomains: ['CAMPUS.example'] });

  for (const spelling of spellings) {
    it(`${spelling} means one group, in either list`, () => {
      const lists: [WrittenRule, string, string, string][] = [
        [{}, 'every-user', 'every-user', 'every-user'],
        [{ authorizedGroups: [spelling] }, 'authorized-group', 'no-authorized-group', 'no-authorized-group'],
        [{ unauthorizedGroups: [spelling] }, 'denied-group', 'every-user', 'membership-unknown'],
        [
          { authorizedGroups: [spelling], unauthorizedGroups: [spelling] },
          'denied-group',
          'no-authorized-group',
          'membership-unknown',
        ],
      ];
      for (const [written, ofMember, ofStranger, ofUnread] of lists) {
        assert.equal(answer(member, written, policy), ofMember);
        assert.equal(answer(stranger, written, policy), ofStranger);
        assert.equal(answer(unread, written, policy), ofUnread);
      }
    });
  }

  it('a bare name in the deny list is that group of every domain', () => {
    for (const domain of ['campus', 'local', 'guests', 'elsewhere']) {
      assert.equal(answer(memberOf([`${domain}\\Games`]), { unauthorizedGroups: ['games'] }), 'denied-group');
    }
    assert.equal(answer(memberOf(['campus\\gamesters']), { unauthorizedGroups: ['games'] }), 'every-user');
  });
});

describe('unknown membership', () => {
  const deny = (text: string, unknownDomains: string[], groups: string[] = []) =>
    answer(memberOf(groups, { unknownDomains }), { unauthorizedGroups: [text] });

  it('is an error for a deny list that asks for it', () => {
    assert.equal(deny('campus\\games', ['campus']), 'membership-unknown');
    assert.equal(deny('games', ['campus']), 'membership-unknown');
    assert.equal(deny('cn=games,dc=x', ['campus']), 'membership-unknown');
    assert.equal(deny('SCX\\games', ['campus']), 'membership-unknown', 'any source may spell a group of SCX');
  });

  it('does not matter for a deny list that asks for another domain', () => {
    assert.equal(deny('local\\games', ['campus']), 'every-user');
    assert.equal(deny('games', []), 'every-user');
  });

  it('gives way to a denial that is known', () => {
    assert.equal(deny('games', ['campus'], ['local\\games']), 'denied-group');
  });

  it('is not membership for an allow list, and does not take away a known one', () => {
    const written = { authorizedGroups: ['campus\\labs', 'local\\labs'] };
    assert.equal(answer(memberOf([], { unknownDomains: ['campus'] }), written), 'no-authorized-group');
    assert.equal(answer(memberOf(['local\\labs'], { unknownDomains: ['campus'] }), written), 'authorized-group');
  });
});

describe('a bare name in the allow list', () => {
  const compile = (loginDomains: string[], text: string) => {
    const { policy } = AccessPolicy.compile(
      configurationOf({ realms: { staff: { loginDomains, wrappingDomains: [] } } }),
    );
    return compileAdmissionRule(policy, 'staff', admissionOf({ authorizedGroups: ['a\\b', text] }), [
      'services',
      'portal',
    ]);
  };

  it('is a problem where several domains could be meant', () => {
    const compiled = compile(['local', 'campus'], 'labs');
    assert.ok(compiled.kind === 'refused');
    assert.equal(compiled.problems.length, 1);
    const [problem] = compiled.problems;
    assert.equal(problem?.code, 'ambiguous-group');
    assert.equal(problem?.path, 'services.portal.authorizedGroups[1]');
    assert.deepEqual(problem?.keys, ['services', 'portal', 'authorizedGroups', 1]);
    assert.match(problem?.message ?? '', /write local\\labs or campus\\labs/);
  });

  it('is a problem where no domain could be meant', () => assert.equal(compile([], 'labs').kind, 'refused'));

  it('is the group of the one domain', () => {
    const compiled = compile(['campus'], 'labs');
    assert.ok(compiled.kind === 'compiled');
    assert.equal(decide(memberOf(['campus\\LABS']), compiled.rule).permitted, true);
    assert.equal(decide(memberOf(['local\\labs']), compiled.rule).permitted, false);
  });

  it('that is no name is a problem', () => assert.equal(compile(['campus'], '@').kind, 'refused'));
});

describe('a name that is spelled with a domain', () => {
  it('of another login domain of the realm cannot give what that domain gives', () => {
    for (const forged of ['guests\\campus\\labs', 'guests\\labs@campus']) {
      assert.equal(answer(memberOf([forged]), { authorizedGroups: ['campus\\labs'] }), 'no-authorized-group');
      assert.equal(answer(memberOf([forged]), { unauthorizedGroups: ['campus\\labs'] }), 'denied-group');
    }
    const forgedDn = memberOf(['guests\\cn=labs,dc=campus']);
    assert.equal(answer(forgedDn, { authorizedGroups: ['cn=labs,dc=campus'] }), 'no-authorized-group');
    assert.equal(answer(forgedDn, { unauthorizedGroups: ['cn=labs,dc=campus'] }), 'denied-group');
  });

  it('is asked for as it stands under the domain of its source', () => {
    assert.equal(
      answer(memberOf(['guests\\campus\\labs']), { authorizedGroups: ['guests\\campus\\labs'] }),
      'authorized-group',
    );
  });

  it('of its own domain is that group', () => {
    assert.equal(answer(memberOf(['campus\\labs@CAMPUS']), { authorizedGroups: ['campus\\labs'] }), 'authorized-group');
  });
});

describe('subjects of other kinds', () => {
  it('refuses a subject of another realm', () => {
    const policy = policyOf({ realms: { staff: STAFF, lobby: STAFF } });
    assert.equal(answer(memberOf([], { realm: 'lobby' }), {}, policy), 'other-realm');
  });

  it('refuses a realm that does not exist', () => {
    const compiled = compileAdmissionRule(policyOf(), 'nowhere', admissionOf({}), ['services', 'portal']);
    assert.ok(compiled.kind === 'refused');
    assert.equal(compiled.problems[0]?.path, 'services.portal.realm');
  });

  it('gives a visitor one user principal and two groups, as the Geronimo seed asks', () => {
    const defaults = defaultPrincipalsSchema.parse({ user: 'guest', groups: ['public', 'local\\visitors'] });
    const visitor = anonymousSubject('staff', defaults);
    assert.deepEqual(
      visitor.principals.map(({ type, name, domain }) => `${type} ${domain}\\${name}`),
      ['user anonymous\\guest', 'group anonymous\\public', 'group local\\visitors'],
    );
    assert.equal(visitor.name, 'guest');
  });

  it('admits a visitor only where a rule names its principals', () => {
    const defaults = defaultPrincipalsSchema.parse({ user: 'guest', groups: ['public', 'local\\visitors'] });
    const visitor = anonymousSubject('staff', defaults);
    const policy = policyOf({ roles: { reader: [{ group: 'public' }], writer: [{ group: 'staff' }] } });
    assert.equal(answer(visitor, {}, policy), 'not-authenticated');
    assert.equal(answer(visitor, { unauthorizedGroups: ['games'] }, policy), 'not-authenticated');
    assert.equal(answer(visitor, { authorizedGroups: ['local\\visitors'] }, policy), 'authorized-group');
    assert.equal(answer(visitor, { authorizedGroups: ['local\\staff'] }, policy), 'no-authorized-group');
    assert.equal(answer(visitor, { requireRoles: ['reader'] }, policy), 'every-user');
    assert.equal(answer(visitor, { requireRoles: ['writer'] }, policy), 'role-missing');
    assert.equal(answer(visitor, { requireRoles: ['reader'], unauthorizedGroups: ['public'] }, policy), 'denied-group');
  });

  it('refuses default principals that say nothing', () => {
    for (const written of [{}, { groups: [] }, { user: '\\x' }, { users: ['guest'] }]) {
      assert.equal(defaultPrincipalsSchema.safeParse(written).success, false, JSON.stringify(written));
    }
  });

  it('takes names that JavaScript gives a meaning as names (S30)', () => {
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) {
      assert.equal(answer(memberOf([]), { authorizedGroups: [`campus\\${name}`] }), 'no-authorized-group');
      assert.equal(
        answer(memberOf([`campus\\${name}`]), { authorizedGroups: [`campus\\${name}`] }),
        'authorized-group',
      );
      assert.equal(answer(memberOf([`campus\\${name}`]), { unauthorizedGroups: [name] }), 'denied-group');
      assert.equal(answer(memberOf([]), { requireRoles: [name] }), 'role-missing');
    }
  });
});

describe('a policy that learns more rules', () => {
  it('works out again what it knew of a subject', () => {
    const policy = policyOf();
    const subject = memberOf(['campus\\labs']);
    assert.equal(answer(subject, { authorizedGroups: ['campus\\games'] }, policy), 'no-authorized-group');
    for (let index = 0; index < 100; index += 1) ruleOf({ authorizedGroups: [`campus\\g${index}`] }, policy);
    assert.equal(answer(subject, { authorizedGroups: ['campus\\labs'] }, policy), 'authorized-group');
  });
});

describe('explainDecision', () => {
  const policy = policyOf({
    roles: { experimenter: [{ group: 'campus\\labs' }, { user: 'campus\\alice' }], operator: [{ group: 'ops' }] },
  });

  it('gives every item that matched, every role, and where each came from', () => {
    const rule = ruleOf(
      {
        authorizedGroups: ['campus\\labs', 'local\\x'],
        unauthorizedGroups: ['games', 'campus\\games'],
        requireRoles: ['experimenter', 'operator'],
      },
      policy,
    );
    const decision = explainDecision(memberOf(['campus\\Labs', 'campus\\games', 'local\\games']), rule);
    assert.equal(decision.permitted, false);
    assert.equal(decision.reason, 'denied-group');
    assert.equal(decision.item?.text, 'games');
    assert.deepEqual(decision.holder, group('campus\\games'));
    assert.equal(
      decision.because,
      'alice is a member of games, which unauthorizedGroups[0] refuses (group games of campus, from module 1:test)',
    );
    assert.deepEqual(
      decision.considerations.map((reason) => `${reason.kind} ${'item' in reason ? reason.item.text : reason.role}`),
      [
        'denied-group games',
        'denied-group games',
        'denied-group campus\\games',
        'authorized-group campus\\labs',
        'role-held experimenter',
        'role-held experimenter',
        'role-missing operator',
      ],
    );
    assert.deepEqual(decision.roles, { held: ['experimenter'], missing: ['operator'] });
  });

  it('says why in one sentence, whatever the reason', () => {
    const because = (subject: Subject, written: WrittenRule) =>
      explainDecision(subject, ruleOf(written, policy)).because;
    assert.equal(
      because(memberOf([]), {}),
      'the service lists no authorized group, so every authenticated user is admitted',
    );
    assert.equal(
      because(memberOf([]), { authorizedGroups: ['a\\b', 'a\\c'] }),
      'alice is a member of none of the 2 authorized groups',
    );
    assert.equal(because(memberOf([]), { requireRoles: ['operator'] }), 'alice lacks the role operator');
    assert.match(
      because(memberOf([], { unknownDomains: ['campus'] }), { unauthorizedGroups: ['games'] }),
      /^whether alice .* is unknown: the groups of campus could not be read$/,
    );
    assert.match(because(memberOf([], { realm: 'lobby' }), {}), /logged in to realm lobby/);
  });

  it('agrees with decide, and with the rule written out in words, on random cases', () => {
    const domains = ['local', 'campus', 'guests'];
    const names = ['labs', 'games', 'ops', 'adm'];
    const qualified = fc.tuple(fc.constantFrom(...domains), fc.constantFrom(...names)).map(([d, n]) => `${d}\\${n}`);
    const list = fc.array(qualified, { maxLength: 3 });
    const denyList = fc.array(fc.oneof(qualified, fc.constantFrom(...names)), { maxLength: 3 });
    const roles = fc.array(fc.constantFrom('experimenter', 'operator'), { maxLength: 2 });
    fc.assert(
      fc.property(list, list, denyList, roles, fc.subarray(domains), (groups, allow, deny, required, unknown) => {
        const rule = ruleOf({ authorizedGroups: allow, unauthorizedGroups: deny, requireRoles: required }, policy);
        const subject = memberOf(groups, { unknownDomains: unknown, name: 'bob' });
        const verdict = decide(subject, rule);
        const { permitted, reason } = explainDecision(subject, rule);
        assert.deepEqual({ permitted, reason }, verdict);

        const isDenied = deny.some((item) => groups.some((g) => g === item || g.endsWith(`\\${item}`)));
        const isUnknown = deny.some((item) => unknown.some((d) => !item.includes('\\') || item.startsWith(`${d}\\`)));
        const isAllowed = allow.length === 0 || allow.some((item) => groups.includes(item));
        const held = new Set([
          ...(groups.includes('campus\\labs') ? ['experimenter'] : []),
          ...(groups.some((g) => g.endsWith('\\ops')) ? ['operator'] : []),
        ]);
        assert.equal(permitted, !isDenied && !isUnknown && isAllowed && required.every((role) => held.has(role)));
      }),
      { numRuns: 2000 },
    );
  });
});
