/** Editing in place: what changes, and that nothing else does. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import {
  appendKey,
  type EditResult,
  type EditTarget,
  formatKeyPath,
  formatProblem,
  getKey,
  listKeys,
  parseKeyPath,
  removeKey,
  secretShape,
  setKey,
} from '../../src/config/index.ts';
import { replaceFile } from '../../src/config/replace-file.ts';
import { EXAMPLE, exampleSchema, temporaryFolder, writeFiles } from './example.ts';

const anything = z.record(z.string(), z.unknown());

function targetOf(
  test: TestContext,
  files: Readonly<Record<string, string>>,
  schema: z.ZodType = exampleSchema,
): EditTarget {
  const folder = writeFiles(temporaryFolder(test), files);
  return { paths: Object.keys(files).map((name) => join(folder, name)), environment: {}, schema };
}

/** The text of the file after an edit that must succeed. */
async function edited(
  test: TestContext,
  text: string,
  act: (target: EditTarget) => Promise<EditResult>,
  schema: z.ZodType = anything,
): Promise<string> {
  const target = targetOf(test, { 'realmgate.yaml': text }, schema);
  const result = await act(target);
  assert.equal(result.kind, 'changed', JSON.stringify(result));
  return readFileSync(target.paths[0]!, 'utf8');
}

async function refusal(result: Promise<EditResult>): Promise<string[]> {
  const refused = await result;
  assert.ok(refused.kind === 'refused', JSON.stringify(refused));
  return refused.problems.map(formatProblem);
}

