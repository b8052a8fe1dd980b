/** Who may bind, what it is worth, and what is written down: lockout, audit, accounts (RELIABILITY S14, S20, S22). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CodedError, Secret, systemClock } from '../../../src/base/index.ts';
import { SYSTEM } from '../../../src/directory/index.ts';
import { createDirectoryBinds } from '../../../src/ldap/index.ts';
import { parseDistinguishedName } from '../../../src/x500/index.ts';
import { BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from '../../support/bonfire-tree.ts';
import { ALICE, BOB, CAROL, OPERATOR, type TreePerson } from '../../support/interop-tree.ts';
import { type DoorSite, startDoorSite } from '../../support/ldap-door-site.ts';
import { type Outcome, RawConnection } from '../../support/ldap-raw-connection.ts';
import {
  bindRequest,
  compareRequest,
  element,
  elements,
  extendedRequest,
  message,
  octetString,
} from '../../support/ldap-wire.ts';

const POLICY = '1.3.6.1.4.1.42.2.27.8.5.1';
const PASSWORD_MODIFY = '1.3.6.1.4.1.4203.1.11.1';

async function bind(site: DoorSite, dn: string, password: string): Promise<Outcome> {
  const connection = await RawConnection.open(site.port);
  const outcome = await connection.ask(bindRequest(dn, password));
  connection.close();
  return outcome;
}

async function set(site: DoorSite, dn: string, attribute: string, ...values: string[]): Promise<void> {
  const name = parseDistinguishedName(dn)!;
  const octets = values.map((value) => Buffer.from(value));
  const modifications = [{ operation: 'replace', attribute, values: octets }] as const;
  const result = await site.directory.apply({ kind: 'modify', dn: name, modifications }, SYSTEM);
  assert.equal(result.code, 'success', result.message);
}

describe('a bind', () => {
  let site: DoorSite;
  before(async () => {
    site = await startDoorSite();
  });
  after(() => site.close());
  const attempts = () => site.audited().filter(({ kind }) => kind === 'attempt');

  it('is in the trail when it is answered, with who, from where and how it ended', async () => {
    assert.equal(await bind(site, ALICE.dn.toUpperCase(), ALICE.password), 0);
    const right = attempts().at(-1)!;
    assert.deepEqual(
      [right['door'], right['realm'], right['name'], right['client'], right['outcome'], right['domain']],
      ['ldap', 'staff', 'alice', '127.0.0.1', 'authenticated', 'local'],
    );
    assert.deepEqual(right['principals'], [{ type: 'user', name: 'alice', domain: 'local', module: '1:directory' }]);

    assert.equal(await bind(site, ALICE.dn, 'wrong'), 49);
    const wrong = attempts().at(-1)!;
    assert.deepEqual([wrong['name'], wrong['outcome'], wrong['reason']], ['alice', 'refused', 'wrong-credential']);

    assert.equal(await bind(site, `uid=nobody,ou=People,${BONFIRE_SUFFIX}`, 'wrong'), 49);
    const unknown = attempts().at(-1)!;
    assert.deepEqual([unknown['name'], unknown['reason']], ['nobody', 'unknown-user']);

    assert.equal(await bind(site, PORTAL_DN, PORTAL_PASSWORD), 0);
    assert.equal(attempts().at(-1)!['name'], 'portal');
    assert.equal(await bind(site, ALICE.dn, ''), 53);
    assert.equal(attempts().at(-1)!['reason'], 'empty-password');
    assert.equal(await bind(site, 'no name', 'x'), 34);
    assert.equal(attempts().at(-1)!['reason'], 'malformed-name');
    assert.ok(!JSON.stringify(site.audited()).includes(ALICE.password), 'no password is ever written');
  });

  it('tells who was refused the id under which the operator finds the rest', async () => {
    const connection = await RawConnection.open(site.port);
    connection.send(message(1, bindRequest(CAROL.dn, 'wrong')));
    const text = (await connection.next())!.operation.content.toString('latin1');
    assert.ok(text.includes(String(attempts().at(-1)!['id'])));
    connection.close();
  });

  it('of a flood is counted and not written one by one', async () => {
    const before = site.audited().length;
    const connection = await RawConnection.open(site.port);
    for (let id = 1; id <= 60; id += 1) assert.equal(await connection.ask(bindRequest('', 'guess'), id), 49);
    connection.close();
    const written = site.audited().slice(before);
    assert.ok(written.filter(({ kind }) => kind === 'attempt').length <= 20);
    assert.ok(written.some(({ kind }) => kind === 'refusals'));
  });

  it('is refused to an account that may not log in, like a wrong password', async () => {
    await set(site, BOB.dn, 'pwdAccountLockedTime', '000001010000Z');
    assert.equal(await bind(site, BOB.dn, BOB.password), 49);
    assert.equal(attempts().at(-1)!['reason'], 'disabled');
    await set(site, BOB.dn, 'pwdAccountLockedTime');
    assert.equal(await bind(site, BOB.dn, BOB.password), 0);
  });

  it('with a password that has to be changed is good for that alone', async () => {
    await set(site, CAROL.dn, 'pwdReset', 'TRUE');
    const connection = await RawConnection.open(site.port);
    connection.send(message(1, bindRequest(CAROL.dn, CAROL.password), [{ oid: POLICY }]));
    const answer = (await connection.next())!;
    const control = answer.controls.find(({ oid }) => oid === POLICY);
    const [error] = elements(elements(Buffer.from(control!.value!))[0]!.content);
    assert.deepEqual([error?.tag, error?.content[0]], [0x81, 2], 'changeAfterReset');
    assert.notEqual(await connection.ask(compareRequest(CAROL.dn, 'sn', 'Example'), 2), 6);
    const next = 'seven bridges over violet water';
    const change = element(0x30, octetString(CAROL.password, 0x81), octetString(next, 0x82));
    assert.equal(await connection.ask(extendedRequest(PASSWORD_MODIFY, change), 3), 0);
    connection.close();
    const again = await RawConnection.open(site.port);
    assert.equal(await again.ask(bindRequest(CAROL.dn, next)), 0);
    assert.equal(await again.ask(compareRequest(CAROL.dn, 'sn', 'Example'), 2), 6);
    again.close();
  });

  it('that was verified a moment ago is answered without waiting; a changed password ends that', async () => {
    const verify = (password: string) =>
      site.binds.bind({
        name: { by: 'dn', octets: Buffer.from(CAROL.dn) },
        password: new Secret(password),
        client: '127.0.0.1',
      });
    const password = 'seven bridges over violet water';
    assert.equal((await verify(password)).kind, 'bound');
    const remembered = verify(password);
    assert.ok(!(remembered instanceof Promise) && remembered.kind === 'bound');
    await set(site, CAROL.dn, 'userPassword', 'another violet lamp');
    assert.equal((await verify(password)).kind, 'refused');
    assert.equal((await verify('another violet lamp')).kind, 'bound');
  });

  it('lets nobody in when the trail takes nothing', async () => {
    const failing = () => {
      throw new CodedError('AUDIT_UNAVAILABLE', 'no room');
    };
    const binds = createDirectoryBinds({
      clock: systemClock,
      trail: { ...site.trail, newId: () => site.trail.newId(), append: failing },
      directory: () => site.directory,
      realm: () => ({ name: 'staff', domain: 'local', lockout: undefined }),
    });
    const name = { by: 'dn', octets: Buffer.from(ALICE.dn) } as const;
    for (const password of [ALICE.password, 'wrong']) {
      const tried = async () => binds.bind({ name, password: new Secret(password), client: '127.0.0.1' });
      await assert.rejects(tried, { code: 'AUDIT_UNAVAILABLE' });
    }
  });
});

describe('the lockout', () => {
  const policy = { failures: 3, lock: 60_000 };
  let site: DoorSite;
  before(async () => {
    site = await startDoorSite({ lockout: policy });
  });
  after(() => site.close());

  it('counts every spelling of a name, and refuses the right password like a wrong one', async () => {
    const spellings = [ALICE.dn, ALICE.dn.toUpperCase(), ALICE.dn.replaceAll(',', ' , ').replace('uid=', 'userid = ')];
    for (const dn of spellings) assert.equal(await bind(site, dn, 'wrong'), 49);
    for (const dn of spellings) assert.equal(await bind(site, dn, ALICE.password), 49);
    assert.equal(site.audited().findLast(({ kind }) => kind === 'attempt')!['reason'], 'locked');
    assert.equal(await bind(site, OPERATOR.dn, OPERATOR.password), 0, 'nobody else is locked');
  });

  it('counts an entry by its login name, whatever names the entry', async () => {
    const dn = `cn=Dora Example,ou=People,${BONFIRE_SUFFIX}`;
    const attributes = Object.entries({
      objectClass: 'inetOrgPerson',
      cn: 'Dora Example',
      sn: 'Example',
      uid: 'dora',
      userPassword: 'dora-secret-1 of her own',
    }).map(([attribute, value]) => ({ attribute, values: [Buffer.from(value)] }));
    await site.directory.apply({ kind: 'add', dn: parseDistinguishedName(dn)!, attributes }, SYSTEM);
    await bind(site, dn, 'wrong');
    assert.equal(site.audited().findLast(({ kind }) => kind === 'attempt')!['name'], 'dora');
  });

  it('forgets failures in a row after a success, and lets no parallel guess past the count', async () => {
    for (const password of ['wrong', 'wrong', BOB.password, 'wrong', 'wrong']) await bind(site, BOB.dn, password);
    assert.equal(await bind(site, BOB.dn, BOB.password), 0);
    const guesses = await Promise.all(Array.from({ length: 40 }, (_, index) => bind(site, CAROL.dn, `guess ${index}`)));
    assert.deepEqual(new Set(guesses), new Set([49]));
    const evaluated = site
      .audited()
      .filter(({ kind, name, reason }) => kind === 'attempt' && name === 'carol' && reason === 'wrong-credential');
    assert.equal(evaluated.length, policy.failures);
  });

  it('locks names that do not exist alike', async () => {
    const nobody = `uid=nobody,ou=People,${BONFIRE_SUFFIX}`;
    for (let round = 0; round < 4; round += 1) assert.equal(await bind(site, nobody, 'wrong'), 49);
    assert.equal(site.audited().findLast(({ kind }) => kind === 'attempt')!['reason'], 'locked');
  });
});

describe('a pool that is full', () => {
  it('answers busy, and counts nothing at the lockout', async (t) => {
    const site = await startDoorSite({
      lockout: { failures: 3, lock: 60_000 },
      derivation: { concurrency: 1, queueLimit: 0 },
    });
    t.after(() => site.close());
    // From the first derived form on, every refusal costs a derivation.
    await set(site, CAROL.dn, 'userPassword', 'seven violet bridges');
    const people: readonly TreePerson[] = [ALICE, BOB];
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => bind(site, people[index % 2]!.dn, 'wrong')),
    );
    assert.deepEqual([...new Set(answers)].sort(), [49, 51]);
    for (const { dn, password } of people) {
      const refused = answers.filter((code, index) => code === 49 && people[index % 2]!.dn === dn).length;
      if (refused < 3) assert.equal(await bind(site, dn, password), 0);
    }
  });
});
