/** A membership begins and ends by the clock alone, wherever it is looked at. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Clock, systemClock } from '../../../src/base/index.ts';
import { AccountSite, generatedIn, groupDn, person } from '../../support/account-site.ts';
import { basic, send } from '../../support/test-browser.ts';

const DAY = 86_400_000;

/** The machine's clock, moved by hand: what waits, waits as it would. */
let moved = 60_000;
const clock: Clock = { ...systemClock, now: () => systemClock.now() + moved };

const CONFIGURATION = `realms:
  staff: { modules: [ { use: directory, flag: required, domain: local } ] }
services:
  lab: { match: { host: lab.localhost }, realm: staff, authorizedGroups: [ labs ], upstream: "http://127.0.0.1:9" }
`;

describe('a membership with a start and an end', () => {
  let site: AccountSite;
  let alice = '';
  before(async () => {
    site = await AccountSite.start({ clock, more: CONFIGURATION });
    alice = generatedIn(await site.run('user', 'add', 'alice', '--generate'));
    await site.run('group', 'add', 'labs');
  });
  after(() => site.close());

  const day = (days: number) => new Date(clock.now() + days * DAY).toISOString().slice(0, 10);
  const instant = (days: number) => new Date(clock.now() + days * DAY).toISOString();

  /** Whether it counts, by every way to ask: command line, memberOf, member, filters, and a login over HTTP. */
  async function counts(): Promise<boolean> {
    const { members } = await site.ask<{ members: { counts: boolean }[] }>('group', 'members', 'labs');
    const { groups } = await site.ask<{ groups: string[] }>('user', 'show', 'alice');
    const listed = await site.ask<unknown[]>('user', 'list', '--group', 'labs');
    const [row] = await site
      .ask<{ name: string; members: number }[]>('group', 'list')
      .then((rows) => rows.filter(({ name }) => name === 'labs'));
    const overLdap = await site.ldap(person('alice'), alice, async (client) => {
      const found = async (filter: string) => (await client.search(person('alice'), { filter })).searchEntries.length;
      const { searchEntries } = await client.search(person('alice'), { scope: 'base', attributes: ['memberOf'] });
      return [await found(`(memberOf=${groupDn('labs')})`), [searchEntries[0]?.['memberOf'] ?? []].flat().length];
    });
    const { status } = await send(site.whole.at('lab'), { headers: basic('alice', alice) });
    const answers = [
      members.map(({ counts: each }) => each).includes(true),
      groups.length > 0,
      listed.length > 0,
      row!.members > 0,
      ...overLdap.map((found) => found > 0),
      status !== 403,
    ];
    assert.equal(new Set(answers).size, 1, JSON.stringify(answers));
    return answers[0]!;
  }

  it('does not count before its start, counts in between, and no more from its end on', async () => {
    await site.run('group', 'members', 'labs', '--add', 'alice', '--start', instant(1), '--end', instant(3));
    assert.match(await site.run('group', 'members', 'labs'), /T[^ ]+Z {2}\S+T\S+Z {2}does not count now\n$/);
    assert.equal(await counts(), false);
    moved += DAY + 1_000;
    assert.equal(await counts(), true);
    moved += 2 * DAY - 10_000;
    assert.equal(await counts(), true);
    moved += 20_000;
    assert.equal(await counts(), false);
  });

  it('gets other dates when it is added again', async () => {
    await site.run('group', 'members', 'labs', '--add', 'alice', '--end', day(1));
    assert.equal(await counts(), true);
    moved += 2 * DAY;
    assert.equal(await counts(), false);
    await site.run('group', 'members', 'labs', '--add', 'alice');
    assert.equal(await counts(), true);
    const { members } = await site.ask<{ members: object[] }>('group', 'members', 'labs');
    assert.deepEqual(members, [{ dn: person('alice'), counts: true }]);
  });

  it('counts to the end of its last day, in UTC', async () => {
    await site.run('group', 'members', 'labs', '--add', 'alice', '--end', '2030-06-30');
    const { members } = await site.ask<{ members: { end: number }[] }>('group', 'members', 'labs');
    assert.deepEqual(
      members.map(({ end }) => end),
      [Date.UTC(2030, 6, 1)],
    );
  });

  it('keeps its dates through an export and an import', async () => {
    await site.run('group', 'members', 'labs', '--add', 'alice', '--start', '2027-01-01', '--end', '2027-12-31');
    const exported = await site.export('--with-passwords');
    assert.match(exported, /^member;x-start-20270101000000Z;x-end-20280101000000Z: uid=alice,/m);
    site.whole.write('tree.ldif', exported);
    await site.run('ldif', 'import', `${site.whole.folder}/tree.ldif`, '--replace');
    assert.equal(await site.export('--with-passwords'), exported);
  });
});
