/**
 * A name to which the configuration gives something is nobody's to take: whoever may write names would otherwise give itself, or
 * somebody else, what was meant for another. Found in review: only the name in the DN was looked at, so that a second uid, or an
 * entry named by something else, was called as one liked.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemRandom } from '../../src/base/index.ts';
import { type Asker, type Directory, openDirectory, type RolePort, SYSTEM } from '../../src/directory/index.ts';
import { createKeyDerivation } from '../../src/password/index.ts';
import { openJournalStore } from '../../src/store/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import {
  attributesOf,
  below,
  dn,
  modification,
  optionsOf,
  person,
  SUFFIX,
  type Written,
} from './directory/directory-site.ts';

const DESK = `uid=desk,ou=People,${SUFFIX}`;
/** `{ user: 'local\alice' }`, `{ group: 'local\chiefs' }` and the DN of one more, as roles of the configuration name them. */
const NAMED = new Set(['user alice', 'group chiefs', `user uid=zoe,ou=Moved,${SUFFIX}`]);

const roles: RolePort = {
  holds: () => false,
  names: (principals) =>
    principals.some(({ type, name, aliases }) =>
      [name.toLowerCase(), ...aliases].some((spelling) => NAMED.has(`${type} ${spelling}`)),
    ),
};

const CONFIGURATION = {
  access: {
    selfService: ['uid', 'cn', 'userPassword'],
    rules: [
      { who: [{ dn: DESK }], may: ['read', 'write', 'add', 'delete'], attributes: ['*'] },
      { who: [{ dn: `uid=auditor,ou=People,${SUFFIX}` }, { group: `cn=readers,ou=Groups,${SUFFIX}` }], may: ['read'] },
    ],
  },
};

