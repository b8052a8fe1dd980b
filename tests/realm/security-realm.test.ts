/** SecurityRealm: who is let in, what a refusal costs, what is written down. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditId } from '../../src/audit/index.ts';
import { STANDARD_SAMPLE } from '../../src/password/index.ts';
import {
  type LoginModuleDefinition,
  type LoginOutcome,
  SecurityRealm,
  type StackEntry,
} from '../../src/realm/index.ts';
import { Fixture, fail, source } from './realm-fixture.ts';
import { definition } from './scripted-module.ts';

const stackOf = (...definitions: readonly LoginModuleDefinition[]): readonly StackEntry[] =>
  definitions.map((each) => ({ flag: 'sufficient', definition: each }));

const summary = (outcome: LoginOutcome): string => {
  switch (outcome.kind) {
    case 'authenticated':
      return `${outcome.subject.domain}\\${outcome.subject.name}`;
    case 'refused':
      return outcome.reason;
    case 'unavailable':
      return `unavailable ${outcome.domain}`;
    case 'challenged':
      return outcome.factor;
  }
};

/** bcrypt, cost 10: nothing matches it here. */
const COSTLY = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';
const right = { name: 'alice', password: 'secret' };

describe('who is let in', () => {
  it('is the user that a source verified, with principals and where they come from', async () => {
    const realm = new Fixture([
      { flag: 'requisite', definition: definition('watch', { login: () => 'ignored' }) },
      { flag: 'sufficient', definition: source('local', { alice: 'plain:secret' }, { groups: ['labs'] }) },
    ]);
    const outcome = await realm.login(right);
    assert.ok(outcome.kind === 'authenticated');
    assert.deepEqual(outcome.subject, {
      realm: 'staff',
      domain: 'local',
      name: 'alice',
      principals: [
        { type: 'user', name: 'alice', domain: 'local', module: '2:source' },
        { type: 'group', name: 'labs', domain: 'local', module: '2:source' },
      ],
      wrapped: [],
    });
  });

  it('has 2 principals, and 6 when the module wraps them', async () => {
    const alan = { name: 'alan', password: 'starcraft' };
    const users = source('props', { alan: 'plain:starcraft' }, { groups: ['it'] });
    for (const wrapPrincipals of [false, true]) {
      const outcome = await new Fixture([{ flag: 'required', definition: users, wrapPrincipals }]).login(alan);
      assert.ok(outcome.kind === 'authenticated');
      const { principals, wrapped } = outcome.subject;
      assert.equal(principals.length + wrapped.length, wrapPrincipals ? 6 : 2);
      if (!wrapPrincipals) continue;
      const kinds = wrapped.map((each) => (each.wraps === 'realm' ? `${each.realm} ${each.domain}` : each.domain));
      assert.deepEqual(kinds, ['props', 'staff props', 'props', 'staff props']);
    }
  });

  it('is nobody when only a module that watches succeeded, and nothing is committed', async () => {
    const seen: string[] = [];
    const realm = new Fixture([
      {
        flag: 'required',
        definition: definition('watch', {
          commit: () => void seen.push('commit'),
          abort: () => void seen.push('abort'),
        }),
      },
      { flag: 'optional', definition: source('local', { alice: 'plain:secret' }) },
    ]);
    assert.equal(summary(await realm.login({ ...right, password: 'wrong' })), 'nothing-verified');
    assert.deepEqual(seen, ['abort']);
  });

  it('is nobody when the module that verified names no user', async () => {
    for (const principals of [[], [{ type: 'group' as const, name: 'labs' }]]) {
      const nameless = definition('nameless', { user: 'alice', principals: () => principals });
      assert.equal(summary(await new Fixture(stackOf(nameless)).login(right)), 'nothing-verified');
    }
    const unnamed = definition('unnamed', { principals: () => [{ type: 'user', name: 'alice' }] }, { verifies: true });
    assert.equal(summary(await new Fixture(stackOf(unnamed)).login(right)), 'nothing-verified');
  });

  it('is nobody when two modules verified two people', async () => {
    const other = definition('certificate', { user: 'mallory', principals: () => [{ type: 'user', name: 'mallory' }] });
    const same = definition('certificate', { user: 'Alice', principals: () => [{ type: 'user', name: 'Alice' }] });
    const stack = (second: LoginModuleDefinition): readonly StackEntry[] => [
      { flag: 'required', definition: source('local', { alice: 'plain:secret' }) },
      { flag: 'required', definition: { ...second, verifies: true } },
    ];
    assert.equal(summary(await new Fixture(stack(other)).login(right)), 'different-users');
    assert.equal(summary(await new Fixture(stack(same)).login(right)), 'local\\alice');
  });

  it('takes nothing from a module that failed, even if its commit says success', async () => {
    const liar = definition('liar', {
      login: () => fail('wrong-credential'),
      user: 'root',
      principals: () => [{ type: 'group', name: 'admins' }],
    });
    const realm = new Fixture([
      { flag: 'optional', definition: liar },
      { flag: 'required', definition: source('local', { alice: 'plain:secret' }) },
    ]);
    const outcome = await realm.login(right);
    assert.ok(outcome.kind === 'authenticated');
    assert.deepEqual(
      outcome.subject.principals.map(({ name }) => name),
      ['alice'],
    );
  });

  it('is nobody when what a module adds cannot be read', async () => {
    const broken = definition('broken', {
      user: 'alice',
      principals: () => {
        throw new Error('no');
      },
    });
    assert.equal(summary(await new Fixture(stackOf(broken)).login(right)), 'unavailable staff');
  });

  it('refuses a configuration with two modules for one login domain', () => {
    assert.throws(() => new Fixture(stackOf(source('local', {}), source('local', {}))), { code: 'REALM_DOMAIN_TWICE' });
    assert.doesNotThrow(() => new Fixture(stackOf(definition('watch', {}), definition('watch', {}))));
  });
});

