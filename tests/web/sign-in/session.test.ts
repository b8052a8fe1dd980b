/** The way from the login page to a session, and everything somebody might try to bend it (RELIABILITY S10, S33). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { ASSERTED, claimsOf, labConfiguration, labFiles, PASSWORDS } from '../../support/lab-site.ts';
import { hiddenFields, type Page, received, send, TestBrowser, titleOf } from '../../support/test-browser.ts';
import { WholeServer } from '../../support/whole-server.ts';

let backEnd: EchoBackEnd;
let server: WholeServer;
let app: string;
let lab: string;

before(async () => {
  backEnd = await EchoBackEnd.start();
  server = await WholeServer.start({ configuration: labConfiguration({ upstream: backEnd.url }), files: labFiles() });
  app = server.at('app');
  lab = server.at('lab');
});

after(async () => {
  await server?.close();
  await backEnd?.stop();
});

const asserted = (page: Page) => received(page, ASSERTED)?.join(' and ');
const loggedIn = async (address = app) => {
  const browser = new TestBrowser();
  assert.equal(asserted(await browser.logIn(address, 'alice', PASSWORDS.alice)), 'alice');
  return browser;
};

describe('a login by the form', () => {
  it('leads back to the page that was asked for, query included', async () => {
    const browser = new TestBrowser();
    const page = await browser.logIn(`${app}a/b?x=1&y=%2F`, 'alice', PASSWORDS.alice);
    assert.match(page.body, /"url":"\/a\/b\?x=1&y=%2F"/);
  });

  it('does for every service of the realm, each with a cookie of its own host', async () => {
    const browser = await loggedIn();
    assert.equal(asserted(await browser.visit(lab)), 'alice');
    const [one, other] = [browser.cookies(app).get('realmgate-staff'), browser.cookies(lab).get('realmgate-staff')];
    assert.ok(one && other && one !== other);
    for (const [host, cookie] of [
      ['lab', one],
      ['app', other],
    ] as const) {
      const page = await send(server.at(host), { headers: ['Cookie', `realmgate-staff=${cookie}`] });
      assert.equal(page.status, 401, 'a cookie is good on its own host only');
    }
  });

  it('begins a new session and ends the old one, also for somebody else', async () => {
    const browser = await loggedIn();
    const login = `${server.at('login')}`;
    const form = await new TestBrowser().visit(app);
    const before = [browser.cookies(app).get('realmgate-staff'), browser.cookies(login).get('realmgate.sso.staff')];
    const csrf = browser.cookies(login).get('realmgate.csrf')!;
    const answer = await browser.ask(`${login}.realmgate/login`, {
      method: 'POST',
      headers: ['Content-Type', 'application/x-www-form-urlencoded', 'Origin', new URL(login).origin],
      body: new URLSearchParams({ ...hiddenFields(form), csrf, name: 'bob', password: PASSWORDS.bob }).toString(),
    });
    assert.equal(answer.status, 303);
    const now = browser.cookies(login).get('realmgate.sso.staff');
    assert.ok(now && now !== before[1]);
    for (const [host, name, value] of [
      ['app', 'realmgate-staff', before[0]],
      ['login', 'realmgate.sso.staff', before[1]],
    ] as const) {
      const page = await send(server.at(host, host === 'app' ? '/' : '/.realmgate/logout'), {
        headers: ['Cookie', `${name}=${value}`, 'Accept', 'text/html'],
      });
      assert.ok(page.status === 303 || titleOf(page) === 'Logged out', `${name} is dead: ${page.status}`);
    }
  });

  it('takes no session id that somebody planted before', async () => {
    for (const planted of ['A'.repeat(43), 'x', '__proto__', '%00', '"quoted"']) {
      const browser = new TestBrowser();
      for (const host of ['app', 'login']) {
        browser.cookies(server.at(host)).set('realmgate-staff', planted).set('realmgate.sso.staff', planted);
      }
      assert.equal(asserted(await browser.logIn(app, 'alice', PASSWORDS.alice)), 'alice');
      assert.notEqual(browser.cookies(app).get('realmgate-staff'), planted);
      assert.notEqual(browser.cookies(server.at('login')).get('realmgate.sso.staff'), planted);
    }
  });

  it('believes no cookie that comes twice', async () => {
    const browser = await loggedIn();
    const good = `realmgate-staff=${browser.cookies(app).get('realmgate-staff')}`;
    assert.equal((await send(app, { headers: ['Cookie', good] })).status, 200);
    for (const headers of [
      ['Cookie', `${good}; ${good}`],
      ['Cookie', good, 'Cookie', good],
      ['Cookie', `realmgate-staff=; ${good}`],
      ['Cookie', `realmgate-staff=${'B'.repeat(43)}; ${good}`],
      ['Cookie', `${good}; realmgate-staff=${'B'.repeat(43)}`],
    ]) {
      assert.equal((await send(app, { headers })).status, 401, headers.join(' '));
    }
  });

  it('keeps people of one name in two login domains apart, and says in the assertion which one it is', async () => {
    const campus = await loggedIn();
    const guests = new TestBrowser();
    const page = await guests.logIn(app, 'alice', PASSWORDS.aliceOfGuests);
    assert.equal(asserted(page), 'alice');
    const domain = (answer: Page) => claimsOf(received(answer, 'x-realmgate-assertion')![0]!)['domain'];
    assert.equal(domain(page), 'guests');
    assert.equal(domain(await campus.visit(app)), 'campus');
    assert.equal((await guests.visit(lab)).status, 403, 'the alice of the guests is in no group of the campus');
    assert.equal((await campus.visit(lab)).status, 200);
    const sessions = [...server.installation.sessions.list()].filter(({ subject }) => subject.name === 'alice');
    assert.deepEqual([...new Set(sessions.map(({ subject }) => subject.domain))].sort(), ['campus', 'guests']);
  });

  it('keeps two realms on one host apart', async () => {
    const [staff, visitors] = [server.at('mixed', '/staff/'), server.at('mixed', '/visitors/')];
    const browser = new TestBrowser();
    assert.equal(asserted(await browser.logIn(staff, 'alice', PASSWORDS.alice)), 'alice');
    assert.equal(titleOf(await browser.visit(visitors)), 'Log in to mixed-visitors');
    assert.equal(asserted(await browser.logIn(visitors, 'vera', PASSWORDS.vera)), 'vera');
    assert.equal(asserted(await browser.visit(staff)), 'alice');
    const jar = browser.cookies(staff);
    const swapped = `realmgate-staff=${jar.get('realmgate-visitors')}; realmgate-visitors=${jar.get('realmgate-staff')}`;
    for (const address of [staff, visitors]) {
      assert.equal((await send(address, { headers: ['Cookie', swapped] })).status, 401);
    }
  });

  it('outlives a restart', async () => {
    const browser = await loggedIn();
    await server.stop();
    await server.start();
    assert.equal(asserted(await browser.visit(app)), 'alice');
    assert.equal(asserted(await browser.visit(lab)), 'alice', 'the single-sign-on session too');
  });
});

describe('the ticket from the login page to a service', () => {
  /** The redirect that carries the ticket, and the browser that may use it. */
  const ticket = async () => {
    const browser = new TestBrowser();
    const answer = await browser.post(await browser.visit(app), { name: 'alice', password: PASSWORDS.alice });
    assert.equal(answer.status, 303);
    return { browser, address: answer.headers.location! };
  };
  const session = (browser: TestBrowser) => browser.cookies(app).get('realmgate-staff');

  it('is good once', async () => {
    const { browser, address } = await ticket();
    await browser.ask(address);
    const first = session(browser);
    assert.ok(first);
    await browser.ask(address);
    assert.equal(session(browser), first, 'the second time it made nothing');
    browser.cookies(app).delete('realmgate-staff');
    await browser.ask(address);
    assert.equal(session(browser), undefined);
  });

  it('is good only in the browser that began the login, so that nobody is logged in as somebody else by a link', async () => {
    const { address } = await ticket();
    const victim = new TestBrowser();
    await victim.ask(address);
    assert.equal(session(victim), undefined);
    await victim.ask(`${app}.realmgate/start?return=/`);
    await victim.ask(address);
    assert.equal(session(victim), undefined);
  });

  it('is good only on the host that it was made for', async () => {
    const { browser, address } = await ticket();
    browser.cookies(lab).set('realmgate.nonce', browser.cookies(app).get('realmgate.nonce')!);
    await browser.ask(address.replace('app.localhost', 'lab.localhost'));
    assert.equal(browser.cookies(lab).get('realmgate-staff'), undefined);
  });

  it('is nothing when it is garbage', async () => {
    const { browser, address } = await ticket();
    for (const garbage of ['', 'x', '__proto__', 'A'.repeat(43), '%00', 'A'.repeat(2_000), '%f0%9f%98%80']) {
      const answer = await browser.ask(address.replace(/ticket=[^&]*/, `ticket=${garbage}`));
      assert.ok([303, 400].includes(answer.status), `${garbage.slice(0, 20)}: ${answer.status}`);
      assert.equal(session(browser), undefined);
    }
  });
});