describe('a name that the configuration names', () => {
  let directory: Directory;
  let close: () => Promise<void>;

  const askerOf = (name: string): Asker => {
    const entry = directory.view.find(dn(below(name)));
    assert.ok(entry !== undefined, name);
    return { kind: 'entry', uuid: Buffer.from(directory.view.uuid(entry)), dn: dn(below(name)) };
  };
  const desk = () => askerOf('uid=desk,ou=People');
  const add = async (name: string, written: Written, asker: Asker = desk()) =>
    (await directory.apply({ kind: 'add', dn: dn(below(name)), attributes: attributesOf(written) }, asker)).code;
  const modify = async (name: string, asker: Asker, ...changes: Parameters<typeof modification>[]) =>
    (
      await directory.apply(
        { kind: 'modify', dn: dn(below(name)), modifications: changes.map((each) => modification(...each)) },
        asker,
      )
    ).code;
  const rename = async (name: string, newRdn: string, superior?: string) =>
    (
      await directory.apply(
        {
          kind: 'rename',
          dn: dn(below(name)),
          newRdn: dn(newRdn).rdns[0]!,
          deleteOldRdn: false,
          ...(superior !== undefined && { newSuperior: dn(below(superior)) }),
        },
        desk(),
      )
    ).code;

  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'realmgate-names-'));
    const clock = new ManualClock();
    const store = await openJournalStore({ folder, random: systemRandom });
    const keys = createKeyDerivation({ clock, random: systemRandom });
    directory = await openDirectory({ ...optionsOf(store, clock, keys, CONFIGURATION), roles });
    close = async () => {
      await directory.close();
      await store.close();
      await keys.close();
      rmSync(folder, { recursive: true, force: true });
    };
    assert.equal(await add(SUFFIX, { objectClass: ['dcObject', 'organization'], o: 'Example' }, SYSTEM), 'success');
    for (const ou of ['People', 'Groups', 'Hosts', 'Other']) {
      assert.equal(await add(`ou=${ou}`, { objectClass: 'organizationalUnit' }, SYSTEM), 'success');
    }
    for (const uid of ['desk', 'bob']) {
      assert.equal(await add(`uid=${uid},ou=People`, person(uid), SYSTEM), 'success');
    }
    const named = { objectClass: 'inetOrgPerson', sn: 'Sly' };
    assert.equal(await add('cn=sly,ou=People', { ...named, uid: 'sly' }, SYSTEM), 'success');
    assert.equal(await add('uid=zoe,ou=Other', person('zoe'), SYSTEM), 'success');
    assert.equal(await add('cn=crew,ou=Groups', { objectClass: 'groupOfMembers' }, SYSTEM), 'success');
  });
  after(() => close());

  const REFUSED = 'insufficientAccessRights';

  it('is not taken by an entry that is named by another attribute', async () => {
    const named = { objectClass: 'inetOrgPerson', sn: 'Sly' };
    assert.equal(await add('cn=new,ou=People', { ...named, uid: 'alice' }), REFUSED);
    assert.equal(await add('mail=new@example.org,ou=People', { ...named, cn: 'x', uid: ['new', 'ALICE'] }), REFUSED);
    // Whoever has no uid is called by the cn.
    assert.equal(await add('sn=new,ou=People', { ...named, sn: 'new', cn: 'alice' }), REFUSED);
    assert.equal(await add('uid=#0405616c696365,ou=People', person('new')), REFUSED);
    assert.equal(await add('uid=alice,ou=People', person('alice')), REFUSED);
    assert.equal(await add('uid=new,ou=People', person('new')), 'success');
  });

  it('is not taken by a change of uid or cn, of one’s own entry or another', async () => {
    const bob = askerOf('uid=bob,ou=People');
    assert.equal(await modify('uid=bob,ou=People', bob, ['add', 'uid', 'alice']), REFUSED);
    assert.equal(await modify('uid=bob,ou=People', bob, ['add', 'uid', 'bobby']), 'success');
    const sly = askerOf('cn=sly,ou=People');
    assert.equal(await modify('cn=sly,ou=People', sly, ['replace', 'uid', 'alice']), REFUSED);
    assert.equal(await modify('cn=sly,ou=People', desk(), ['replace', 'uid', 'alice']), REFUSED);
    // The cn beside a uid is no name to log in by, until the uid goes.
    assert.equal(await modify('cn=sly,ou=People', sly, ['add', 'cn', 'Alice']), 'success');
    assert.equal(await modify('cn=sly,ou=People', sly, ['delete', 'uid']), REFUSED);
    assert.equal(await modify('cn=sly,ou=People', sly, ['delete', 'cn', 'Alice'], ['delete', 'uid']), 'success');
  });

  it('is not taken by a group', async () => {
    assert.equal(await modify('cn=crew,ou=Groups', desk(), ['add', 'cn', 'chiefs']), REFUSED);
    assert.equal(await add('cn=chiefs,ou=Groups', { objectClass: 'groupOfMembers' }), REFUSED);
    assert.equal(await add('ou=new,ou=Groups', { objectClass: 'groupOfMembers', ou: 'new', cn: 'chiefs' }), REFUSED);
  });

  it('is not taken by a rename, nor by moving what stands above', async () => {
    assert.equal(await rename('uid=zoe,ou=Other', 'uid=alice'), REFUSED);
    assert.equal(await rename('uid=zoe,ou=Other', 'mail=zoe@example.org+uid=alice'), REFUSED);
    assert.equal(await rename('uid=zoe,ou=Other', 'uid=auditor', 'ou=People'), REFUSED);
    assert.equal(await rename('ou=Other', 'ou=Moved'), REFUSED);
    assert.equal(await rename('ou=Other', 'ou=Elsewhere'), 'success');
  });

  it('is not taken as a DN that a rule names', async () => {
    assert.equal(await add('uid=auditor,ou=People', person('auditor')), REFUSED);
    assert.equal(await add('cn=readers,ou=Groups', { objectClass: 'groupOfMembers' }), REFUSED);
  });

  it('is an administrator’s to give, and its owner’s to keep', async () => {
    assert.equal(await add('uid=alice,ou=People', person('alice'), SYSTEM), 'success');
    const alice = askerOf('uid=alice,ou=People');
    assert.equal(await modify('uid=alice,ou=People', alice, ['replace', 'cn', 'Alice A.']), 'success');
    assert.equal(await modify('uid=alice,ou=People', alice, ['add', 'uid', 'al']), 'success');
    assert.equal(await modify('uid=alice,ou=People', alice, ['delete', 'uid', 'al']), 'success');
  });
});