describe('a qualified name', () => {
  const domains = [{ name: 'SCX', dns: 'scx.example.org' }];
  const stack = stackOf(source('SCX', { adm: 'plain:one' }), source('local', { adm: 'plain:two' }));

  it('is put to the source of its login domain without the domain', async () => {
    const realm = new Fixture(stack, domains);
    assert.equal(summary(await realm.login({ name: 'scx\\adm', password: 'one' })), 'SCX\\adm');
    assert.equal(summary(await realm.login({ name: 'adm@SCX.example.org', password: 'one' })), 'SCX\\adm');
    assert.equal(summary(await realm.login({ name: 'local\\adm', password: 'two' })), 'local\\adm');
  });

  it('never reaches the user of that name in another login domain', async () => {
    const realm = new Fixture(stack, domains);
    assert.equal((await realm.login({ name: 'scx\\adm', password: 'two' })).kind, 'refused');
    assert.equal((await realm.login({ name: 'adm@local', password: 'one' })).kind, 'refused');
  });

  it('is one name in the audit trail however it is spelled', async () => {
    const realm = new Fixture(stack, domains);
    for (const name of ['adm', 'SCX\\ADM', 'Adm@scx.example.org']) await realm.login({ name, password: 'x' });
    assert.deepEqual(
      realm.attempts.map(({ name }) => name),
      ['adm', 'adm', 'adm'],
    );
  });
});