describe('the address to go back to', () => {
  const evil = [
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example',
    '/%0d%0aSet-Cookie:x=1',
    '/\r\nX: y',
    'http://evil.example/',
    'https://app.localhost@evil.example/',
    'javascript:alert(1)',
    '/.//evil.example',
    '/..//evil.example',
    '///evil.example',
    '/\t/evil.example',
    ' //evil.example',
    'data:text/html,x',
    '%2f%2fevil.example',
  ];

  const staysHere = (page: Page) => {
    const { location } = page.headers;
    assert.equal(page.headers['set-cookie']?.some((line) => line.startsWith('x=')) ?? false, false);
    if (location === undefined) return;
    const target = new URL(location, page.address);
    assert.match(target.hostname, /^(app|lab|login)\.localhost$/, location);
    assert.doesNotMatch(location.replace(/^https?:\/\//, ''), /^[\\/]{2}|[\r\n]/);
    assert.doesNotMatch(target.pathname, /^\/\//);
  };

  for (const address of evil) {
    it(`is never ${JSON.stringify(address)}`, async () => {
      const escaped = encodeURIComponent(address);
      const browser = await loggedIn();
      for (const text of [escaped, escaped.replaceAll('%2F', '/')]) {
        for (const path of ['start?return=', 'session?ticket=x&return=', 'login?service=app&bind=x&return=']) {
          for (const host of ['app', 'login'] as const) {
            staysHere(await browser.ask(server.at(host, `/.realmgate/${path}${text}`)));
          }
        }
      }
      const form = await new TestBrowser().visit(app);
      const fresh = new TestBrowser();
      fresh.jars.set('app.localhost', browser.cookies(app));
      const page = await fresh.visit(server.at('login', `/.realmgate/login?${new URL(form.address).searchParams}`));
      staysHere(await fresh.post(page, { name: 'alice', password: PASSWORDS.alice, return: address }));
    });
  }
});
