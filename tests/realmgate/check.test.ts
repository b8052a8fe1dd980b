/** `realmgate check`: what it says of a configuration, with the place of everything. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfiguration, readRegularFile } from '../../src/config/index.ts';
import { checkConfiguration, configurationSchema } from '../../src/realmgate/index.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'realmgate-check-'));
  writeFileSync(join(folder, 'users'), 'alice=secret\n');
  writeFileSync(join(folder, 'groups'), 'labs=alice\n');
  writeFileSync(join(folder, 'htpasswd'), 'bob:{SHA}PinGG1xSNlAjvf/IG88HdQGwKQE=\n');
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function check(text: string) {
  const file = join(folder, 'realmgate.yaml');
  writeFileSync(file, text);
  const { errors, warnings } = await checkConfiguration([file]);
  const short = (line: string) => line.replace(`${folder}/`, '');
  return { errors: errors.map(short), warnings: warnings.map(short) };
}

const SOURCES = `
      - { use: properties, flag: sufficient, domain: campus, usersFile: users, groupsFile: groups }
      - { use: htpasswd, flag: sufficient, domain: guests, file: htpasswd }`;
const REALM = `realms:
  staff:
    modules:
      - { use: lockout, flag: requisite }${SOURCES}
`;

describe('realmgate check', () => {
  it('has nothing to say of a sound configuration', async () => {
    const portal = `portal: { match: { host: a.example }, realm: staff, authorizedGroups: [ 'campus\\labs' ], upstream: "http://127.0.0.1:1" }`;
    const web = 'web: { address: "127.0.0.1:8080", publicUrl: "http://login.localhost:8080" }';
    const report = await check(`${REALM}services:\n  ${portal}\nlisten:\n  ${web}\n`);
    assert.deepEqual(report, { errors: [], warnings: [] });
  });

  it('names a bare group in an allow list where two login domains could be meant', async () => {
    const report = await check(
      `${REALM}services:\n  portal: { match: { host: a.example }, realm: staff, authorizedGroups: [ labs ] }\n`,
    );
    assert.match(
      report.errors.join('\n'),
      /^realmgate\.yaml:8:\d+: services\.portal\.authorizedGroups\[0\]: labs could be/,
    );
  });

  it('names a group that no source has', async () => {
    const report = await check(
      `${REALM}services:\n  portal: { match: { host: a.example }, realm: staff, authorizedGroups: [ 'campus\\labz' ] }\n`,
    );
    assert.deepEqual(report.errors, []);
    assert.match(report.warnings.join('\n'), /services\.portal\.authorizedGroups\[0\].*campus\\labz/);
  });

  it('names two modules for one login domain', async () => {
    const twice = REALM.replace('domain: guests', 'domain: campus');
    assert.match((await check(twice)).errors.join('\n'), /modules\[2\]\.domain: .*campus already/);
  });

  it('names a module that is never asked', async () => {
    const report = await check(
      'realms:\n  staff:\n    modules:\n      - { use: htpasswd, flag: requisite, domain: guests, file: htpasswd, fallThrough: unknown-user }\n      - { use: lockout, flag: requisite }\n',
    );
    assert.match([...report.errors, ...report.warnings].join('\n'), /modules\[1\]/);
  });

  it('names a stack that could succeed without a verified credential', async () => {
    const report = await check(
      'realms:\n  staff:\n    modules:\n      - { use: htpasswd, flag: optional, domain: guests, file: htpasswd }\n      - { use: totp, flag: required, secretsFile: codes }\n',
    );
    assert.match(
      report.warnings.join('\n'),
      /realms\.staff\.modules: the stack can succeed without a verified credential/,
    );
  });

  it('names a wrapped role mapping for a module that does not wrap', async () => {
    const report = await check(`${REALM}roles: { boss: [ { group: labs, domain: campus } ] }\n`);
    assert.match(report.warnings.join('\n'), /roles\.boss\[0\]\.domain: .*wrapPrincipals/);
  });

  it('says that this version serves no directory module', async () => {
    const report = await check(
      'realms:\n  staff:\n    modules:\n      - { use: directory, flag: required, domain: local }\n',
    );
    assert.match(report.warnings.join('\n'), /realms\.staff\.modules\[0\]\.use: this version has no directory/);
  });
});

describe('the documented example configuration', () => {
  it('loads as it stands', async () => {
    const loaded = await loadConfiguration({
      paths: ['docs/examples/realmgate.yaml'],
      environment: {},
      schema: configurationSchema,
      readFile: async (file, limit) =>
        file === '/run/secrets/campus'
          ? { kind: 'read', octets: Buffer.from('secret\n'), mode: 0o600 }
          : readRegularFile(file, limit),
    });
    assert.equal(loaded.kind, 'loaded', loaded.kind === 'refused' ? JSON.stringify(loaded.problems) : '');
    if (loaded.kind !== 'loaded') return;
    const { value } = loaded;
    assert.deepEqual(value.listen.ldap?.address, { host: '127.0.0.1', port: 3890 });
    assert.deepEqual([...value.realms.keys()], ['staff']);
    assert.deepEqual(
      value.realms.get('staff')?.modules.map(({ use, flag }) => [use, flag]),
      [
        ['lockout', 'requisite'],
        ['directory', 'sufficient'],
        ['ldap', 'sufficient'],
        ['htpasswd', 'sufficient'],
      ],
    );
    assert.deepEqual(value.services.get('portal')?.authorizedGroups, ['SCX\\scx local admins', 'campus\\labs']);
    assert.equal(value.services.get('portal')?.assert.preset, 'bonfire');
  });
});