describe('unavailable or refused', () => {
  const down = source('campus', {}, { down: () => true });
  const local = source('local', { alice: 'plain:secret' });
  const wrong = { ...right, password: 'wrong' };

  it('is unavailable when a source that could have let the user in was silent', async () => {
    assert.equal(summary(await new Fixture(stackOf(local, down)).login(wrong)), 'unavailable campus');
    assert.equal(summary(await new Fixture(stackOf(down, local)).login(wrong)), 'unavailable campus');
    assert.equal(
      summary(await new Fixture(stackOf(local, down)).login({ ...right, name: 'bob' })),
      'unavailable campus',
    );
  });

  it('lets the user in when another source did', async () => {
    assert.equal(summary(await new Fixture(stackOf(down, local)).login(right)), 'local\\alice');
  });

  it('is refused when the silent source could not have helped', async () => {
    const realm = new Fixture([
      { flag: 'required', definition: local },
      { flag: 'sufficient', definition: down },
    ]);
    assert.equal(summary(await realm.login(wrong)), 'wrong-credential');
    const helper = definition('watch', { login: () => fail('error') });
    const watched = new Fixture([
      { flag: 'optional', definition: helper },
      { flag: 'sufficient', definition: local },
    ]);
    assert.equal(summary(await watched.login(wrong)), 'error', 'the first error is what JAAS reports');
    assert.equal((await watched.login(wrong)).kind, 'refused');
  });

  it('is unavailable when a module in the way did not answer', async () => {
    const realm = new Fixture([
      { flag: 'requisite', definition: definition('lockout', { login: () => fail('error') }) },
      { flag: 'sufficient', definition: local },
    ]);
    assert.equal(summary(await realm.login(right)), 'unavailable lockout');
  });

  it("is unavailable in Apache's way too, although the next source was never asked", async () => {
    const realm = new Fixture([
      { flag: 'sufficient', definition: down, fallThrough: 'unknown-user' },
      { flag: 'sufficient', definition: local },
    ]);
    assert.equal(summary(await realm.login(right)), 'unavailable campus');
  });

  it('is unavailable when a source throws', async () => {
    const throws = definition(
      'throws',
      { login: () => Promise.reject(new Error('no')) },
      { verifies: true, domain: 'x' },
    );
    assert.equal(summary(await new Fixture(stackOf(throws)).login(right)), 'unavailable x');
  });

  it('is unavailable when a commit that had to succeed did not answer', async () => {
    const stack: readonly StackEntry[] = [
      { flag: 'required', definition: local },
      {
        flag: 'required',
        definition: definition('groups', { login: () => 'ignored', commit: () => fail('unavailable') }),
      },
    ];
    assert.equal(summary(await new Fixture(stack).login(right)), 'unavailable groups');
  });

  it('is unavailable when the door cannot say what was sent', async () => {
    const realm = new Fixture(stackOf(local));
    const outcome = await realm.realm.login({
      id: realm.id(),
      door: 'ldap',
      handler: () => Promise.reject(new Error('closed')),
      counted: true,
      now: 0,
    });
    assert.equal(summary(outcome), 'unavailable ldap');
    assert.equal(realm.attempts.length, 1);
  });
});

describe('what is refused before any module', () => {
  const asked = { count: 0 };
  const curious = definition('curious', { login: () => void asked.count++ }, { verifies: true, domain: 'x' });
  const cases: readonly (readonly [string, { name?: string; password?: string }])[] = [
    ['empty-password', { name: 'alice', password: '' }],
    ['long-password', { name: 'alice', password: 'x'.repeat(4_097) }],
    ['long-password', { name: 'alice', password: 'x'.repeat(10_000_000) }],
    ['long-password', { name: 'alice', password: '\u20ac'.repeat(1_366) }],
    ['malformed-name', { name: 'al\r\nice', password: 'x' }],
    ['malformed-name', { name: '', password: 'x' }],
    ['malformed-name', { name: 'a'.repeat(257), password: 'x' }],
  ];
  for (const [reason, login] of cases) {
    it(`${reason}: ${(login.name ?? '').length} and ${(login.password ?? '').length} characters`, async () => {
      const realm = new Fixture(stackOf(curious));
      assert.equal(summary(await realm.login(login)), reason);
      assert.equal(asked.count, 0);
      assert.equal(realm.attempts[0]?.reason, reason);
      assert.equal(realm.verifications.length, reason === 'long-password' ? 0 : 1);
    });
  }

  it('lets a password of 4 KiB through', async () => {
    const password = 'x'.repeat(4_096);
    const realm = new Fixture(stackOf(source('local', { alice: `plain:${password}` })));
    assert.equal(summary(await realm.login({ name: 'alice', password })), 'local\\alice');
  });
});

