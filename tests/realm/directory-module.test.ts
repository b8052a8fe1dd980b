/** The `directory` module: people of this server's own directory log in through a realm (RELIABILITY S14, S22, S33). */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, it } from 'node:test';
import type { AttemptRecord, AuditId } from '../../src/audit/index.ts';
import { type Secret, silentLogger, systemRandom } from '../../src/base/index.ts';
import {
  AccountStatus,
  builtInBlocklist,
  DirectoryAccounts,
  PasswordPolicy,
  passwordPolicySchema,
  Verifiers,
} from '../../src/directory/index.ts';
import { encodePassword, verifierKey } from '../../src/directory/verifier/verifier-record.ts';
import { ClassProfiles } from '../../src/directory/write/class-profile.ts';
import { LoginNames } from '../../src/directory/write/login-names.ts';
import { rememberMatches } from '../../src/password/index.ts';
import {
  directoryModule,
  type LoginModuleDefinition,
  type LoginOutcome,
  ParkedLogins,
  SecurityRealm,
} from '../../src/realm/index.ts';
import { group, host, person, Site } from '../directory/rights-fixture.ts';
import { countedKeys, ssha } from '../directory/verifier-fixture.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { handlerOf, source } from './realm-fixture.ts';

class Staff {
  readonly site = new Site();
  readonly clock = new ManualClock();
  readonly keys = countedKeys(this.clock);
  readonly verifiers: Verifiers;
  readonly accounts: DirectoryAccounts;
  readonly attempts: AttemptRecord[] = [];
  readonly realm: SecurityRealm;
  #ids = 0;

  constructor(...others: readonly LoginModuleDefinition[]) {
    const { clock, keys, site } = this;
    const { view, schema } = site;
    const passwords = rememberMatches(keys, { clock, random: systemRandom });
    const logins = new LoginNames(view, schema, new ClassProfiles(schema));
    this.verifiers = new Verifiers({
      clock,
      random: systemRandom,
      logger: silentLogger,
      keys: passwords,
      view,
      policy: new PasswordPolicy(passwordPolicySchema.parse({}), builtInBlocklist()),
      status: new AccountStatus(schema, [{ attribute: 'employeeType', value: 'left' }]),
      commit: () => Promise.resolve(false),
    });
    this.accounts = new DirectoryAccounts({ schema, view, logins, verifiers: this.verifiers, now: () => clock.now() });
    const directory = directoryModule({ domain: 'local', accounts: this.accounts });
    this.realm = new SecurityRealm({
      name: 'staff',
      stack: [directory, ...others].map((definition) => ({ flag: 'sufficient', definition })),
      domains: [],
      validators: [],
      clock,
      parked: new ParkedLogins<never>(clock, systemRandom),
      passwords,
      recorder: {
        record: (attempt) => {
          this.attempts.push(attempt);
          return attempt.id;
        },
      },
    });
  }

  store(dn: string, form: string): void {
    const value = encodePassword({ changedAt: this.clock.now(), forms: [form], history: [] });
    this.verifiers.apply([{ space: 'verifier', key: verifierKey(this.site.uuid(dn), 0), value }]);
  }

  login(name: string, password: string, door = 'form', service?: string): Promise<LoginOutcome> {
    return this.realm.login({
      id: `attempt-${++this.#ids}` as AuditId,
      door,
      handler: handlerOf({ name, password }),
      counted: true,
      now: this.clock.now(),
      ...(service !== undefined && { service }),
    });
  }

  /** `local\alice`, or why not. */
  async outcome(...login: Parameters<Staff['login']>): Promise<string> {
    const outcome = await this.login(...login);
    if (outcome.kind === 'authenticated') return `${outcome.subject.domain}\\${outcome.subject.name}`;
    return outcome.kind === 'refused' ? outcome.reason : outcome.kind;
  }
}

