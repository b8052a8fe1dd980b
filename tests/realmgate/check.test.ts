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

  it('says what needs a directory where there is none', async () => {
    const report = await check(
      'listen: { ldaps: { address: "127.0.0.1:6360" } }\nrealms:\n  staff:\n    modules:\n      - { use: directory, flag: required, domain: local }\n',
    );
    const wanted = 'needs a directory: add `directory: { suffix: "dc=example,dc=org" }`';
    assert.deepEqual(report.errors, [
      `realmgate.yaml:1:18: listen.ldaps: ${wanted}`,
      `realmgate.yaml:5:16: realms.staff.modules[0].use: ${wanted}`,
    ]);
  });
});

describe('realmgate check of a directory', () => {
  const SOUND = `directory:
  suffix: "dc=example,dc=org"
  schemaFiles: [ site.schema ]
  unique: [ uidNumber, mail ]
  disabledWhen: [ { attribute: labBadge, value: "none" } ]
  access:
    administrators: [ { role: chief } ]
    selfService: [ userPassword, labBadge ]
    rules:
      - { who: [ { group: "cn=labs,ou=Groups,dc=example,dc=org" } ], may: [ read ], attributes: [ mail ], filter: "(labBadge=*)" }
listen:
  ldap: { address: "127.0.0.1:3890", realm: staff }
realms:
  staff: { modules: [ { use: lockout, flag: requisite }, { use: directory, flag: required, domain: local } ] }
roles: { chief: [ { group: 'local\\chiefs' } ] }
`;
  const SCHEMA = `attributetype ( 1.3.6.1.4.1.99999.1.1 NAME 'labBadge' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
objectclass ( 1.3.6.1.4.1.99999.2.1 NAME 'labPerson' SUP top AUXILIARY MAY labBadge )
`;
  const checkWith = (from: string | RegExp, to: string) => check(SOUND.replace(from, to));
  before(() => writeFileSync(join(folder, 'site.schema'), SCHEMA));

  it('has nothing to say of a sound one, nor of groups that only its store knows', async () => {
    assert.deepEqual(await check(SOUND), { errors: [], warnings: [] });
    const services = `services:
  lab: { match: { host: lab.example }, realm: staff, authorizedGroups: [ 'local\\whatever' ], upstream: "http://127.0.0.1:1" }
`;
    const web = '  web: { address: "127.0.0.1:8080", publicUrl: "http://login.localhost:8080" }\n';
    const report = await check(`${SOUND.replace('listen:\n', `listen:\n${web}`)}${services}`);
    assert.deepEqual(report, { errors: [], warnings: [] });
  });

  it('names what is wrong in the schema files, with the line in them', async () => {
    writeFileSync(
      join(folder, 'broken.schema'),
      `${SCHEMA}objectclass ( 1.2.3.4 NAME 'labThing' SUP nothing MUST shoeSize )\n`,
    );
    const broken = await checkWith('site.schema', 'broken.schema');
    assert.match(
      broken.errors.join('\n'),
      /^realmgate\.yaml:3:\d+: directory\.schemaFiles: broken\.schema:3: .*(?:nothing|shoeSize)/m,
    );
    const missing = await checkWith('site.schema', 'missing.schema');
    assert.match(
      missing.errors.join('\n'),
      /^realmgate\.yaml:3:\d+: directory\.schemaFiles: cannot read .*missing\.schema/m,
    );
    writeFileSync(
      join(folder, 'odd.schema'),
      `${SCHEMA}attributetype ( 1.3.6.1.4.1.99999.1.2 NAME 'labOdd' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )\n`,
    );
    const odd = await checkWith('site.schema', 'odd.schema');
    assert.deepEqual(odd.errors, []);
    assert.match(odd.warnings.join('\n'), /directory\.schemaFiles: odd\.schema:3: .*labOdd/);
  });

  it('names attributes that the schema does not have', async () => {
    for (const [from, to, says] of [
      [
        'selfService: [ userPassword',
        'selfService: [ userPasswort',
        /:8:\d+: directory\.access\.selfService\[0\]: the schema has no attribute userPasswort: gives nothing/,
      ],
      [
        'attributes: [ mail ]',
        'attributes: [ male ]',
        /:10:\d+: directory\.access\.rules\[0\]\.attributes\[0\]: .* male/,
      ],
      ['(labBadge=*)', '(labBatch=*)', /directory\.access\.rules\[0\]\.filter: .* labBatch/],
      ['"cn=labs,', '"xn=labs,', /directory\.access\.rules\[0\]\.who\[0\]\.group: /],
      [
        'attribute: labBadge',
        'attribute: labBatch',
        /directory\.disabledWhen\[0\]\.attribute: .* labBatch: closes no account/,
      ],
    ] as const) {
      const { errors, warnings } = await checkWith(from, to);
      assert.deepEqual(errors, [], to);
      assert.match(warnings.join('\n'), says);
    }
    assert.match(
      (await checkWith('uidNumber, mail', 'uidNumber, male')).errors.join(),
      /:4:\d+: directory\.unique\[1\]: male is no attribute/,
    );
    assert.match(
      (await checkWith('suffix: "dc=', 'suffix: "dx=')).errors.join(),
      /directory\.suffix: has an attribute/,
    );
  });

  it('names a role that nobody can have', async () => {
    const { warnings } = await checkWith('{ role: chief }', '{ role: boss }');
    assert.match(warnings.join(), /:7:\d+: directory\.access\.administrators\[0\]\.role: there is no role boss/);
    const rule = await checkWith(
      'who: [ { group: "cn=labs,ou=Groups,dc=example,dc=org" } ]',
      'who: [ { role: boss } ]',
    );
    assert.match(rule.warnings.join(), /directory\.access\.rules\[0\]\.who\[0\]\.role: there is no role boss/);
  });

  it('says that roles come from a realm', async () => {
    const { warnings } = await checkWith('use: directory,', 'use: htpasswd, file: htpasswd,');
    assert.match(warnings.join(), /administrators\[0\]\.role: nobody has it: accounts have roles by a realm/);
  });

  it('names LDAP in clear beyond this machine', async () => {
    const clear = /:12:\d+: listen\.ldap\.address: clients may send passwords in clear: set requireTls/;
    for (const address of ['0.0.0.0:389', '192.0.2.1:389', '[::]:389', 'ldap.example.org:389']) {
      assert.match((await checkWith('127.0.0.1:3890', address)).warnings.join(), clear, address);
      const strict = await checkWith(/"127.0.0.1:3890"/, `"${address}", requireTls: true`);
      assert.deepEqual(strict.warnings, [], address);
    }
    for (const address of ['127.0.0.2:389', '[::1]:389', 'localhost:389']) {
      assert.deepEqual((await checkWith('127.0.0.1:3890', address)).warnings, [], address);
    }
  });

  it('names the realm of a listener that is not there, or does not ask the directory', async () => {
    const missing = await checkWith('realm: staff', 'realm: stuff');
    assert.match(missing.errors.join(), /:12:\d+: listen\.ldap\.realm: there is no realm stuff/);
    const other = await checkWith(
      '{ use: directory, flag: required, domain: local }',
      '{ use: htpasswd, flag: required, domain: local, file: htpasswd }',
    );
    assert.match(other.warnings.join(), /listen\.ldap\.realm: realm staff does not ask the directory/);
  });

  it('names certificates and blocklists that cannot be read', async () => {
    const tls = 'realm: staff, tls: { certificateFile: no.pem, keyFile: no.key }';
    assert.match((await checkWith('realm: staff', tls)).errors.join(), /:12:\d+: listen\.ldap\.tls: .*no\.(?:pem|key)/);
    const list = await checkWith('  unique:', '  passwords: { blocklistFile: no.txt }\n  unique:');
    assert.match(list.errors.join(), /:4:\d+: directory\.passwords\.blocklistFile: .*no\.txt/);
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