describe('what a refusal costs', () => {
  const users = { alice: COSTLY, carol: 'plain:carol', dave: '!' };
  const withSample = source('local', users, { sample: COSTLY });
  const costs = async (login: { name?: string; password?: string }, ...stack: readonly LoginModuleDefinition[]) => {
    const realm = new Fixture(stackOf(...stack));
    const outcome = await realm.login(login);
    assert.equal(outcome.kind, 'refused');
    return realm.verifications.map(({ stored }) => stored).filter((stored) => stored !== '!');
  };

  it('is one derivation, whatever the cause', async () => {
    assert.deepEqual(await costs({ name: 'alice', password: 'x' }, withSample), [COSTLY], 'wrong');
    assert.deepEqual(await costs({ name: 'nobody', password: 'x' }, withSample), [COSTLY], 'unknown');
    assert.deepEqual(await costs({ name: 'dave', password: 'x' }, withSample), [COSTLY], 'disabled');
    assert.deepEqual(await costs({ name: 'alice', password: '' }, withSample), [COSTLY], 'empty');
    const locked = definition('lockout', { login: () => fail('locked') });
    const realm = new Fixture([
      { flag: 'requisite', definition: locked },
      { flag: 'sufficient', definition: withSample },
    ]);
    assert.equal(summary(await realm.login({ name: 'alice', password: 'x' })), 'locked');
    assert.deepEqual(realm.verifications, [{ stored: COSTLY, password: 'x' }]);
  });

  it('is that of the costliest sample of the stack', async () => {
    const cheap = source('cheap', {}, { sample: '{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=' });
    assert.deepEqual(await costs({ name: 'nobody', password: 'x' }, cheap, withSample), [COSTLY]);
    assert.deepEqual(await costs({ name: 'carol', password: 'x' }, cheap, withSample), ['plain:carol', COSTLY]);
  });

  it('is that of the standard scheme where no source derives keys itself', async () => {
    const remote = definition('ldap', { login: () => fail('wrong-credential') }, { verifies: true });
    assert.deepEqual(await costs({ name: 'alice', password: 'x' }, remote), [STANDARD_SAMPLE]);
  });

  it('is nothing when no password was sent', async () => {
    assert.deepEqual(await costs({ name: 'alice' }, definition('x', { login: () => fail('missing-credential') })), []);
  });

  it('is nothing more than its own scheme for a success', async () => {
    const realm = new Fixture(stackOf(source('local', { alice: 'plain:secret' }, { sample: COSTLY })));
    assert.equal((await realm.login(right)).kind, 'authenticated');
    assert.equal(realm.verifications.length, 1);
  });

  it('turns into an outage when the queue is full, known user or not', async () => {
    for (const name of ['alice', 'nobody']) {
      const realm = new Fixture(stackOf(withSample));
      realm.busy = true;
      assert.equal((await realm.login({ name, password: 'x' })).kind, 'unavailable');
    }
  });
});

