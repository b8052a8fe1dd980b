/** The clock of the machine is set back a day and forward a year while people write and log in (RELIABILITY F07, R23). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Clock, systemClock } from '../../../src/base/index.ts';
import { AccountSite, groupDn, person, SUFFIX } from '../../support/account-site.ts';
import { basic, send } from '../../support/test-browser.ts';

const DAY = 86_400_000;
const PASSWORD = 'nine quiet boats at dawn';
const JUMPS = {
  'a day back': -DAY,
  'a year ahead': 365 * DAY,
  'and back again': 0,
  'an hour back': -DAY / 24,
} as const;

const SERVICES = `trustedProxies: [ "127.0.0.1/32" ]
realms:
  staff:
    modules:
      - { use: directory, flag: sufficient, domain: local }
services:
  wiki: { match: { host: wiki.localhost }, realm: staff, authorizedGroups: [ 'local\\labs' ] }
`;

describe('a clock that is set', () => {
  let site: AccountSite;
  let ahead = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
  const day = (days: number) => new Date(systemClock.now() + days * DAY).toISOString().slice(0, 10);

  before(async () => {
    site = await AccountSite.start({ clock, more: SERVICES });
    await site.runWith(PASSWORD, 'user', 'add', 'alice', '--common-name', 'Alice', '--password-stdin');
    await site.run('group', 'add', 'labs');
    await site.run('group', 'members', 'labs', '--add', 'alice', '--start', day(-1), '--end', day(30));
  });
  after(() => site.close());

  const contextCsn = () => site.whole.installation.own!.current.contextCsn;
  const mayEnter = async () => {
    const host = ['X-Forwarded-Proto', 'http', 'X-Forwarded-Host', 'wiki.localhost', 'X-Forwarded-Uri', '/'];
    const headers = [...host, ...basic('alice', PASSWORD)];
    return (await send(`http://127.0.0.1:${site.whole.port}/authz/forward`, { headers })).status;
  };
  const groups = () =>
    site.ldap(person('alice'), PASSWORD, async (client) => {
      const filter = `(member=${person('alice')})`;
      const { searchEntries } = await client.search(SUFFIX, { filter, attributes: ['dn'] });
      return searchEntries.map(({ dn }) => dn);
    });

  it('never takes the order of changes back', async () => {
    const csns = [contextCsn()];
    for (const jump of Object.values(JUMPS)) {
      ahead = jump;
      for (const text of ['one', 'two']) {
        await site.run('user', 'set', 'alice', 'description', `${text} at ${jump}`);
        csns.push(contextCsn());
      }
    }
    ahead = 0;
    assert.deepEqual(csns, csns.toSorted());
    assert.equal(new Set(csns).size, csns.length);
    await site.whole.stop();
    await site.whole.start();
    await site.run('user', 'set', 'alice', 'description', 'after a restart');
    assert.ok(contextCsn() > csns.at(-1)!);
  });

  it('decides about a membership, over LDAP and at the gate, by what it says now', async () => {
    for (const [jump, counts] of [
      [0, true],
      [365 * DAY, false],
      [0, true],
      [-DAY / 2, true],
      [-5 * DAY, false],
      [29 * DAY, true],
    ] as const) {
      ahead = jump;
      assert.deepEqual(await groups(), counts ? [groupDn('labs')] : [], `${jump / DAY} days`);
      assert.equal(await mayEnter(), counts ? 200 : 403, `${jump / DAY} days`);
    }
    ahead = 0;
  });

  it('lets in and refuses passwords as before', async () => {
    for (const jump of Object.values(JUMPS)) {
      ahead = jump;
      assert.equal(await site.bind(person('alice'), PASSWORD), 'bound');
      assert.equal(await site.bind(person('alice'), 'wrong'), 'InvalidCredentialsError');
    }
    ahead = 0;
  });
});
