/** Changes over the wire and their controls: pre-read and post-read (RFC 4527), assertion (RFC 4528), subtree delete, password policy. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BONFIRE_SUFFIX } from '../../support/bonfire-tree.ts';
import { ALICE, BOB, CAROL, OPERATOR } from '../../support/interop-tree.ts';
import { type DoorSite, startDoorSite } from '../../support/ldap-door-site.ts';
import {
  addRequest,
  bindRequest,
  compareRequest,
  decodeEntry,
  deleteRequest,
  element,
  elements,
  extendedRequest,
  filter,
  modifyDnRequest,
  modifyRequest,
  octetString,
  searchRequest,
  type WireControl,
} from '../../support/ldap-wire.ts';
import { type WireAnswer, WireClient } from '../../support/ldap-wire-client.ts';

const PRE_READ = '1.3.6.1.1.13.1';
const POST_READ = '1.3.6.1.1.13.2';
const POLICY = '1.3.6.1.4.1.42.2.27.8.5.1';
const PASSWORD_MODIFY = '1.3.6.1.4.1.4203.1.11.1';

let site: DoorSite;
let operator: WireClient;

async function ask(operation: Buffer, controls: readonly WireControl[] = [], from = operator): Promise<WireAnswer> {
  const answer = await from.ask(operation, controls);
  assert.ok(answer !== undefined, 'the connection was closed');
  return answer;
}

const code = async (operation: Buffer, controls: readonly WireControl[] = [], from = operator) =>
  (await ask(operation, controls, from)).result.code;
const reading = (oid: string, ...attributes: string[]): WireControl => ({
  oid,
  critical: true,
  value: element(0x30, ...attributes.map((name) => octetString(name))),
});
const asserting = (name: string, value: string): WireControl => ({
  oid: '1.3.6.1.1.12',
  critical: true,
  value: filter.equal(name, value).octets,
});

/** What a read control of the answer holds, as text. */
function readBy(answer: WireAnswer, oid: string): Record<string, string[]> | undefined {
  const control = answer.controls.find((each) => each.oid === oid);
  if (control?.value === undefined) return undefined;
  const { attributes } = decodeEntry(elements(Buffer.from(control.value))[0]!);
  return Object.fromEntries(attributes.map(([name, values]) => [name, values.map(String)]));
}

const replace = (dn: string, attribute: string, ...values: string[]) =>
  modifyRequest(dn, [{ operation: 'replace', attribute, values }]);
const person = (uid: string) =>
  addRequest(`uid=${uid},ou=People,${BONFIRE_SUFFIX}`, [
    ['objectClass', ['inetOrgPerson']],
    ['cn', [uid]],
    ['sn', [uid]],
  ]);