describe('the record of an attempt', () => {
  it('is written before the answer, with every module that was asked', async () => {
    const realm = new Fixture([
      { flag: 'requisite', definition: definition('lockout', { login: () => 'ignored' }) },
      { flag: 'sufficient', definition: source('local', { alice: 'plain:other' }) },
      { flag: 'sufficient', definition: source('campus', { alice: 'plain:secret' }, { groups: ['labs'] }) },
      { flag: 'sufficient', definition: source('guests', {}) },
    ]);
    assert.equal((await realm.login({ ...right, name: 'Alice' })).kind, 'refused');
    assert.equal((await realm.login(right)).kind, 'authenticated');
    const origin = { domain: 'campus', module: '3:source' };
    assert.deepEqual(realm.attempts[1], {
      kind: 'attempt',
      id: 'attempt-2',
      door: 'form',
      realm: 'staff',
      name: 'alice',
      client: '192.0.2.1',
      modules: [
        { position: 1, use: 'lockout', flag: 'requisite', result: 'ignored', ms: 0 },
        {
          position: 2,
          use: 'source',
          domain: 'local',
          flag: 'sufficient',
          result: 'failure',
          reason: 'wrong-credential',
          detail: 'wrong-credential',
          ms: 0,
        },
        { position: 3, use: 'source', domain: 'campus', flag: 'sufficient', result: 'success', ms: 0 },
      ],
      outcome: 'authenticated',
      domain: 'campus',
      principals: [
        { type: 'user', name: 'alice', ...origin },
        { type: 'group', name: 'labs', ...origin },
      ],
    });
    assert.equal(realm.attempts[0]?.reason, 'unknown-user');
    assert.doesNotMatch(JSON.stringify(realm.attempts), /secret/);
  });

  it('lets nobody in when it cannot be written', async () => {
    let loggedOut = 0;
    const local = source('local', { alice: 'plain:secret' });
    const stack = stackOf({
      ...local,
      create: (context) => ({
        ...local.create(context),
        logout: () => {
          loggedOut++;
          return 'success';
        },
      }),
    });
    const realm = new Fixture(stack);
    realm.auditFails = true;
    assert.equal(summary(await realm.login(right)), 'unavailable audit');
    assert.equal(loggedOut, 1);
    assert.equal(summary(await realm.login({ ...right, password: 'x' })), 'unavailable audit');
    const outcome = await realm.login({ ...right, password: '' });
    assert.equal(summary(outcome), 'unavailable audit');
    assert.equal(outcome.id, undefined, 'there is nothing to explain');
  });

  it('tells the id of the record that speaks for it, which in a flood is not its own', async () => {
    const realm = new Fixture(stackOf(source('local', { alice: 'plain:secret' })));
    const wrong = { ...right, password: 'x' };
    for (const login of [right, wrong, { ...right, password: '' }]) {
      assert.equal((await realm.login(login)).id, realm.attempts.at(-1)?.id);
    }
    realm.foldedInto = 'flood-1' as AuditId;
    assert.equal((await realm.login(wrong)).id, 'flood-1');
  });

  it('records the other names of a group, by which a rule may know it', async () => {
    const aliases = ['cn=labs,ou=Groups,dc=campus,dc=example'];
    const groups = definition('groups', {
      login: () => 'ignored',
      commit: () => 'success',
      principals: () => [{ type: 'group', name: 'labs', aliases }],
    });
    const realm = new Fixture([
      { flag: 'required', definition: groups },
      ...stackOf(source('local', { alice: 'plain:secret' })),
    ]);
    await realm.login(right);
    assert.deepEqual(realm.attempts[0]?.principals[0]?.aliases, aliases);
  });
});

describe('starting and closing a realm', () => {
  const resource = (name: string, seen: string[], fails = false): LoginModuleDefinition => ({
    ...definition(name, {}),
    start: async () => {
      seen.push(`start ${name}`);
      if (fails) throw new Error('no such file');
    },
    close: async () => void seen.push(`close ${name}`),
  });

  it('opens in order and closes in reverse', async () => {
    const seen: string[] = [];
    const { realm } = new Fixture(stackOf(resource('a', seen), resource('b', seen)));
    await realm.start();
    await realm.close();
    assert.deepEqual(seen, ['start a', 'start b', 'close b', 'close a']);
  });

  it('closes what it opened when one fails', async () => {
    const seen: string[] = [];
    const { realm } = new Fixture(stackOf(resource('a', seen), resource('b', seen, true), resource('c', seen)));
    await assert.rejects(realm.start(), { message: 'no such file' });
    assert.deepEqual(seen, ['start a', 'start b', 'close b', 'close a']);
  });

  it('is a SecurityRealm by name', () => {
    assert.ok(new Fixture([]).realm instanceof SecurityRealm);
  });
});