describe('setting a key', () => {
  it('changes nothing but the value', async (t) => {
    const cases: [key: string, value: string, from: string, to: string][] = [
      ['workers', '4', 'workers: 2\n', 'workers: 4\n'],
      [
        'data',
        '/var/lib/realmgate',
        'data: ./var                       # keys',
        'data: /var/lib/realmgate                       # keys',
      ],
      ['listen.web.address', ':8443', '"127.0.0.1:8080", publicUrl', '":8443", publicUrl'],
      ['trustedProxies[0]', '10.0.0.0/8', '"127.0.0.1/32"', '"10.0.0.0/8"'],
      ['domains.SCX.dns', 'b.example', 'dns: scx.example.org }', 'dns: b.example }'],
      ['realms.staff.modules[0].failures', '3', 'failures: 5', 'failures: 3'],
      [
        'realms.staff.modules[1].urls',
        '["ldap://x"]',
        '[ "ldaps://ldap1.campus.example", "ldaps://ldap2.campus.example" ]',
        '[ ldap://x ]',
      ],
      [
        'realms.staff.modules[1].userFilter',
        '(uid={name})',
        '"(&(objectClass=inetOrgPerson)(uid={name}))"',
        '"(uid={name})"',
      ],
      ['services.portal.authorizedGroups[1]', 'SCX\\a b', "'campus\\labs'", "'SCX\\a b'"],
      ['services.portal.unauthorizedGroups[0]', 'guests', '- games', '- guests'],
    ];
    for (const [key, value, from, to] of cases) {
      assert.equal(EXAMPLE.split(from).length, 2, from);
      const text = await edited(t, EXAMPLE, (target) => setKey(target, key, value), exampleSchema);
      assert.equal(
        text,
        EXAMPLE.replace(from, () => to),
        key,
      );
    }
  });

  it('makes new keys beside their siblings, in the style of the map', async (t) => {
    const cases: [key: string, value: string, after: string, made: string][] = [
      ['uploads', '10MiB', '      - games\n', 'uploads: 10MiB\n'],
      ['listen.web.compress', 'true', 'publicUrl: "http://127.0.0.1:8080"', ', compress: true'],
      ['domains.LAB', '{ dns: lab.example }', '# SCX\\adm = adm@scx.example.org\n', '  LAB: { dns: lab.example }\n'],
      ['realms.staff.modules[1].bindDn', 'cn=reader,dc=x', '(uid={name}))"\n', '        bindDn: "cn=reader,dc=x"\n'],
      ['services."a.b".realm', 'staff', '      - games\n', '  a.b: { realm: staff }\n'],
    ];
    for (const [key, value, after, made] of cases) {
      const text = await edited(t, EXAMPLE, (target) => setKey(target, key, value), exampleSchema);
      assert.equal(
        text,
        EXAMPLE.replace(after, () => after + made),
        key,
      );
    }
  });

  it('turns blocks into lines and lines into blocks', async (t) => {
    const text =
      'a: # why\n  b: 1 # one\n  c: 2 # two\n# d is next\nd:\n  - x\n  - y\n\ne: |\n  long\n  text\n\nf: 1\n';
    const set = (key: string, value: string) => edited(t, text, (target) => setKey(target, key, value));
    assert.equal(await set('a', '5'), text.replace(/a: # why\n.*\n.*\n/, 'a: 5 # why\n'));
    assert.equal(
      await set('a', '{ x: 1, y: [ 2 ] }'),
      text.replace(/ {2}b: 1 # one\n {2}c: 2/, '  x: 1\n  y:\n    - 2'),
    );
    assert.equal(await set('d', '[]'), text.replace('d:\n  - x\n  - y\n', 'd: []\n'));
    assert.equal(await set('d', '[z]'), text.replace('  - x\n  - y\n', '  - z\n'));
    assert.equal(await set('e', 'short'), text.replace('|\n  long\n  text', 'short'));
    assert.equal(await set('f', '"two\\nlines"'), text.replace('f: 1', 'f: "two\\nlines"'));
    const names = Array.from({ length: 30 }, (_, n) => `name${n}`);
    assert.equal(await set('g', `[${names}]`), `${text}g:\n${names.map((name) => `  - ${name}\n`).join('')}`);
  });

  it('fills empty values, empty files and files without a last line end', async (t) => {
    const set = (text: string, key: string, value: string) => edited(t, text, (target) => setKey(target, key, value));
    assert.equal(await set('a:\nb: 1\n', 'a.x.y', '1'), 'a: { x: { y: 1 } }\nb: 1\n');
    assert.equal(await set('a: # later\nb: 1\n', 'a', '[ x ]'), 'a: [ x ] # later\nb: 1\n');
    assert.equal(await set('l:\n  -\n  - 2\n', 'l[0]', '1'), 'l:\n  - 1\n  - 2\n');
    assert.equal(await set('', 'a.b', '1'), 'a: { b: 1 }\n');
    assert.equal(await set('# only words', 'a', '1'), '# only words\na: 1\n');
    assert.equal(await set('a: 1', 'b', '2'), 'a: 1\nb: 2');
    assert.equal(await set('a: {}\n', 'a.b', 'c'), 'a: { b: c }\n');
    assert.equal(await set('a: { }\n', 'a.b', 'c'), 'a: { b: c }\n');
    assert.equal(await set('a: b\r\nc:\r\n  d: e\r\n', 'c.f', 'g'), 'a: b\r\nc:\r\n  d: e\r\n  f: g\r\n');
    assert.equal(await set('\ufeffa: 1\n', 'a', '2'), '\ufeffa: 2\n');
    assert.equal(await set('a: 1\n', 'true', 'yes'), 'a: 1\ntrue: yes\n');
    assert.equal(await set('a: 1\n', '"b c"', '5m'), 'a: 1\n"b c": 5m\n');
    assert.equal(await set('- { a: 1 }\n'.replace('- ', 'k: '), 'k.b', '"x, y"'), 'k: { a: 1, b: "x, y" }\n');
  });

  it('says when the value is there already', async (t) => {
    const target = targetOf(t, { 'realmgate.yaml': EXAMPLE });
    assert.deepEqual(await setKey(target, 'workers', '2'), { kind: 'unchanged', file: target.paths[0] });
    assert.equal(readFileSync(target.paths[0]!, 'utf8'), EXAMPLE);
  });
});

describe('appending', () => {
  it('adds to lists in either style', async (t) => {
    const append = (key: string, value: string) =>
      edited(t, EXAMPLE, (target) => appendKey(target, key, value), exampleSchema);
    assert.equal(await append('trustedProxies', '::1'), EXAMPLE.replace('/32"', '/32", ::1'));
    assert.equal(
      await append('services.portal.unauthorizedGroups', 'x'),
      EXAMPLE.replace('- games\n', '- games\n      - x\n'),
    );
    const module = '{ use: htpasswd, flag: optional, domain: more, file: /etc/more }';
    const last = 'file: htpasswd }\n';
    assert.equal(await append('realms.staff.modules', module), EXAMPLE.replace(last, `${last}      - ${module}\n`));
    const long = `{ use: ldap, flag: optional, domain: d, urls: [ "ldaps://${'a'.repeat(60)}.example" ] }`;
    const block = `      - use: ldap\n        flag: optional\n        domain: d\n        urls:\n          - ldaps://${'a'.repeat(60)}.example\n`;
    assert.equal(await append('realms.staff.modules', long), EXAMPLE.replace(last, last + block));
  });

  it('makes the list when there is none', async (t) => {
    const append = (text: string, value: string) => edited(t, text, (target) => appendKey(target, 'a', value));
    assert.equal(await append('b: 1\n', 'x'), 'b: 1\na: [ x ]\n');
    assert.equal(await append('a:\n', 'x'), 'a: [ x ]\n');
    assert.equal(await append('a: []\n', 'x'), 'a: [ x ]\n');
    assert.equal(await append('a: [ x, ] # c\n', 'y'), 'a: [ x, y, ] # c\n');
    assert.equal(await append('a: [ # c\n  x # d\n]\n', 'y'), 'a: [ # c\n  x, y # d\n]\n');
    assert.equal(await append('a:\n- x # c\n# d\n', 'y'), 'a:\n- x # c\n- y\n# d\n');
  });

  it('refuses what is no list', async (t) => {
    const target = targetOf(t, { 'a.yaml': 'a: { b: 1 }\n' }, anything);
    assert.deepEqual(await refusal(appendKey(target, 'a', 'x')), [`${target.paths[0]}:1:4: a: a is not a list`]);
  });
});

describe('removing', () => {
  it('takes out the lines of the key alone', async (t) => {
    const cases: [key: string, from: string, to: string][] = [
      ['workers', 'workers: 2\n', ''],
      ['domains', 'domains:\n  SCX: { dns: scx.example.org }   # SCX\\adm = adm@scx.example.org\n', ''],
      ['domains.SCX', '\n  SCX: { dns: scx.example.org }   # SCX\\adm = adm@scx.example.org\n', ' {}\n'],
      ['realms.staff.sessions.idle', 'idle: 30m, ', ''],
      ['realms.staff.sessions.hours', ', hours: "Mon-Fri 09:00-17:00 Europe/Brussels"', ''],
      [
        'realms.staff.modules[0]',
        '      - { use: lockout, flag: requisite, failures: 5, within: 5m, lock: 30m }\n',
        '',
      ],
      ['realms.staff.modules[1].userFilter', '        userFilter: "(&(objectClass=inetOrgPerson)(uid={name}))"\n', ''],
      ['realms.staff.modules[1].urls[0]', '"ldaps://ldap1.campus.example", ', ''],
      ['realms.staff.modules[1].urls[1]', ', "ldaps://ldap2.campus.example"', ''],
      ['services.portal.unauthorizedGroups[0]', '\n      - games\n', ' []\n'],
      ['trustedProxies[0]', '[ "127.0.0.1/32" ]', '[]'],
    ];
    for (const [key, from, to] of cases) {
      const text = await edited(t, EXAMPLE, (target) => removeKey(target, key), exampleSchema);
      assert.equal(
        text,
        EXAMPLE.replace(from, () => to),
        key,
      );
    }
  });

  it('keeps what shares a line or stands between', async (t) => {
    const remove = (text: string, key: string) => edited(t, text, (target) => removeKey(target, key));
    assert.equal(await remove('l:\n  - a: 1 # one\n    # two\n    b: 2\n', 'l[0].a'), 'l:\n  - # two\n    b: 2\n');
    assert.equal(await remove('l:\n  - a: 1\n    b: 2\n', 'l[0].a'), 'l:\n  - b: 2\n');
    assert.equal(
      await remove('l: [ a, # one\n     b, # two\n     c # three\n   ]\n', 'l[1]'),
      'l: [ a, # one\n     c # three\n   ]\n',
    );
    assert.equal(await remove('l: [ a, # one\n     b # two\n   ]\n', 'l[1]'), 'l: [ a, # one\n   ]\n');
    assert.equal(await remove('# above\na: 1\n# between\nb: 2\n', 'a'), '# above\n# between\nb: 2\n');
    assert.equal(await remove('a: 1\nb: |\n  x\n\n\nc: 2\n', 'b'), 'a: 1\n\n\nc: 2\n');
    assert.equal(await remove('a: 1', 'a'), '');
  });

  it('tells what is not there', async (t) => {
    const target = targetOf(t, { 'realmgate.yaml': EXAMPLE });
    assert.deepEqual(await removeKey(target, 'uploads'), { kind: 'absent' });
    assert.deepEqual(await getKey(target, 'services.none'), { kind: 'absent' });
  });
});

describe('an edit', () => {
  it('that would make the configuration invalid is refused with the place in the result', async (t) => {
    const target = targetOf(t, { 'realmgate.yaml': EXAMPLE });
    const file = target.paths[0];
    assert.deepEqual(await refusal(setKey(target, 'workers', 'many')), [
      `${file}:4:10: workers: must be a number, not text`,
    ]);
    assert.deepEqual(await refusal(setKey(target, 'listen.web.adress', 'x')), [
      `${file}:7:74: listen.web: unknown key "adress"; did you mean "address"?`,
    ]);
    assert.deepEqual(await refusal(removeKey(target, 'listen.web.publicUrl')), [
      `${file}:7:3: listen.web.publicUrl: is missing; it must be text`,
    ]);
    assert.equal(readFileSync(target.paths[0]!, 'utf8'), EXAMPLE);
  });

  it('that leads nowhere says why', async (t) => {
    const target = targetOf(t, { 'a.yaml': 'a: 1\nl: [ x ]\nm: { k: v }\nz: &z { q: 1 }\ny: *z\n' }, anything);
    const file = target.paths[0];
    assert.deepEqual(await refusal(setKey(target, 'a.b', '1')), [
      `${file}:1:1: a.b: a is a single value and holds no keys`,
    ]);
    assert.deepEqual(await refusal(setKey(target, 'l.b', '1')), [
      `${file}:2:1: l.b: l is a list; name an item of it as l[0]`,
    ]);
    assert.deepEqual(await refusal(setKey(target, 'l[1]', '1')), [
      `${file}:2:1: l[1]: l has 1 items, counted from 0; append to it to add one`,
    ]);
    assert.deepEqual(await refusal(setKey(target, 'm[0]', '1')), [`${file}:3:1: m[0]: m is a map and has no item 0`]);
    assert.deepEqual(await refusal(setKey(target, 'n[0]', '1')), [
      `${file}:1:1: n[0]: n is no list yet; make it by appending to it`,
    ]);
    for (const key of ['y.q', 'z.q']) {
      const [problem] = await refusal(setKey(target, key, '2'));
      assert.match(problem ?? '', /cannot be changed here without changing something else; edit the file by hand$/);
    }
    assert.deepEqual(await refusal(setKey(target, '', '1')), [
      'key: "" is no key path; write one such as realms.staff.modules[1].urls',
    ]);
    assert.match((await refusal(setKey(target, 'a', '[ 1')))[0] ?? '', /^value:1:\d+: is not YAML here/);
    assert.match((await refusal(setKey(target, 'a', '!x 1')))[0] ?? '', /^value:1:1: the tag "!x" is not supported/);
    assert.match((await refusal(setKey(target, 'a', '{ __proto__: 1 }')))[0] ?? '', /"__proto__" cannot be a key/);
    assert.match((await refusal(setKey(target, '__proto__.x', '1')))[0] ?? '', /cannot be changed here/);
  });

  it('goes to the file that holds the key, else to the last', async (t) => {
    const target = targetOf(t, {
      'a.yaml': 'workers: 1\nservices: { a: { realm: x } }\n',
      'b.yaml': 'store: sqlite\n',
    });
    const [a, b] = target.paths as [string, string];
    const fileOf = async (result: Promise<EditResult>) => {
      const changed = await result;
      return changed.kind === 'changed' ? changed.file : changed;
    };
    assert.equal(await fileOf(setKey(target, 'workers', '2')), a);
    assert.equal(await fileOf(setKey(target, 'services.a.authorizedGroups', '[ g ]')), b);
    assert.equal(await fileOf(appendKey(target, 'services.a.authorizedGroups', 'h')), b);
    assert.equal(await fileOf(setKey(target, 'uploads', '1KiB')), b);
    assert.equal(await fileOf(setKey(target, 'services.a.realm', 'y')), a);
    writeFileSync(b, 'workers: 5\n');
    const removed = await removeKey(target, 'workers');
    assert.ok(removed.kind === 'changed' && removed.file === b);
    assert.deepEqual(removed.alsoIn, [a]);
  });

  it('adds a key to an item in the file of the list', async (t) => {
    const target = targetOf(t, { 'a.yaml': EXAMPLE, 'b.yaml': 'workers: 3\n' });
    const result = await setKey(target, 'realms.staff.modules[1].bindDn', 'cn=x');
    assert.ok(result.kind === 'changed' && result.file === target.paths[0]);
  });

  it('shows what it would do and writes nothing when asked for a dry run', async (t) => {
    const target = targetOf(t, { 'realmgate.yaml': EXAMPLE });
    const file = target.paths[0]!;
    const result = await setKey(target, 'workers', '4', { dryRun: true });
    assert.ok(result.kind === 'changed');
    assert.equal(
      result.preview,
      [
        `--- ${file}`,
        `+++ ${file}`,
        '@@ -1,7 +1,7 @@',
        ' # Realmgate at the example site',
        ' data: ./var                       # keys, store and audit trail',
        ' store: sqlite',
        '-workers: 2',
        '+workers: 4',
        ' listen:',
        '   ldap: { address: "127.0.0.1:3890" }',
        '   web:  { address: "127.0.0.1:8080", publicUrl: "http://127.0.0.1:8080" }',
        '',
      ].join('\n'),
    );
    assert.equal(readFileSync(file, 'utf8'), EXAMPLE);
    const appended = await appendKey(target, 'services.portal.unauthorizedGroups', 'x', { dryRun: true });
    assert.match(appended.kind === 'changed' ? appended.preview : '', /@@ -28,3 \+28,4 @@\n(?: .*\n){3}\+ {6}- x\n$/);
  });

  it('never shows a secret', async (t) => {
    const schema = z.strictObject({ a: z.number(), ...secretShape('token', 'a token'), b: z.number() });
    const target = targetOf(t, { 'a.yaml': 'a: 1\ntoken: |\n  hunter2\n  hunter3\nb: 1\n' }, schema);
    const shown = await getKey(target, 'token');
    assert.equal(shown.kind === 'found' && shown.value, '[secret]');
    assert.equal((await getKey(target, '')).kind === 'found', true);
    const results = [
      await getKey(target, ''),
      await setKey(target, 'a', '2'),
      await setKey(target, 'token', 'hunter4'),
    ];
    assert.doesNotMatch(JSON.stringify(results), /hunter/);
    const changed = results[2];
    assert.match(changed?.kind === 'changed' ? changed.preview : '', /-token: \[secret\]\n-\n-\n\+token: \[secret\]\n/);
    assert.match(readFileSync(target.paths[0]!, 'utf8'), /^token: hunter4$/m);
  });

  it('never shows one that is in the wrong form, under a misspelled key, or in a URL', async (t) => {
    const schema = z.strictObject({ a: z.string().optional(), ...secretShape('token', 'a token') });
    for (const text of [
      'token: [ hunter2 ]\n',
      'token: { hunter2: 1 }\n',
      'token:\n  x: { y: hunter2 }\n',
      'tokn: hunter2\n',
      'tokn: [ x, { y: hunter2 } ]\n',
      'a: ldap://reader:hunter2@host/\n',
    ]) {
      const target = targetOf(t, { 'a.yaml': text }, schema);
      const shown = [
        await getKey(target, ''),
        await getKey(target, text.slice(0, text.indexOf(':'))),
        await listKeys(target),
      ];
      assert.doesNotMatch(JSON.stringify(shown), /hunter/, text);
      assert.match(JSON.stringify(shown), /\[secret\]/, text);
    }
  });
});

describe('reading keys', () => {
  it('gives the value that the files say, with its place', async (t) => {
    const target = targetOf(t, { 'a.yaml': EXAMPLE, 'b.yaml': 'workers: 7\n' });
    const [a, b] = target.paths as [string, string];
    assert.deepEqual(await getKey(target, 'workers'), {
      kind: 'found',
      key: 'workers',
      value: '7',
      file: b,
      line: 1,
      column: 10,
    });
    assert.deepEqual(await getKey(target, 'services.portal.unauthorizedGroups'), {
      kind: 'found',
      key: 'services.portal.unauthorizedGroups',
      value: '- games',
      file: a,
      line: 30,
      column: 7,
    });
  });

  it('lists the keys that are set', async (t) => {
    const target = targetOf(t, { 'realmgate.yaml': EXAMPLE });
    const listed = await listKeys(target, 'realms.staff');
    assert.ok(listed.kind === 'listed');
    const keys = listed.keys.map(({ key, line }) => `${key} ${line}`);
    assert.deepEqual(keys.slice(0, 7), [
      'realms.staff.modules[0].use 15',
      'realms.staff.modules[0].flag 15',
      'realms.staff.modules[0].failures 15',
      'realms.staff.modules[0].within 15',
      'realms.staff.modules[0].lock 15',
      'realms.staff.modules[1].use 16',
      'realms.staff.modules[1].flag 17',
    ]);
    const all = await listKeys(target);
    assert.ok(all.kind === 'listed' && all.keys.some(({ key }) => key === 'services.portal.authorizedGroups'));
  });
});

describe('replacing the file', () => {
  it('keeps mode, owner and link, and leaves nothing behind', async (t) => {
    const folder = writeFiles(temporaryFolder(t), { 'real/a.yaml': 'workers: 1\n' });
    const [real, link] = [join(folder, 'real/a.yaml'), join(folder, 'link.yaml')];
    symlinkSync('real/a.yaml', link);
    chmodSync(real, 0o640);
    if (process.getuid?.() === 0) chownSync(real, 12_345, 23_456);
    const before = statSync(real);
    const result = await setKey({ paths: [link], environment: {}, schema: exampleSchema }, 'workers', '2');
    assert.equal(result.kind, 'changed');
    const after = statSync(real);
    assert.deepEqual([after.mode, after.uid, after.gid], [before.mode, before.uid, before.gid]);
    assert.ok(lstatSync(link).isSymbolicLink());
    assert.equal(readFileSync(real, 'utf8'), 'workers: 2\n');
    assert.deepEqual(readdirSync(join(folder, 'real')), ['a.yaml']);
  });

  it('is refused when the file changed in between, is gone, or is being edited', async (t) => {
    const folder = writeFiles(temporaryFolder(t), { a: 'new\n', '.b.edit': '', b: 'x' });
    const replace = (name: string) => replaceFile(join(folder, name), Buffer.from('old\n'), Buffer.from('mine\n'));
    assert.deepEqual(await replace('a'), {
      kind: 'refused',
      reason: 'was changed by somebody else meanwhile; try again',
    });
    assert.equal(readFileSync(join(folder, 'a'), 'utf8'), 'new\n');
    assert.deepEqual(await replace('c'), { kind: 'refused', reason: 'does not exist; check the path' });
    const reason = `is being edited by somebody else; if nobody is, remove ${join(folder, '.b.edit')}`;
    assert.deepEqual(await replace('b'), { kind: 'refused', reason });
    assert.deepEqual(readdirSync(folder), ['.b.edit', 'a', 'b']);
  });

  it('loses no edit when several are made at once', async (t) => {
    const target = targetOf(t, { 'a.yaml': 'l: []\n' }, anything);
    const results = await Promise.all(Array.from({ length: 10 }, (_, n) => appendKey(target, 'l', String(n))));
    const made = results.filter((result) => result.kind === 'changed').length;
    const shown = await getKey(target, 'l');
    assert.ok(made >= 1 && shown.kind === 'found');
    assert.equal(shown.value.split('\n').length, made);
  });
});

describe('key paths', () => {
  it('read what they write', () => {
    const segment = fc.oneof(
      fc.string({ minLength: 1, maxLength: 8 }),
      fc.nat(99),
      fc.constantFrom('a.b', 'x[1]', '"', '__proto__'),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (path) => {
        assert.deepEqual(parseKeyPath(formatKeyPath(path)), path);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it('refuse what is no path', () => {
    for (const text of [
      '.',
      'a.',
      '.a',
      'a..b',
      'a[',
      'a[x]',
      'a[-1]',
      'a]b',
      'a b',
      '"a',
      '"a"b',
      'a."',
      '"\\x"',
      '""',
      'a[1]b',
    ]) {
      assert.equal(parseKeyPath(text), undefined, text);
    }
    assert.deepEqual(parseKeyPath('realms.staff.modules[1].urls'), ['realms', 'staff', 'modules', 1, 'urls']);
    assert.deepEqual(parseKeyPath('roles."a.b"[0]'), ['roles', 'a.b', 0]);
  });
});
