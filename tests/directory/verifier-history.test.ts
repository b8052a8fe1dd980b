/** Former passwords that an import brings: nobody takes one again because the directory moved. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret, systemRandom } from '../../src/base/index.ts';
import { type Asker, importEntries } from '../../src/directory/index.ts';
import { formerPasswords } from '../../src/directory/verifier/password-history.ts';
import { createKeyDerivation } from '../../src/password/index.ts';
import {
  attributesOf,
  configurationOf,
  DirectorySite,
  dn,
  person,
  SCHEMA,
  SUFFIX,
} from './directory/directory-site.ts';
import { ssha } from './verifier-fixture.ts';

const value = (time: string, data: string, length = Buffer.byteLength(data)) =>
  `${time}#1.3.6.1.4.1.1466.115.121.1.40#${length}#${data}`;
const read = (...values: string[]) => formerPasswords(values.map((text) => Buffer.from(text)));

describe('pwdHistory', () => {
  it('is read as OpenLDAP writes it, newest first', () => {
    assert.deepEqual(
      read(
        '20260301120000Z#1.3.6.1.4.1.1466.115.121.1.40#38#{SSHA}DOyvOVTEBBeCVY4frQmBoCZJ4AvThKWl',
        value('20260501120000Z', 'with # and ü'),
        value('20250301120000Z', '{MD5}X'),
      ),
      ['with # and ü', '{SSHA}DOyvOVTEBBeCVY4frQmBoCZJ4AvThKWl', '{MD5}X'],
    );
  });

  it('gives nothing for what is no such value', () => {
    const broken = ['', '#', '###', 'x#y#1#z', value('20261322000000Z', 'x'), value('20260101000000Z', 'abc', 4)];
    assert.deepEqual(read(...broken, value('20260101000000Z', ''), `20260101000000Z#a#9999999#${'x'.repeat(40)}`), []);
  });

  const imported = async (t: Parameters<typeof DirectorySite.open>[0], history: readonly string[], length = 5) => {
    const configuration = { passwords: { history: length } };
    const site = await DirectorySite.open(t, { empty: true, configuration });
    const keys = createKeyDerivation({ clock: site.clock, random: systemRandom });
    const entries = [
      { dn: dn(SUFFIX), attributes: attributesOf({ objectClass: ['dcObject', 'organization'], o: 'x' }) },
      {
        dn: dn(`uid=alice,${SUFFIX}`),
        attributes: attributesOf(person('alice', { userPassword: ssha('present one of alice'), pwdHistory: history })),
      },
    ];
    const { outcome } = await importEntries(entries, {
      store: site.store,
      schema: SCHEMA,
      configuration: configurationOf(configuration),
      keys,
      clock: site.clock,
      random: systemRandom,
      onProblem: (_entry, { message }) => assert.fail(message),
    });
    await keys.close();
    assert.equal(outcome, 'replaced');
    const again = await site.reopen(t, { configuration });
    const { view } = again.directory;
    const uuid = Buffer.from(view.uuid(again.entry('uid=alice')!));
    const alice: Asker = { kind: 'entry', uuid, dn: dn(`uid=alice,${SUFFIX}`) };
    const change = async (old: string, next: string) => {
      const given = { old: new Secret(old), next: new Secret(next) };
      return (await again.apply({ kind: 'password', dn: alice.dn, ...given }, {}, alice)).policy ?? 'changed';
    };
    return { again, change };
  };

  it('of an import holds: no former password is taken again, hashed or text', async (t) => {
    const history = [
      value('20260301120000Z', ssha('the one before of alice')),
      value('20250301120000Z', 'in clear text of alice'),
      value('20240301120000Z', '{SSHA}broken'),
      value('20230301120000Z', ssha('the oldest one of alice')),
    ];
    const { again, change } = await imported(t, history);
    assert.ok(!(await again.content()).includes(Buffer.from('in clear text').toString('hex')));
    const present = 'present one of alice';
    for (const former of [present, 'the one before of alice', 'in clear text of alice', 'the oldest one of alice']) {
      assert.equal(await change(present, former), 'in-history', former);
    }
    assert.equal(await change(present, 'never had this one yet'), 'changed');
    assert.equal(await change('never had this one yet', 'the one before of alice'), 'in-history');
  });

  it('goes back as far as the policy looks', async (t) => {
    const history = [
      value('20250301120000Z', ssha('longer ago of alice')),
      value('20260301120000Z', ssha('the one before of alice')),
    ];
    const { change } = await imported(t, history, 2);
    assert.equal(await change('present one of alice', 'the one before of alice'), 'in-history');
    assert.equal(await change('present one of alice', 'longer ago of alice'), 'changed');
  });
});
