/** The clients that people have: ldapts and the tools of OpenLDAP, unchanged. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Attribute, Change, Client, EqualityFilter, InvalidCredentialsError, NoSuchObjectError } from 'ldapts';
import { BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from '../../support/bonfire-tree.ts';
import { ALICE, BOB, OPERATOR } from '../../support/interop-tree.ts';
import { type DoorSite, startDoorSite } from '../../support/ldap-door-site.ts';

const run = promisify(execFile);

let site: DoorSite;

/** What a tool printed, and how it ended. */
async function tool(
  name: string,
  who: { readonly dn: string; readonly password: string },
  ...more: readonly string[]
): Promise<{ readonly code: number; readonly text: string }> {
  const options = ['-x', '-H', site.url, '-D', who.dn, '-w', who.password, ...more];
  try {
    const { stdout, stderr } = await run(name, options);
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: `${stdout}${stderr}` };
  }
}

describe('a client', () => {
  before(async () => {
    site = await startDoorSite();
  });
  after(() => site.close());

  it('of ldapts logs people in as an application does: search by uid, bind as what was found', async () => {
    const client = new Client({ url: site.url });
    await client.bind(PORTAL_DN, PORTAL_PASSWORD);
    const { searchEntries } = await client.search(`ou=People,${BONFIRE_SUFFIX}`, {
      filter: new EqualityFilter({ attribute: 'uid', value: 'alice' }),
      attributes: ['mail', 'memberOf'],
    });
    assert.deepEqual(searchEntries[0]?.dn, ALICE.dn);
    assert.equal(searchEntries[0]?.['mail'], 'alice@bonfire-project.eu');
    await client.bind(ALICE.dn, ALICE.password);
    await assert.rejects(client.bind(ALICE.dn, 'wrong'), InvalidCredentialsError);
    await client.unbind();
  });

  it('of ldapts adds, changes, compares, renames, pages and deletes', async () => {
    const client = new Client({ url: site.url });
    await client.bind(OPERATOR.dn, OPERATOR.password);
    const dn = `uid=dora,ou=People,${BONFIRE_SUFFIX}`;
    await client.add(dn, { objectClass: ['inetOrgPerson'], cn: 'Dora', sn: 'Example' });
    await client.modify(dn, [
      new Change({
        operation: 'add',
        modification: new Attribute({ type: 'mail', values: ['d@x.example', 'e@x.example'] }),
      }),
      new Change({ operation: 'replace', modification: new Attribute({ type: 'sn', values: ['Other'] }) }),
    ]);
    assert.equal(await client.compare(dn, 'sn', 'other'), true);
    await client.modifyDN(dn, `uid=theodora,ou=Hosts,${BONFIRE_SUFFIX}`);
    await assert.rejects(client.search(dn, { scope: 'base' }), NoSuchObjectError);
    const { searchEntries } = await client.search(BONFIRE_SUFFIX, {
      filter: '(|(uid=*)(cn=*))',
      paged: { pageSize: 2 },
      attributes: ['1.1'],
    });
    assert.ok(searchEntries.length > 8);
    assert.equal(new Set(searchEntries.map(({ dn: name }) => name)).size, searchEntries.length);
    await client.del(`uid=theodora,ou=Hosts,${BONFIRE_SUFFIX}`);
    await client.unbind();
  });

  it('of the command line searches, with sorting, paging and a matched DN', async () => {
    const found = await tool('ldapsearch', OPERATOR, '-LLL', '-b', BONFIRE_SUFFIX, '-E', '!sss=-uid', '(uid=*)', 'uid');
    assert.deepEqual(found.text.match(/^uid: .*/gm), ['uid: operator', 'uid: carol', 'uid: bob', 'uid: alice']);
    const paged = await tool(
      'ldapsearch',
      OPERATOR,
      '-LLL',
      '-b',
      BONFIRE_SUFFIX,
      '-E',
      '!pr=2/noprompt',
      '(uid=*)',
      '1.1',
    );
    assert.equal(paged.text.match(/^dn: /gm)?.length, 4);
    const missing = await tool('ldapsearch', OPERATOR, '-b', `uid=nobody,ou=People,${BONFIRE_SUFFIX}`, '-s', 'base');
    assert.equal(missing.code, 32);
    assert.match(missing.text, new RegExp(`matchedDN: ou=People,${BONFIRE_SUFFIX}`));
  });

  it('of the command line says who it is, compares and is refused', async () => {
    assert.equal((await tool('ldapwhoami', ALICE)).text.trim(), `dn:${ALICE.dn}`);
    assert.equal((await tool('ldapcompare', OPERATOR, ALICE.dn, 'sn:Example')).code, 6);
    assert.equal((await tool('ldapcompare', OPERATOR, ALICE.dn, 'sn:Other')).code, 5);
    const refused = await tool('ldapwhoami', { dn: ALICE.dn, password: 'wrong' });
    assert.equal(refused.code, 49);
    assert.match(refused.text, /attempt \w{10}-a-\w{10}/);
  });

  it('of the command line changes passwords', async () => {
    const next = 'seven violet bridges';
    const changed = await tool('ldappasswd', BOB, '-a', BOB.password, '-s', next);
    assert.equal(changed.code, 0, changed.text);
    assert.equal((await tool('ldapwhoami', BOB)).code, 49);
    assert.equal((await tool('ldapwhoami', { dn: BOB.dn, password: next })).code, 0);
    const made = await tool('ldappasswd', OPERATOR, BOB.dn);
    const [, password = ''] = /New password: (\S+)/.exec(made.text) ?? [];
    assert.equal((await tool('ldapwhoami', { dn: BOB.dn, password })).code, 0);
  });
});
