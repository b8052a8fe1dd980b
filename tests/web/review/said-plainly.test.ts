/** What a configuration asks for and does not get is said by `check`, and in the log of `serve`. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkConfiguration } from '../../../src/realmgate/index.ts';
import { WholeServer } from '../../support/whole-server.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'realmgate-said-'));
  writeFileSync(join(folder, 'htpasswd'), 'bob:{SHA}PinGG1xSNlAjvf/IG88HdQGwKQE=\n');
  writeFileSync(join(folder, 'pem'), '');
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function check(text: string): Promise<string[]> {
  const file = join(folder, 'realmgate.yaml');
  writeFileSync(file, text);
  const { errors, warnings } = await checkConfiguration([file]);
  return [...errors, ...warnings].map((line) => line.replace(`${folder}/`, '').replace(/^\S+ /, ''));
}

const REALM = `realms:
  staff: { modules: [ { use: lockout, flag: requisite }, { use: htpasswd, flag: sufficient, domain: a, file: htpasswd } ] }
`;
const web = (url: string) => `listen: { web: { address: "127.0.0.1:8080", publicUrl: "${url}" } }\n`;
const portal = (more: string) => `services: { portal: { match: { host: a.example }, realm: staff${more} } }\n`;
const UPSTREAM = ', upstream: "http://127.0.0.1:1"';
const PROXY = 'trustedProxies: [ 127.0.0.1/32 ]\n';

describe('check', () => {
  const cases: readonly (readonly [what: string, text: string, said: RegExp | undefined])[] = [
    ['a sound site', web('http://login.localhost:8080') + portal(UPSTREAM), undefined],
    ['a sound site behind a proxy', web('https://login.example') + PROXY + portal(''), undefined],
    ['a store', 'store: postgres://x\n', /^store: .*sqlite/],
    ['a directory', 'directory: { suffix: dc=x }\n', undefined],
    ['LDAP alone', 'listen: { ldap: { address: "127.0.0.1:3890" } }\n', /^listen\.ldap: needs a directory/],
    ['services without a door', portal(UPSTREAM), /^services: nobody reaches them/],
    ['a service without a proxy', web('http://localhost:8080') + portal(''), /^services\.portal: nobody reaches/],
    ['clear text', web('http://login.example') + portal(UPSTREAM), /publicUrl: passwords and cookies travel in clear/],
    ['https without a proxy', web('https://login.example') + portal(UPSTREAM), /publicUrl: only a front proxy/],
    [
      'two schemes',
      web('https://login.example') + PROXY + portal(`${UPSTREAM}, url: "http://a.example"`),
      /services\.portal\.url: no session is kept there/,
    ],
  ];
  for (const [what, text, said] of cases) {
    it(`${said === undefined ? 'has nothing to say of' : 'says what becomes of'} ${what}`, async () => {
      const lines = await check(REALM + text);
      if (said === undefined) assert.deepEqual(lines, []);
      else assert.match(lines.join('\n'), said);
    });
  }

  it('names modules that can let nobody in', async () => {
    const header = '{ use: http-header, flag: sufficient, domain: b, header: X-User }';
    const lines = await check(`realms: { staff: { modules: [ ${header} ] } }\n`);
    assert.match(lines.join('\n'), /lets nobody in: name the proxy/);
  });
});

describe('serve', () => {
  it('logs what it does not do', async () => {
    const files = { htpasswd: '' };
    const configuration = `data: ./data\n${REALM}${portal(UPSTREAM)}`;
    const server = await WholeServer.start({ configuration, files });
    await server.close();
    const warnings = server.log.filter(({ level }) => level === 'warn').map(({ fields }) => String(fields['problem']));
    assert.match(warnings.join('\n'), /services: nobody reaches them/);
  });
});
