/**
 * No secret is ever written (security rule 8): everything that a busy server writes and prints is searched for the
 * passwords, codes, cookies and keys that were used. And no name writes more than one line, nor octets into a header
 * that are not plain (RELIABILITY S11).
 */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BONFIRE_LDIF, BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from '../support/bonfire-tree.ts';
import { EchoBackEnd } from '../support/echo-back-end.ts';
import { recordFigure } from '../support/figure.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { ASSERTED, htpasswdLine, sha256 } from '../support/lab-site.ts';
import { RealmgateSite } from '../support/realmgate-site.ts';
import { Slapd } from '../support/slapd.ts';
import { basic, hiddenFields, type Page, received, send, TestBrowser } from '../support/test-browser.ts';
import { runCommand } from '../support/whole-server.ts';

const TOTP_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DP';
const PEOPLE = {
  alice: 'alice-secret',
  pat: 'pat-of-properties-5127',
  bob: 'bob-of-htpasswd-9034',
  tom: 'tom-of-two-factors-2281',
};
const WRONG = [
  'wrong-guess-by-form-7001',
  'wrong-guess-by-basic-7002',
  'wrong-guess-by-test-7003',
  'wrong-guess-at-ldap-7004',
] as const;
const INLINE = 'inline-bind-secret-4471';
const IN_URL = 'password-in-url-6620';
/** Every secret that is used, under what it is. */
const secrets = new Map<string, string>();
/** Everything that was printed or answered, under where. */
const printed: (readonly [where: string, text: string])[] = [];

let slapd: Slapd;
let backEnd: EchoBackEnd;
let site: RealmgateSite;

const configuration = () => `data: ./data
log: { level: debug }
listen: { web: { address: "127.0.0.1:PORT", publicUrl: "http://login.localhost:PORT" } }
trustedProxies: [ "127.0.0.1/32" ]
realms:
  staff:
    modules:
      - { use: lockout, flag: requisite, failures: 50, lock: 1m }
      - { use: properties, flag: sufficient, domain: files, usersFile: users.properties, groupsFile: groups.properties, digest: sha-256 }
      - { use: htpasswd, flag: sufficient, domain: guests, file: htpasswd }
      - use: ldap
        flag: sufficient
        domain: campus
        urls: [ "${slapd.url}" ]
        bindDn: "${PORTAL_DN}"
        bindPasswordFile: portal-password
        userBase: "ou=People,${BONFIRE_SUFFIX}"
      - use: ldap
        flag: optional
        domain: elsewhere
        timeout: 500ms
        urls: [ "ldap://127.0.0.1:9" ]
        bindDn: "cn=reader,dc=example"
        bindPassword: "${INLINE}"
        userBase: "dc=example"
  two:
    modules:
      - { use: htpasswd, flag: required, domain: local, file: two.htpasswd }
      - { use: totp, flag: required, secretsFile: totp-secrets }
  header:
    modules:
      - { use: http-header, flag: required, domain: gate, header: X-Login }
services:
  app: { match: { host: app.localhost }, realm: staff, assert: { preset: bonfire }, upstream: "${backEnd.url}" }
  two: { match: { host: two.localhost }, realm: two, assert: { preset: bonfire }, upstream: "${backEnd.url}" }
  header: { match: { host: header.localhost }, realm: header, assert: { preset: bonfire }, upstream: "${backEnd.url}" }
`;

before(async () => {
  slapd = await Slapd.start({ suffix: BONFIRE_SUFFIX, ldif: BONFIRE_LDIF, readers: [PORTAL_DN] });
  backEnd = await EchoBackEnd.start();
  site = await RealmgateSite.start({
    files: {
      'realmgate.yaml': configuration(),
      'portal-password': PORTAL_PASSWORD,
      'groups.properties': 'labs=pat\n',
      'users.properties': `pat=${sha256(PEOPLE.pat)}\n`,
      htpasswd: htpasswdLine('bob', PEOPLE.bob),
      'two.htpasswd': htpasswdLine('tom', PEOPLE.tom),
      'totp-secrets': `tom:${TOTP_SECRET}\n`,
    },
  });
  for (const [name, password] of Object.entries(PEOPLE)) {
    secrets.set(`password of ${name}`, password);
    secrets.set(`Basic credentials of ${name}`, Buffer.from(`${name}:${password}`).toString('base64'));
  }
  for (const guess of WRONG) secrets.set(guess, guess);
  secrets.set('password of the portal', PORTAL_PASSWORD);
  secrets.set('password in the configuration', INLINE);
  secrets.set('password in a URL', IN_URL);
  secrets.set('secret of the one-time codes', TOTP_SECRET);
  secrets.set('stored form of pat', sha256(PEOPLE.pat));
  secrets.set('stored form of bob', htpasswdLine('bob', PEOPLE.bob).trim().slice(4));
});