describe('a change', () => {
  before(async () => {
    site = await startDoorSite();
    operator = await WireClient.connect(site.port);
    await operator.bind(OPERATOR.dn, OPERATOR.password);
  });
  after(async () => {
    operator.close();
    await site.close();
  });

  it('answers the entry as it was and as it is', async () => {
    const controls = [reading(PRE_READ, 'title', 'sn'), reading(POST_READ, 'title', 'entryUUID')];
    const answer = await ask(replace(ALICE.dn, 'title', 'Dr'), controls);
    assert.equal(answer.result.code, 0);
    assert.deepEqual(readBy(answer, PRE_READ), { sn: ['Example'] });
    assert.deepEqual(readBy(answer, POST_READ)?.['title'], ['Dr']);
    assert.equal(readBy(answer, POST_READ)?.['entryUUID']?.length, 1);
    const added = await ask(person('dora'), [reading(POST_READ, 'uid')]);
    assert.deepEqual(readBy(added, POST_READ), { uid: ['dora'] });
    const dora = `uid=dora,ou=People,${BONFIRE_SUFFIX}`;
    const renamed = await ask(modifyDnRequest(dora, 'uid=theodora', true), [reading(POST_READ, 'uid')]);
    assert.deepEqual(readBy(renamed, POST_READ), { uid: ['theodora'] });
    const gone = await ask(deleteRequest(dora.replace('dora', 'theodora')), [reading(PRE_READ, 'uid')]);
    assert.deepEqual(readBy(gone, PRE_READ), { uid: ['theodora'] });
  });

  it('answers no entry when it was refused', async () => {
    const answer = await ask(replace(ALICE.dn, 'nosuch', 'x'), [reading(PRE_READ, '*'), reading(POST_READ, '*')]);
    assert.equal(answer.result.code, 17);
    assert.ok(answer.result.message.length > 0);
    assert.deepEqual(answer.controls, []);
  });

  it('is made only when the entry matches the assertion', async () => {
    assert.equal(await code(replace(BOB.dn, 'title', 'one'), [asserting('uid', 'alice')]), 122);
    assert.equal(await code(compareRequest(BOB.dn, 'title', 'one')), 16);
    assert.equal(await code(replace(BOB.dn, 'title', 'one'), [asserting('uid', 'bob')]), 0);
    assert.equal(await code(compareRequest(BOB.dn, 'title', 'one'), [asserting('uid', 'alice')]), 122);
    assert.equal(await code(compareRequest(BOB.dn, 'title', 'one'), [asserting('uid', 'bob')]), 6);
    assert.equal(await code(compareRequest(BOB.dn, 'title', 'two')), 5);
  });

  it('deletes what has children only by the subtree control', async () => {
    const folder = `ou=Old,${BONFIRE_SUFFIX}`;
    for (const name of [folder, `ou=Older,${folder}`, `ou=Oldest,ou=Older,${folder}`]) {
      const ou = /^ou=(\w+)/.exec(name)![1]!;
      assert.equal(
        await code(
          addRequest(name, [
            ['objectClass', ['organizationalUnit']],
            ['ou', [ou]],
          ]),
        ),
        0,
      );
    }
    assert.equal(await code(deleteRequest(folder)), 66);
    assert.equal(await code(deleteRequest(folder), [{ oid: '1.2.840.113556.1.4.805', critical: true }]), 0);
    const left = await ask(searchRequest({ base: folder, scope: 'sub', filter: filter.present('objectClass') }));
    assert.equal(left.result.code, 32);
  });

  it('takes ManageDsaIT, and changes entries as they are', async () => {
    assert.equal(await code(replace(ALICE.dn, 'title', 'Dr'), [{ oid: '2.16.840.1.113730.3.4.2', critical: true }]), 0);
  });

  it('increments, and moves a subtree', async () => {
    assert.equal(
      await code(modifyRequest(CAROL.dn, [{ operation: 'increment', attribute: 'uidNumber', values: ['5'] }])),
      0,
    );
    assert.equal(await code(compareRequest(CAROL.dn, 'uidNumber', String(CAROL.uidNumber + 5))), 6);
    assert.equal(await code(modifyDnRequest(CAROL.dn, 'uid=carol', false, `ou=Hosts,${BONFIRE_SUFFIX}`)), 0);
    const moved = `uid=carol,ou=Hosts,${BONFIRE_SUFFIX}`;
    assert.equal(await code(modifyDnRequest(moved, 'uid=carol', false, `ou=People,${BONFIRE_SUFFIX}`)), 0);
  });

  it('by who may not make it is refused, and changes nothing', async () => {
    const alice = await WireClient.connect(site.port);
    await alice.bind(ALICE.dn, ALICE.password);
    assert.ok([32, 50].includes(await code(replace(BOB.dn, 'title', 'x'), [], alice)));
    assert.equal(await code(deleteRequest(ALICE.dn), [], alice), 50);
    alice.close();
    const nobody = await WireClient.connect(site.port);
    for (const change of [person('eve'), deleteRequest(BOB.dn), replace(BOB.dn, 'title', 'x')]) {
      assert.notEqual(await code(change, [], nobody), 0);
    }
    nobody.close();
    assert.equal(await code(compareRequest(BOB.dn, 'title', 'one')), 6);
  });

  describe('of a password (RFC 3062)', () => {
    const passwords = (user: string, old: string, next: string) =>
      extendedRequest(
        PASSWORD_MODIFY,
        element(
          0x30,
          ...(user === '' ? [] : [octetString(user, 0x80)]),
          ...(old === '' ? [] : [octetString(old, 0x81)]),
          ...(next === '' ? [] : [octetString(next, 0x82)]),
        ),
      );
    const binds = async (dn: string, password: string) => {
      const trying = await WireClient.connect(site.port);
      const result = await code(bindRequest(dn, password), [], trying);
      trying.close();
      return result === 0;
    };

    it('is made by its owner, who gives the old one', async () => {
      const bob = await WireClient.connect(site.port);
      await bob.bind(BOB.dn, BOB.password);
      const next = 'violet lamp under seven bridges';
      assert.notEqual(await code(passwords('', 'wrong', next), [], bob), 0);
      assert.equal(await code(passwords('', BOB.password, next), [], bob), 0);
      assert.equal(await binds(BOB.dn, BOB.password), false);
      assert.equal(await binds(BOB.dn, next), true);
      bob.close();
    });

    it('is made by an administrator for a user named by DN or login name', async () => {
      for (const [user, next] of [
        [ALICE.dn, 'a first long password'],
        [`dn:${ALICE.dn}`, 'a second long password'],
        ['alice', 'a third long password'],
        ['u:ALICE', 'a fourth long password'],
      ] as const) {
        assert.equal(await code(passwords(user, '', next)), 0, user);
        assert.equal(await binds(ALICE.dn, next), true, user);
      }
      assert.equal(await code(passwords('nosuchuser', '', 'whatever it may be')), 32);
    });

    it('makes one when none is given, and tells it', async () => {
      const answer = await ask(passwords(ALICE.dn, '', ''));
      assert.equal(answer.result.code, 0);
      const value = elements(answer.operation.content).find(({ tag }) => tag === 0x8b);
      const made = elements(elements(value!.content)[0]!.content)[0]!.content.toString();
      assert.ok(made.length >= 12);
      assert.equal(await binds(ALICE.dn, made), true);
    });

    it('says by the control which rule refused it', async () => {
      const bob = await WireClient.connect(site.port);
      await bob.bind(BOB.dn, 'violet lamp under seven bridges');
      const answer = await ask(passwords('', 'violet lamp under seven bridges', 'abc'), [{ oid: POLICY }], bob);
      assert.notEqual(answer.result.code, 0);
      const control = answer.controls.find(({ oid }) => oid === POLICY);
      const [error] = elements(elements(Buffer.from(control!.value!))[0]!.content);
      assert.deepEqual([error?.tag, error?.content[0]], [0x81, 6]);
      bob.close();
    });

    it('is refused to nobody, and what is no such request is none', async () => {
      const nobody = await WireClient.connect(site.port);
      assert.equal(await code(passwords('', '', 'x'), [], nobody), 53);
      assert.equal(await code(extendedRequest(PASSWORD_MODIFY, Buffer.from('xx')), [], nobody), 2);
      assert.equal(await code(extendedRequest('1.2.3.4'), [], nobody), 2);
      nobody.close();
    });
  });
});