describe('the directory module', () => {
  const opened: Staff[] = [];
  const staff = (...others: readonly LoginModuleDefinition[]) => {
    const made = new Staff(...others);
    opened.push(made);
    return made;
  };
  after(async () => {
    for (const { keys, verifiers } of opened) {
      verifiers.close();
      await keys.close();
    }
  });

  it('logs people in by their one name, whatever its spelling, with their groups', async () => {
    const office = staff();
    office.store(person('alice'), ssha('right'));
    for (const typed of ['alice', 'Alice', ' ALICE ', 'local\\alice', 'alice@local']) {
      assert.equal(await office.outcome(typed, 'right'), 'local\\alice', typed);
    }
    assert.equal(await office.outcome('alice', 'wrong'), 'wrong-credential');
    const outcome = await office.login('Alice', 'right');
    assert.ok(outcome.kind === 'authenticated');
    assert.deepEqual(
      outcome.subject.principals.map(({ type, name, aliases }) => [type, name, aliases]),
      [
        ['user', 'alice', undefined],
        ['group', 'labs', [group('labs')]],
      ],
    );
    assert.equal(office.attempts.at(-1)?.name, 'alice');
  });

  it('gives an alias the name of its account, and hosts and services theirs', async () => {
    const office = staff();
    office.site.add(person('dave'), {
      objectClass: ['inetOrgPerson'],
      uid: ['dave', 'david.smith'],
      cn: ['D'],
      sn: ['S'],
    });
    office.store(person('dave'), ssha('right'));
    office.store(host('portal'), ssha('service'));
    assert.equal(await office.outcome('david.smith', 'right'), 'local\\dave');
    assert.equal(await office.outcome('portal', 'service'), 'local\\portal');
    assert.equal(await office.outcome('D', 'right'), 'unknown-user');
  });

  it('refuses what the account does not let in, and says why to the operator alone', async () => {
    const office = staff();
    office.store(person('alice'), ssha('right'));
    assert.equal(await office.outcome('nobody', 'right'), 'unknown-user');
    assert.equal(await office.outcome('bob', 'right'), 'disabled');
    office.site.add(person('eve'), { objectClass: ['inetOrgPerson'], uid: ['eve'], employeeType: ['left'] });
    office.store(person('eve'), ssha('right'));
    assert.equal(await office.outcome('eve', 'right'), 'disabled');
    office.site.add(person('fay'), { objectClass: ['inetOrgPerson'], uid: ['fay'], pwdReset: ['TRUE'] });
    office.store(person('fay'), ssha('right'));
    assert.equal(await office.outcome('fay', 'right'), 'must-change');
    assert.equal(await office.outcome('fay', 'wrong'), 'wrong-credential');
    office.site.remove(person('alice'));
    assert.equal(await office.outcome('alice', 'right'), 'unknown-user');
  });

  it('lets no empty, blank or NUL password in', async () => {
    const office = staff();
    for (const [index, password] of ['', ' ', '\0', '\0abc', 'abc\0'].entries()) {
      const dn = person(['alice', 'bob', 'carol', 'root', 'helpdesk'][index]!);
      office.store(dn, `{SHA}${createHash('sha1').update(password).digest('base64')}`);
      const outcome = await office.login(dn.slice(4, dn.indexOf(',')), password);
      assert.notEqual(outcome.kind, 'authenticated', JSON.stringify(password));
    }
  });

  it('keeps people of the same name in two domains apart', async () => {
    const office = staff(source('guests', { alice: ssha('guest') }));
    office.store(person('alice'), ssha('right'));
    assert.equal(await office.outcome('alice', 'right'), 'local\\alice');
    assert.equal(await office.outcome('alice', 'guest'), 'guests\\alice');
    assert.equal(await office.outcome('guests\\alice', 'guest'), 'guests\\alice');
    const mixed = [await office.login('guests\\alice', 'right'), await office.login('local\\alice', 'guest')];
    for (const { kind } of mixed) assert.equal(kind, 'refused');
  });

  it('costs exactly one derivation for a refusal, whatever its cause, and tells no password by its time', async () => {
    const office = staff();
    const secret = (text: string) => ({ reveal: () => text }) as Secret;
    const right = await office.keys.hash(secret('right'));
    office.store(person('alice'), right);
    office.store(person('bob'), ssha('right'));
    office.store(person('carol'), '{CRYPT}*');
    assert.equal(await office.outcome('alice', 'right'), 'local\\alice');
    for (const [name, password] of [
      ['alice', 'wrong'],
      ['bob', 'wrong'],
      ['carol', 'right'],
      ['root', 'right'],
      ['nobody', 'right'],
      ['nobody', 'right'],
      ['nobody', 'wrong'],
      ['alice', ''],
    ] as const) {
      office.keys.derived.length = 0;
      assert.equal((await office.login(name, password)).kind, 'refused');
      assert.equal(office.keys.derived.length, 1, `${name} ${password}`);
    }
  });

  it('takes a password that is bound to a service at the doors where no session begins', async () => {
    const office = staff();
    const uuid = office.site.uuid(person('alice'));
    const planned = office.verifiers.planAppPassword(uuid, 'mail', 'phone');
    office.verifiers.apply([planned!.write]);
    const password = planned!.password.reveal();
    assert.equal(await office.outcome('alice', password, 'basic', 'mail'), 'local\\alice');
    assert.equal(await office.outcome('alice', password, 'test', 'mail'), 'local\\alice');
    for (const [door, service] of [
      ['form', 'mail'],
      ['api', 'mail'],
      ['basic', 'wiki'],
      ['basic', undefined],
    ] as const) {
      assert.equal(await office.outcome('alice', password, door, service), 'disabled', `${door} ${service}`);
    }
  });

  it('is an outage when the queue is full, for known and unknown alike', async () => {
    const office = staff();
    office.store(person('alice'), '$2a$08$qipUJiI9fySUN38hcbz.lucXvAmtgowKOWYtB9y3CXyl6lTknruou');
    await office.keys.close();
    for (const name of ['alice', 'nobody']) assert.equal(await office.outcome(name, 'wrong'), 'unavailable', name);
  });

  it('knows every group by name', () => {
    const office = staff();
    assert.deepEqual([...office.accounts.knownGroups()].sort(), ['administrators', 'desk', 'empty', 'labs']);
  });
});