after(async () => {
  await site?.stop();
  await backEnd?.stop();
  await slapd?.close();
});

const url = (host: string, path = '/') => `http://${host}.localhost:${site.port}${path}`;

function keep(where: string, page: Page): Page {
  // What a back end echoes and the hidden fields of a form are for its user alone.
  const body = page.body.replace(/<input type="hidden"[^>]*>/g, '');
  if (received(page, ASSERTED) === undefined) printed.push([`${where}: ${page.status}`, body]);
  return page;
}

async function command(input: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await runCommand(['--config', join(site.folder, 'realmgate.yaml'), ...args], input);
  printed.push([`realmgate ${args.join(' ')}`, stdout + stderr]);
  return stdout + stderr;
}

function codeNow(): string {
  const bits = [...TOTP_SECRET]
    .map((digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(digit).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1)! & 15) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

function keepCookies(who: string, browser: TestBrowser): void {
  for (const line of browser.setCookies) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value !== '') secrets.set(`cookie ${name} of ${who}`, value);
  }
}

/** Every place where a secret stands that must not. */
function leaks(): string[] {
  const places: (readonly [string, Buffer])[] = printed.map(([where, text]) => [where, Buffer.from(text)]);
  places.push(['the log', Buffer.from(site.log)]);
  for (const name of readdirSync(join(site.folder, 'data'), { recursive: true, encoding: 'utf8' })) {
    const path = join(site.folder, 'data', name);
    if (statSync(path).isFile()) places.push([path, readFileSync(path)]);
  }
  return places.flatMap(([where, octets]) =>
    [...secrets].flatMap(([what, secret]) => (octets.includes(secret) ? [`${what} in ${where}`] : [])),
  );
}

describe('nothing that is written', { timeout: 120_000 }, () => {
  it('holds a password, after logins at every door, right and wrong', async () => {
    for (const [name, password] of Object.entries(PEOPLE)) {
      const host = name === 'tom' ? 'two' : 'app';
      const browser = new TestBrowser();
      const form = await browser.visit(url(host));
      keep('wrong form', await browser.post(form, { name, password: WRONG[0] }));
      const answer = keep('form', await browser.post(form, { name, password }));
      if (name === 'tom') {
        keep('wrong code', await browser.post(answer, { code: '000000' }));
        const again = keep('form again', await browser.post(form, { name, password }));
        const done = await browser.post(again, { code: codeNow() });
        assert.equal(done.status, 303, done.body);
        secrets.set('ticket', new URL(done.headers.location!).searchParams.get('ticket')!);
        await browser.visit(done.headers.location!);
      } else {
        const ticket = new URL(answer.headers.location!).searchParams.get('ticket')!;
        secrets.set(`ticket of ${name}`, ticket);
        const page = await browser.visit(answer.headers.location!);
        secrets.set(`signed assertion of ${name}`, received(page, 'x-realmgate-assertion')![0]!.split('.')[2]!);
      }
      keepCookies(name, browser);
      secrets.set(
        `parked login or token of a form of ${name}`,
        hiddenFields(answer)['login'] ?? hiddenFields(form)['csrf']!,
      );
      keep('basic', await send(url(host), { headers: basic(name, password) }));
      keep('wrong basic', await send(url(host), { headers: basic(name, WRONG[1]) }));
      keep('query', await send(url(host, `/?token=${encodeURIComponent(password)}`)));
      keep('long', await send(url(host), { headers: basic(name, `${WRONG[1]}${'x'.repeat(5_000)}`) }));
    }
    await slapd.stop('SIGKILL');
    keep('outage', await send(url('app'), { headers: basic('alice', WRONG[3]) }));
    keep('outage, right', await send(url('app'), { headers: basic('alice', PEOPLE.alice) }));
    await slapd.start();
    assert.deepEqual(leaks(), []);
  });

  it('holds one after the commands of an operator', async () => {
    for (const [service, user, password] of [
      ['app', 'pat', PEOPLE.pat],
      ['app', 'pat', WRONG[2]],
      ['app', 'alice', PEOPLE.alice],
      ['two', 'tom', PEOPLE.tom],
    ] as const) {
      for (const output of ['table', 'json']) {
        await command(
          `${password}\n`,
          'login',
          'test',
          '--service',
          service,
          '--user',
          user,
          '--password-stdin',
          '--output',
          output,
        );
      }
    }
    const found = await command('', 'audit', 'search', '--limit', '1000', '--output', 'json');
    for (const { id } of (JSON.parse(found) as readonly { id: string }[]).slice(0, 40)) {
      await command('', 'explain', id);
      await command('', 'explain', id, '--output', 'json');
    }
    for (const args of [
      ['session', 'list'],
      ['session', 'list', '--output', 'json'],
      ['config', 'get', 'realms'],
      ['config', 'get', 'realms', '--output', 'json'],
      ['config', 'get', 'realms.staff.modules[4].bindPassword'],
      ['config', 'get', 'realms.staff.modules[4]'],
      ['config', 'keys'],
      ['config', 'keys', '--output', 'json'],
      ['config', 'set', 'realms.staff.modules[4].domain', 'away', '--dry-run'],
      ['config', 'remove', 'realms.staff.modules[4]', '--dry-run'],
      ['check'],
      ['audit', 'verify'],
    ]) {
      await command('', ...args);
    }
    await command(WRONG[2], 'password', 'hash');
    await command(WRONG[2], 'password', 'verify', '{SHA}x');
    assert.deepEqual(leaks(), []);
  });

  it('holds one after configurations that are refused', async () => {
    const text = configuration().replaceAll('PORT', String(site.port));
    const line = `bindPassword: "${INLINE}"`;
    for (const broken of [
      text.replace(line, `bindPasword: "${INLINE}"`),
      text.replace(line, `bindPassword: [ "${INLINE}" ]`),
      text.replace(line, `bindPassword: { "${INLINE}": 1 }`),
      text.replace(line, `bindPassword: "${INLINE}`),
      text.replace(line, `bindPassword: "${INLINE}" x`),
      text.replace(line, `bindPassword: "${INLINE}"\n        bindPassword: "${INLINE}"`),
      text.replace(line, `bindPasswordFile: "${INLINE}"`),
      text.replace('ldap://127.0.0.1:9', `ldap://reader:${IN_URL}@127.0.0.1:9`),
      text.replace(`bindDn: "cn=reader,dc=example"`, `password: "${IN_URL}"`),
    ]) {
      assert.notEqual(broken, text);
      site.write('realmgate.yaml', broken);
      await command('', 'check');
      await command('', 'config', 'keys');
      if (!broken.includes('bindPasswordFile: "inline')) await command('', 'config', 'get', 'realms.staff.modules[4]');
      await command('', 'session', 'list');
      const began = site.log.length;
      for (let tries = 0; site.log.length === began && tries < 40; tries += 1)
        await new Promise((later) => setTimeout(later, 100));
      assert.match(site.log.slice(began), /refused/, broken.slice(broken.indexOf('elsewhere')));
    }
    site.write('realmgate.yaml', text);
    const found = leaks();
    recordFigure('secrets-written', secrets.size * printed.length, found.length);
    assert.deepEqual(found, []);
  });
});

