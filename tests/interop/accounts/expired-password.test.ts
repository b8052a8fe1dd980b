/** A password that is right and does not let in: who knows it is told so, and changes it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Clock, systemClock } from '../../../src/base/index.ts';
import { AccountSite, person, SUFFIX } from '../../support/account-site.ts';
import { element, extendedRequest, octetString } from '../../support/ldap-wire.ts';
import { WireClient } from '../../support/ldap-wire-client.ts';
import { basic, codeOf, send, TestBrowser } from '../../support/test-browser.ts';

const DAY = 86_400_000;
const OLD = 'nine quiet boats at dawn';
const NEW = 'eleven copper bells by night';
const THIRD = 'a lantern for the long stairs';
const PASSWORD_MODIFY = '1.3.6.1.4.1.4203.1.11.1';
const CLOSED = 'InvalidCredentialsError';
const [SUCCESS, CONSTRAINT_VIOLATION, INVALID_CREDENTIALS] = [0, 19, 49];
const SAYS_WHAT_TO_DO = /you have to change it before you can log in/;

const SERVICES = `trustedProxies: [ "127.0.0.1/32" ]
realms:
  staff:
    modules:
      - { use: lockout, flag: requisite, failures: 3, lock: 1000d }
      - { use: directory, flag: sufficient, domain: local }
services:
  wiki: { match: { host: wiki.localhost }, realm: staff }
`;

describe('a password that has to be changed', () => {
  let site: AccountSite;
  let ahead = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };

  before(async () => {
    site = await AccountSite.start({ clock, directory: 'passwords: { expireAfter: 90d }', more: SERVICES });
    for (const name of ['alice', 'bob', 'carol', 'dave']) {
      await site.runWith(OLD, 'user', 'add', name, '--common-name', name, '--password-stdin');
    }
    ahead = 91 * DAY;
  });
  after(() => site.close());

  /** Changes a password on a connection that has not bound. */
  const change = async (user: string, old: string, next: string) => {
    const client = await WireClient.connect(site.ldapPort);
    const given = [octetString(user, 0x80), octetString(old, 0x81), octetString(next, 0x82)];
    const answer = await client.ask(extendedRequest(PASSWORD_MODIFY, element(0x30, ...given)));
    client.close();
    return answer?.result.code;
  };
  const form = async (name: string, password: string) => {
    const browser = new TestBrowser();
    const page = await browser.logIn(site.whole.at('wiki'), name, password);
    return { page, isIn: browser.setCookies.some((line) => line.includes('.sso.')) };
  };
  const byBasic = async (name: string, password: string) => {
    const host = ['X-Forwarded-Proto', 'http', 'X-Forwarded-Host', 'wiki.localhost', 'X-Forwarded-Uri', '/'];
    const headers = [...host, ...basic(name, password)];
    return (await send(`http://127.0.0.1:${site.whole.port}/authz/forward`, { headers })).status;
  };

  it('opens no door when it has expired, and only who knows it is told why', async () => {
    assert.equal(await site.bind(person('alice'), OLD), CLOSED);
    assert.equal(await byBasic('alice', OLD), 401);
    const { page, isIn } = await form('alice', OLD);
    assert.deepEqual([page.status, isIn], [401, false]);
    assert.match(page.body, SAYS_WHAT_TO_DO);
    assert.match(await site.run('explain', codeOf(page)), /was right and has to be changed/);
    assert.doesNotMatch((await form('alice', 'wrong')).page.body, SAYS_WHAT_TO_DO);
    assert.doesNotMatch((await form('nobody', OLD)).page.body, SAYS_WHAT_TO_DO);
  });

  it('is changed without a bind by who knows it, and the new one opens every door', async () => {
    assert.equal(await change(person('alice'), OLD, NEW), SUCCESS);
    assert.equal(await site.bind(person('alice'), NEW), 'bound');
    assert.equal((await form('alice', NEW)).isIn, true);
    assert.equal(await byBasic('alice', NEW), 200);
    assert.equal(await byBasic('alice', OLD), 401);
    // By login name too, and the policy holds.
    assert.equal(await change('dave', OLD, 'short'), CONSTRAINT_VIOLATION);
    assert.equal(await change('u:dave', OLD, NEW), SUCCESS);
    assert.equal(await site.bind(person('dave'), NEW), 'bound');
  });

  it('is counted by the lockout and written down as a bind is', async () => {
    for (let guess = 0; guess < 3; guess += 1) {
      assert.equal(await change(person('bob'), `guess ${guess}`, NEW), INVALID_CREDENTIALS);
    }
    assert.equal(await change(person('bob'), OLD, NEW), INVALID_CREDENTIALS);
    assert.equal(await change(person('nobody'), OLD, NEW), INVALID_CREDENTIALS);
    const reasons = async (user: string) =>
      [...(await site.run('audit', 'search', '--user', user)).matchAll(/wrong-credential|locked|unknown-user/g)].flat();
    assert.deepEqual(await reasons('bob'), ['locked', 'wrong-credential', 'wrong-credential', 'wrong-credential']);
    assert.deepEqual(await reasons('nobody'), ['unknown-user', 'unknown-user']);
    assert.equal(await site.bind(person('bob'), NEW), CLOSED);
  });

  it('binds when an administrator set it, for the change alone; the login page says what to do', async () => {
    await site.runWith(NEW, 'user', 'passwd', 'carol', '--password-stdin', '--must-change');
    const { page, isIn } = await form('carol', NEW);
    assert.equal(isIn, false);
    assert.match(page.body, SAYS_WHAT_TO_DO);
    await site.ldap(person('carol'), NEW, async (client) => {
      const { searchEntries } = await client.search(SUFFIX, { scope: 'sub', attributes: ['dn'] }).catch(() => ({
        searchEntries: [],
      }));
      assert.ok(searchEntries.every(({ dn }) => dn === person('carol')));
    });
    // However often it is tried: nobody guessed.
    for (let round = 0; round < 4; round += 1) await form('carol', NEW);
    assert.equal(await change(person('carol'), NEW, OLD), CONSTRAINT_VIOLATION, 'it was hers before');
    assert.equal(await change(person('carol'), NEW, THIRD), SUCCESS);
    assert.equal((await form('carol', THIRD)).isIn, true);
  });
});
