/** Loading: order of sources, positions, messages. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { z } from 'zod';
import { type LoadResult, loadConfiguration, mapOf, path, secretShape } from '../../src/config/index.ts';
import { EXAMPLE, exampleSchema, lines, loadText, temporaryFolder, writeFiles } from './example.ts';

function loaded<T>(result: LoadResult<T>): T {
  assert.ok(result.kind === 'loaded', result.kind === 'refused' ? lines(result.problems).join('\n') : '');
  return result.value;
}

async function problemsOf(test: TestContext, text: string, schema: z.ZodType = exampleSchema): Promise<string[]> {
  const result = await loadText(test, text, schema);
  assert.equal(result.kind, 'refused');
  return result.kind === 'refused' ? lines(result.problems) : [];
}

describe('loading', () => {
  it('yields the typed value of a file', async (t) => {
    const folder = writeFiles(temporaryFolder(t), { 'realmgate.yaml': EXAMPLE });
    const file = join(folder, 'realmgate.yaml');
    const result = await loadConfiguration({ paths: [file], environment: {}, schema: exampleSchema });
    const value = loaded(result);
    assert.equal(value.data, join(folder, 'var'));
    assert.deepEqual(value.listen?.web?.address, { host: '127.0.0.1', port: 8080 });
    const [lockout, ldap, htpasswd] = value.realms.get('staff')?.modules ?? [];
    assert.ok(lockout?.use === 'lockout' && lockout.within === 300_000);
    assert.ok(ldap?.use === 'ldap' && ldap.fallThrough === 'always');
    assert.ok(htpasswd?.use === 'htpasswd' && htpasswd.file === join(folder, 'htpasswd'));
    assert.deepEqual(value.services.get('portal')?.authorizedGroups, ['SCX\\scx local admins', 'campus\\labs']);
    assert.deepEqual(result.sources, { files: [file], folders: [], secretFiles: [] });
    if (result.kind === 'loaded') {
      const problem = result.problemAt(['services', 'portal', 'realm'], 'names no realm');
      assert.deepEqual([problem.line, problem.column, problem.path], [25, 12, 'services.portal.realm']);
    }
  });

  it('takes an empty file for an empty map', async (t) => {
    for (const text of ['', '\n', '# nothing\n', '---\n', '\ufeff# BOM\n']) {
      assert.equal(loaded(await loadText(t, text, exampleSchema)).workers, 1);
    }
  });

  it('reads a byte order mark and CRLF line ends', async (t) => {
    assert.equal(loaded(await loadText(t, '\ufeffworkers: 3\r\nstore: sqlite\r\n', exampleSchema)).workers, 3);
  });

  it('shares what an anchor names', async (t) => {
    const schema = z.strictObject({ a: z.array(z.string()), b: z.array(z.string()) });
    assert.deepEqual(loaded(await loadText(t, 'a: &groups [ x, y ]\nb: *groups\n', schema)), {
      a: ['x', 'y'],
      b: ['x', 'y'],
    });
  });

  it('reads 200 lines in less than 50 ms', async (t) => {
    const service = (n: number) =>
      `  s${n}:\n    realm: staff\n    match: { host: s${n}.example.org }\n    authorizedGroups: [ a, b ]\n`;
    const text = EXAMPLE + Array.from({ length: 43 }, (_, n) => service(n)).join('');
    assert.ok(text.split('\n').length > 200);
    const spans: number[] = [];
    for (let run = 0; run < 5; run++) {
      const start = process.threadCpuUsage();
      loaded(await loadText(t, text, exampleSchema));
      const { user, system } = process.threadCpuUsage(start);
      spans.push((user + system) / 1000);
    }
    assert.ok(Math.min(...spans) < 50, `took ${spans.map(Math.round).join(', ')} ms`);
  });
});

describe('several files', () => {
  it('merges maps deeply, later files over earlier ones, and replaces lists', async (t) => {
    const folder = writeFiles(temporaryFolder(t), {
      'a.yaml': 'workers: 1\ntrustedProxies: [ 10.0.0.0/8, "::1" ]\nlisten: { ldap: { address: ":1" } }\n',
      'b.yaml': 'workers: 2\ntrustedProxies: [ 127.0.0.1 ]\nlisten: { web: { address: ":2", publicUrl: u } }\n',
    });
    const paths = [join(folder, 'a.yaml'), join(folder, 'b.yaml')];
    const value = loaded(await loadConfiguration({ paths, environment: {}, schema: exampleSchema }));
    assert.equal(value.workers, 2);
    assert.deepEqual(
      value.trustedProxies.map((range) => range.text),
      ['127.0.0.1/32'],
    );
    assert.deepEqual([value.listen?.ldap?.address.port, value.listen?.web?.address.port], [1, 2]);
    const reversed = await loadConfiguration({ paths: paths.toReversed(), environment: {}, schema: exampleSchema });
    assert.equal(loaded(reversed).workers, 1);
  });

  it('reads a folder in the order of its names, without hidden and foreign files', async (t) => {
    const folder = writeFiles(temporaryFolder(t), {
      '10-base.yaml': 'workers: 1\nstore: sqlite\n',
      '20-site.yml': 'workers: 2\n',
      '.99-editor.yaml': 'workers: [',
      'notes.txt': 'workers: [',
      'sub/99.yaml': 'workers: [',
    });
    const result = await loadConfiguration({ paths: [folder], environment: {}, schema: exampleSchema });
    assert.equal(loaded(result).workers, 2);
    assert.deepEqual(result.sources.files, [join(folder, '10-base.yaml'), join(folder, '20-site.yml')]);
    assert.deepEqual(result.sources.folders, [folder]);
  });

  it('resolves a path from the folder of the file that holds it', async (t) => {
    const folder = writeFiles(temporaryFolder(t), { 'one/a.yaml': 'a: x\nb: x\n', 'two/b.yaml': 'b: ../y\nc: /abs\n' });
    const schema = z.strictObject({ a: path(), b: path(), c: path() });
    const paths = [join(folder, 'one'), join(folder, 'two/b.yaml')];
    const value = loaded(await loadConfiguration({ paths, environment: {}, schema }));
    assert.deepEqual(value, { a: join(folder, 'one/x'), b: join(folder, 'y'), c: '/abs' });
  });

  it('resolves a default path like a written one, also below maps that are left out', async (t) => {
    const folder = writeFiles(temporaryFolder(t), { 'a.yaml': 'b: {}\n', 'sub/b.yaml': 'c: { d: {} }\n' });
    const inner = z.strictObject({
      file: path().prefault('./x'),
      log: path().default('log/y'),
      none: path().optional(),
    });
    const schema = z.strictObject({
      a: inner.prefault({}),
      b: z.strictObject({ deep: inner.prefault({}) }),
      c: mapOf(inner),
    });
    const paths = [join(folder, 'a.yaml'), join(folder, 'sub/b.yaml')];
    const value = loaded(await loadConfiguration({ paths, environment: {}, schema }));
    const top = { file: join(folder, 'x'), log: join(folder, 'log/y') };
    assert.deepEqual([value.a, value.b.deep], [top, top]);
    assert.deepEqual(value.c.get('d'), { file: join(folder, 'sub/x'), log: join(folder, 'sub/log/y') });
  });

  it('names the file of each problem, in the order of reading', async (t) => {
    const folder = writeFiles(temporaryFolder(t), { 'a.yaml': 'workers: x\n', 'b.yaml': 'store: 5\nwrokers: 1\n' });
    const result = await loadConfiguration({ paths: [folder], environment: {}, schema: exampleSchema });
    assert.ok(result.kind === 'refused');
    assert.deepEqual(
      result.problems.map(({ file, line }) => [file, line]),
      [
        [join(folder, 'a.yaml'), 1],
        [join(folder, 'b.yaml'), 1],
        [join(folder, 'b.yaml'), 2],
      ],
    );
  });

  it('refuses a missing file, an empty folder and a device, each by its name', async (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, 'empty'));
    const paths = [join(folder, 'absent.yaml'), join(folder, 'empty'), '/dev/null'];
    for (const [path, message] of [
      [paths[0]!, 'does not exist; check the path'],
      [paths[1]!, 'holds no *.yaml or *.yml file'],
      [paths[2]!, 'is not a regular file'],
    ] as const) {
      const result = await loadConfiguration({ paths: [path], environment: {}, schema: exampleSchema });
      assert.ok(result.kind === 'refused');
      assert.deepEqual(result.problems, [{ file: path, line: 0, column: 0, path: '', message }]);
    }
  });
});

describe('problems', () => {
  it('point at the unknown key and suggest the nearest known one', async (t) => {
    assert.deepEqual(
      await problemsOf(t, 'workers: 1\nlisten:\n  web: { adress: ":1", publicUrl: u, address: ":1" }\n'),
      ['3:10 listen.web: unknown key "adress"; did you mean "address"?'],
    );
    assert.deepEqual(await problemsOf(t, 'trusted-proxies: []\n'), [
      '1:1 : unknown key "trusted-proxies"; did you mean "trustedProxies"?',
    ]);
    assert.deepEqual(await problemsOf(t, 'domains: { X: { zzz: 1, dns: d } }\n'), [
      '1:17 domains.X: unknown key "zzz"; known keys are dns',
    ]);
  });

  it('find an unknown key also where a schema would drop it', async (t) => {
    const schema = z.object({ allow: z.array(z.string()).optional(), deny: z.array(z.string()).optional() });
    assert.deepEqual(await problemsOf(t, 'allow: [ a ]\ndenny: [ b ]\n', schema), [
      '2:1 : unknown key "denny"; did you mean "deny"?',
    ]);
  });

  it('know the keys of the alternative that is meant', async (t) => {
    const text =
      'realms:\n  staff:\n    modules:\n      - { use: htpasswd, flag: required, domain: d, file: f, urls: [ x ] }\n';
    assert.deepEqual(await problemsOf(t, text), [
      '4:62 realms.staff.modules[0]: unknown key "urls"; known keys are domain, file, flag, use',
    ]);
  });

  it('point at wrong values and say what was wanted', async (t) => {
    const text = [
      'workers: many',
      'store: [ ]',
      'listen: { web: { address: 8080, publicUrl: 5, compress: "yes" } }',
      'trustedProxies: 10.0.0.0/8',
      'domains: { X: }',
      'realms:',
      '  staff:',
      '    modules:',
      '      - { use: ldpa, flag: required }',
      '      - { use: lockout, flag: requierd, failures: 0, within: 5, lock: 1.5 }',
      'services: { portal: { realm: 1.5, match: { path: / } } }',
      '',
    ].join('\n');
    assert.deepEqual(await problemsOf(t, text), [
      '1:10 workers: must be a number, not text',
      '2:8 store: must be "sqlite", or text',
      '3:27 listen.web.address: must be an address such as 127.0.0.1:8080, [::1]:8080 or :8080',
      '3:44 listen.web.publicUrl: must be text, not a number; put it in quotes',
      '3:57 listen.web.compress: must be true or false, not text',
      '4:17 trustedProxies: must be a list, not text',
      '5:12 domains.X: must be a map of keys, and here is nothing',
      '9:16 realms.staff.modules[0].use: must be one of "lockout", "ldap", "htpasswd", not "ldpa"; did you mean "ldap"?',
      '10:31 realms.staff.modules[1].flag: must be one of "required", "requisite", "sufficient", "optional", not "requierd"; did you mean "required"?',
      '10:51 realms.staff.modules[1].failures: must be at least 1',
      '10:62 realms.staff.modules[1].within: must be a duration such as 250ms, 90s, 5m, 12h or 1d',
      '10:71 realms.staff.modules[1].lock: must be a duration such as 250ms, 90s, 5m, 12h or 1d',
      '11:30 services.portal.realm: must be text, not a number; put it in quotes',
      '11:35 services.portal.match.host: is missing; it must be text',
    ]);
  });

  it('point at a duplicate key and at the first', async (t) => {
    assert.deepEqual(await problemsOf(t, 'workers: 1\nstore: sqlite\nworkers: 2\n"workers": 3\n'), [
      '3:1 workers: duplicate key "workers", first on line 1; remove one',
      '4:1 workers: duplicate key "workers", first on line 1; remove one',
    ]);
  });

  it('point at broken YAML', async (t) => {
    const [first] = await problemsOf(t, 'workers: 1\nlisten: { web: \n');
    assert.match(
      first ?? '',
      /^2:16 : is not YAML here: flow map in block collection must be sufficiently indented and end with a }/,
    );
    assert.match((await problemsOf(t, 'a: 1\n\tb: 2\n'))[0] ?? '', /^2:1 : is not YAML here: tabs/i);
    assert.deepEqual(await problemsOf(t, 'workers: 1\n---\nworkers: 2\n'), [
      '2:1 : a second document begins here; keep one document a file',
    ]);
    assert.deepEqual(await problemsOf(t, '%YAML 1.1\n---\nworkers: 1\n'), [
      '1:1 : YAML directives are not supported; remove the line',
    ]);
    assert.deepEqual(await problemsOf(t, 'workers: 1\nstore: "a\u0007b"\n'), [
      '2:10 : holds the control character U+0007, which YAML does not allow; remove it',
    ]);
    assert.deepEqual(await problemsOf(t, '- a\n'), ['1:1 : must be a map of keys at the top, such as "listen: ..."']);
  });

  it('refuse tags, merge keys, unnamed keys and unknown anchors', async (t) => {
    const schema = z.strictObject({ a: z.unknown(), b: z.unknown(), c: z.unknown() });
    for (const tag of ['!js/function', '!!binary', '!!omap', '!!set', '!<tag:yaml.org,2002:js>', '!']) {
      const message = `2:4 : the tag "${tag}" is not supported; remove it`;
      assert.deepEqual(await problemsOf(t, `a: "!x" # !y\nb: ${tag} x\n`, schema), [message]);
    }
    assert.deepEqual(loaded(await loadText(t, 'a: !!str 5\nb: !!int 5\nc: a !x', schema)), { a: '5', b: 5, c: 'a !x' });
    assert.deepEqual(await problemsOf(t, 'a: &x { k: 1 }\nb: { <<: *x }\n? [ 1 ]\n: 2\nc: *y\n', schema), [
      '2:6 b: merge keys ("<<") are not supported; write the keys out',
      '3:3 : a key must be plain text; quote it when it holds special characters',
      '5:4 c: no anchor "y" stands before this alias',
    ]);
  });

  it('refuse text that is not UTF-8, with its line', async (t) => {
    const file = join(temporaryFolder(t), 'latin1.yaml');
    writeFileSync(file, Buffer.from('workers: 1\nstore: "caf\xe9"\n', 'latin1'));
    const result = await loadConfiguration({ paths: [file], environment: {}, schema: exampleSchema });
    assert.ok(result.kind === 'refused');
    assert.deepEqual(lines(result.problems), ['2:12 : is not UTF-8 text here; save the file as UTF-8']);
  });

  it('keep a name with special characters on one line', async (t) => {
    assert.deepEqual(await problemsOf(t, 'domains: { "a.b\\n": { dns: 5 } }\n'), [
      '1:28 domains."a.b\\n".dns: must be text, not a number; put it in quotes',
    ]);
  });
});

describe('environment', () => {
  const load = (t: TestContext, environment: Record<string, string>, text = EXAMPLE) =>
    loadText(t, text, exampleSchema, environment);

  it('wins over the file, which wins over the default', async (t) => {
    assert.equal(loaded(await load(t, {}, '')).workers, 1);
    assert.equal(loaded(await load(t, {}, 'workers: 2\n')).workers, 2);
    assert.equal(loaded(await load(t, { REALMGATE__WORKERS: '3' }, 'workers: 2\n')).workers, 3);
  });

  it('reaches any scalar of a map, whatever the case, and makes maps on the way', async (t) => {
    const value = loaded(
      await load(t, {
        REALMGATE__LISTEN__LDAP__ADDRESS: '127.0.0.1:1389',
        REALMGATE__Listen__Web__publicUrl: 'https://x',
        REALMGATE__LISTEN__WEB__COMPRESS: 'true',
        REALMGATE__DOMAINS__SCX__DNS: '5',
        REALMGATE__REALMS__STAFF__SESSIONS__IDLE: '1h',
        REALMGATE__UPLOADS: '1024',
        REALMGATE_OTHER: 'x',
        PATH: '/bin',
      }),
    );
    assert.equal(value.listen?.ldap?.address.port, 1389);
    assert.deepEqual([value.listen?.web?.publicUrl, value.listen?.web?.compress], ['https://x', true]);
    assert.equal(value.domains.get('SCX')?.dns, '5');
    assert.equal(value.realms.get('staff')?.sessions?.idle, 3_600_000);
    assert.equal(value.uploads, 1024);
    assert.equal(loaded(await load(t, { REALMGATE__LISTEN__LDAP__ADDRESS: ':5' }, '')).listen?.ldap?.address.port, 5);
  });

  it('names the variable that sets nothing, a list, a map, or the same as another', async (t) => {
    const result = await load(t, {
      REALMGATE__TRUSTEDPROXIES: '127.0.0.1',
      REALMGATE__LISTEN__WEB: 'x',
      REALMGATE__LISTEN__LDAB__ADDRESS: ':1',
      REALMGATE__REALMS__STAFF__MODULES__0__FLAG: 'optional',
      REALMGATE__DOMAINS__NEW__DNS: 'x',
      REALMGATE__WORKERS: 'many',
      REALMGATE__Store: 'sqlite',
      REALMGATE__STORE: 'sqlite',
      REALMGATE__: 'x',
    });
    assert.ok(result.kind === 'refused');
    const told = new Map(
      result.problems.map(({ file, path, message }) => [file, [path, message].filter(Boolean).join(': ')]),
    );
    assert.deepEqual(Object.fromEntries(told), {
      REALMGATE__: 'sets nothing: the configuration has no key like ""; new names are made in a file',
      REALMGATE__DOMAINS__NEW__DNS: 'sets nothing: domains has no key like "NEW"; new names are made in a file',
      REALMGATE__LISTEN__LDAB__ADDRESS: 'sets nothing: listen has no key like "LDAB"; did you mean "ldap"?',
      REALMGATE__LISTEN__WEB: 'listen.web is a map; set one of its keys',
      REALMGATE__REALMS__STAFF__MODULES__0__FLAG: 'realms.staff.modules is a list; lists are set in a file',
      REALMGATE__Store: 'sets store, which REALMGATE__STORE sets too; remove one',
      REALMGATE__TRUSTEDPROXIES: 'trustedProxies is a list; lists are set in a file',
      REALMGATE__WORKERS: 'workers: must be a number, not text',
    });
  });

  it('reaches names with characters that a variable cannot hold', async (t) => {
    const schema = z.strictObject({ services: mapOf(z.strictObject({ realm: z.string() })) });
    const text = 'services: { my-app.example: { realm: a } }\n';
    const value = loaded(await loadText(t, text, schema, { REALMGATE__SERVICES__MY_APP_EXAMPLE__REALM: 'b' }));
    assert.equal(value.services.get('my-app.example')?.realm, 'b');
  });
});

describe('secrets from files', () => {
  const schema = z.strictObject({ bindDn: z.string().optional(), ...secretShape('bindPassword', 'the password') });
  const secretOf = (result: LoadResult<z.output<typeof schema>>) => loaded(result).bindPassword?.reveal();

  async function load(
    test: TestContext,
    files: Record<string, string>,
    environment: Record<string, string> = {},
    mode = 0o600,
  ) {
    const folder = writeFiles(temporaryFolder(test), files);
    for (const name of Object.keys(files)) chmodSync(join(folder, name), mode);
    return { folder, result: await loadConfiguration({ paths: [join(folder, 'a.yaml')], environment, schema }) };
  }

  it('are read, one trailing newline cut', async (t) => {
    for (const [content, secret] of [
      ['hunter2\n', 'hunter2'],
      ['hunter2\r\n', 'hunter2'],
      ['hunter2', 'hunter2'],
      [' two\nlines\n\n', ' two\nlines\n'],
    ] as const) {
      const { folder, result } = await load(t, { 'a.yaml': 'bindPasswordFile: s\n', s: content });
      assert.equal(secretOf(result), secret);
      assert.deepEqual(result.sources.secretFiles, [join(folder, 's')]);
      assert.deepEqual(result.kind === 'loaded' && result.warnings, []);
    }
  });

  it('warn when every user may read the file', async (t) => {
    const { folder, result } = await load(t, { 'a.yaml': 'bindPasswordFile: s\n', s: 'x' }, {}, 0o644);
    assert.ok(result.kind === 'loaded');
    const advice = `the file "${join(folder, 's')}" may be read by every user (mode 0644); run chmod o-rwx on it`;
    assert.deepEqual(lines(result.warnings), [`1:19 bindPasswordFile: ${advice}`]);
  });

  it('are refused when missing, empty, too large, not text or no file, with the line of the key', async (t) => {
    const wrong: [Record<string, string>, RegExp][] = [
      [{}, /^2:19 bindPasswordFile: the file that is named here does not exist; check the path$/],
      [{ s: '' }, /^2:19 bindPasswordFile: the file "[^"]+" is empty; put the secret into it$/],
      [{ s: '\n' }, /is empty; put the secret into it$/],
      [{ s: 'x'.repeat(65_537) }, /is larger than 65536 octets$/],
      [{ 's/x': '' }, /is not a regular file$/],
    ];
    for (const [files, message] of wrong) {
      const { result } = await load(t, { 'a.yaml': 'bindDn: x\nbindPasswordFile: s\n', ...files }, {}, 0o700);
      assert.ok(result.kind === 'refused');
      assert.equal(result.problems.length, 1);
      assert.match(lines(result.problems)[0] ?? '', message);
      assert.equal(result.sources.secretFiles.length, 1);
    }
    const { result } = await load(t, { 'a.yaml': 'bindPasswordFile: 5\n' });
    assert.deepEqual(result.kind === 'refused' && lines(result.problems), [
      '1:19 bindPasswordFile: must be the path of a file that holds the secret',
    ]);
  });

  it('are read below a union, where the alternative is meant', async (t) => {
    const folder = writeFiles(temporaryFolder(t), {
      'a.yaml':
        'realms:\n  r:\n    modules:\n      - { use: ldap, flag: required, domain: d, urls: [ u ], bindPasswordFile: s }\n',
      s: 'hunter2\n',
    });
    const result = await loadConfiguration({ paths: [join(folder, 'a.yaml')], environment: {}, schema: exampleSchema });
    const [module] = loaded(result).realms.get('r')?.modules ?? [];
    assert.equal(module?.use === 'ldap' && module.bindPassword?.reveal(), 'hunter2');
  });

  it('exclude the literal in the same file, and replace the one of an earlier source', async (t) => {
    const both = await load(t, { 'a.yaml': 'bindPassword: x\nbindPasswordFile: s\n', s: 'y' });
    assert.deepEqual(both.result.kind === 'refused' && lines(both.result.problems), [
      '2:1 bindPasswordFile: contradicts "bindPassword" on line 1; keep one of the two',
    ]);
    const files = { 'a.yaml': 'bindPasswordFile: s\n', s: 'from file' };
    assert.equal(
      secretOf((await load(t, files, { REALMGATE__BINDPASSWORD: 'from variable' })).result),
      'from variable',
    );
    const { folder } = await load(t, { 'a.yaml': 'bindPassword: literal\n', s: 'from file' });
    const environment = { REALMGATE__BINDPASSWORDFILE: join(folder, 's') };
    assert.equal(
      secretOf(await loadConfiguration({ paths: [join(folder, 'a.yaml')], environment, schema })),
      'from file',
    );
  });

  it('never appear in a problem', async (t) => {
    const text = 'bindPassword: hunter2\nbindPasswordFile: s\nbindDn: [ ]\nbindPasword: hunter2\n';
    const { result } = await load(t, { 'a.yaml': text, s: 'hunter2' });
    assert.ok(result.kind === 'refused' && result.problems.length === 3);
    assert.doesNotMatch(JSON.stringify(result), /hunter2/);
  });
});