describe('a name', { timeout: 60_000 }, () => {
  const names = [
    ...HOSTILE_NAMES,
    'a\u2028b',
    'a\u2029b',
    'a\u0085b',
    'a\u009bb',
    'a\rb',
    'a\nb',
    '"} , {"n":1',
    'a\u202eb',
    'a b',
    'é',
    'ß',
    '💡',
  ];

  it('writes one line, whatever it is', async () => {
    for (const name of names) {
      const octets = Buffer.from(`${name}:wrong-guess-by-basic-7002`).toString('base64');
      keep('name', await send(url('app'), { headers: ['Authorization', `Basic ${octets}`] }));
    }
    const folder = join(site.folder, 'data', 'audit');
    let lines = 0;
    for (const file of readdirSync(folder).filter((name) => /\.jsonl$|\.log$/.test(name))) {
      const text = readFileSync(join(folder, file), 'utf8');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]/, file);
      for (const line of text.trimEnd().split('\n')) {
        lines += 1;
        if (file.endsWith('.jsonl')) JSON.parse(line);
        else
          assert.match(
            line,
            /^\d{4}-\d\d-\d\dT[^ ]+ realmgate: authentication failure; name="[^"]*" client=127\.0\.0\.1 /,
          );
      }
    }
    assert.ok(lines > names.length);
    for (const line of site.log.trimEnd().split('\n').slice(1)) JSON.parse(line);
    const table = await command('', 'audit', 'search', '--limit', '1000');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    assert.doesNotMatch(table, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
  });

  it('is plain in every header, whatever it is', async () => {
    let told = 0;
    for (const name of names) {
      const page = await send(url('header'), { headers: ['X-Login', Buffer.from(name).toString('latin1')] }).catch(
        () => undefined,
      );
      if (page === undefined) continue; // what HTTP itself cannot carry
      assert.ok([200, 400, 401, 403].includes(page.status), `${JSON.stringify(name)}: ${page.status}`);
      if (page.status !== 200) continue;
      told += 1;
      const { headers } = JSON.parse(page.body) as { readonly headers: readonly (readonly [string, string])[] };
      for (const [header, value] of headers) assert.match(value, /^[\x20-\x7e]*$/, header);
      assert.equal(received(page, ASSERTED)?.length, 1);
    }
    assert.ok(told > 10, `${told} names passed`);
  });
});
