/** What the command line answers to what is wrong: exit codes that scripts can rely on, and lines that say what to do. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { labConfiguration, labFiles } from '../support/lab-site.ts';
import { runCommand } from '../support/whole-server.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
let folder: string;
let file: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'realmgate-cli-'));
  file = join(folder, 'realmgate.yaml');
  const configuration = labConfiguration({ upstream: 'http://127.0.0.1:9' }).replaceAll('PORT', '18080');
  for (const [name, text] of Object.entries({ ...labFiles(), 'realmgate.yaml': configuration })) {
    writeFileSync(join(folder, name), text);
  }
});

after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: readonly string[]) => runCommand(['--config', file, ...args], 'x');

describe('a command line that is wrong', () => {
  const wrong: readonly (readonly [args: string, says: RegExp])[] = [
    ['nonsense', /unknown command 'nonsense'/],
    ['sesion', /unknown command 'sesion'\n\(Did you mean session\?\)/],
    ['session nonsense', /unknown command 'nonsense'/],
    ['explain', /missing required argument 'id'/],
    ['explain a b', /too many arguments/],
    ['explain --nonsense a', /unknown option '--nonsense'/],
    ['--nonsense', /unknown option/],
    ['--output xml session list', /Allowed choices are table, json/],
    ['login test', /required option '--service <name>'/],
    ['login test --service app --user alice', /--password-stdin, so that it stays out of the process list/],
    ['session revoke', /name a session or --user; `realmgate session list` shows them/],
    ['session list --user', /argument missing/],
    ['config get', /missing required argument 'key'/],
    ['config set a', /missing required argument 'value'/],
    [
      'audit search --since yesterday',
      /'--since <when>' argument 'yesterday' is invalid\. Write an instant or a span such as 2h/,
    ],
    ['audit search --until -', /'--until <when>' argument '-' is invalid/],
    ['audit search --limit 0', /Write a number from 1 to 10000/],
    ['audit search --limit x', /Write a number from 1 to 10000/],
    ['audit search --limit 10001', /Write a number from 1 to 10000/],
    ['audit search --outcome nonsense', /Allowed choices are authenticated, refused/],
    ['audit verify --head x', /Write the id of a record/],
    ['password verify', /missing required argument 'stored'/],
  ];
  for (const [args, says] of wrong) {
    it(`is 2 and says why: ${args}`, async () => {
      const { code, stdout, stderr } = await run(...args.split(' '));
      assert.equal(code, 2, stderr);
      assert.match(stderr, says);
      assert.equal(stdout, '');
    });
  }

  it('is 2 without any command, and shows what there is', async () => {
    const { code, stderr } = await runCommand([]);
    assert.equal(code, 2);
    for (const command of ['serve', 'check', 'explain', 'login', 'session', 'config', 'audit']) {
      assert.match(stderr, new RegExp(`\\n {2}${command}\\b`));
    }
  });

  it('says where to read on', async () => {
    assert.match((await run('nonsense')).stderr, /`realmgate --help` lists the commands/);
  });
});

describe('help', () => {
  it('is 0, on standard output, for every command', async () => {
    for (const args of [['--help'], ['help'], ['session', '--help'], ['config', 'set', '--help'], ['--version']]) {
      const { code, stdout, stderr } = await runCommand(args);
      assert.deepEqual([code, stderr], [0, ''], args.join(' '));
      assert.ok(stdout.length > 3);
    }
  });
});

describe('a command that cannot do what it is asked', () => {
  it('is 1 and names the place', async () => {
    for (const [args, says] of [
      ['explain x', /x/],
      ['config get a..b', /"a\.\.b" is no key path; write one such as/],
      ['config get nothing.here', /no file has the key nothing\.here; `realmgate config keys` lists/],
      ['config remove nothing', /nothing to remove/],
      ['config set listen 5', /realmgate\.yaml:\d+:\d+: listen: must be a map of keys, not a number/],
      [
        'config set realms.staff.modules[0].failurs 3',
        /realmgate\.yaml:\d+:\d+: realms\.staff\.modules\[0\]: unknown key "failurs"; did you mean "failures"/,
      ],
      ['config append services x', /services is not a list/],
      ['login test --service nowhere --user x --password-stdin', /no service is called nowhere/],
      ['session revoke nobody', /no live session/],
    ] as const) {
      const before = readFileSync(file, 'utf8');
      const { code, stdout, stderr } = await run(...args.split(' '));
      assert.equal(code, 1, `${args}: ${stdout}${stderr}`);
      assert.match(stderr, says, args);
      assert.equal(readFileSync(file, 'utf8'), before);
    }
  });

  it('is 1 for a configuration that is refused, with every problem at its line', async () => {
    const broken = join(folder, 'broken.yaml');
    writeFileSync(broken, 'realms:\n  staff:\n    modules: [ { use: nonsense } ]\nlistn: {}\n');
    for (const args of [['check'], ['session', 'list'], ['explain', 'x']]) {
      const { code, stdout, stderr } = await runCommand(['--config', broken, ...args]);
      assert.equal(code, 1);
      assert.match(stdout + stderr, /broken\.yaml:3:\d+: realms\.staff\.modules\[0\]\.use/);
      assert.match(stdout + stderr, /broken\.yaml:4:1: unknown key "listn"; did you mean "listen"/);
    }
    const { code, stdout } = await runCommand(['--config', join(folder, 'missing.yaml'), 'check']);
    assert.equal(code, 1);
    assert.match(stdout, /missing\.yaml: does not exist/);
  });

  it('is 3 while another process has the data folder and does not answer', async () => {
    const args = [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, '..', 'store', 'holding-process.ts'),
    ];
    const holder = spawn(process.execPath, [...args, join(folder, 'data')], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(holder.stdout, 'data');
      const { code, stderr } = await run('session', 'list');
      assert.equal(code, 3, stderr);
      assert.match(stderr, /STORE_LOCKED/);
    } finally {
      const gone = once(holder, 'exit');
      holder.kill('SIGKILL');
      await gone;
    }
  });
});

describe('a reader that stops reading', () => {
  it('ends a command without an error', async () => {
    const args = ['--disable-warning=ExperimentalWarning', MAIN, 'config', 'schema'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (data) => {
      errors += data.toString();
    });
    child.stdout.destroy();
    const [code] = (await once(child, 'exit')) as [number];
    assert.deepEqual([code, errors], [0, '']);
  });
});
