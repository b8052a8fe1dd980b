/** The groups login module. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLogger } from '../../../src/base/index.ts';
import { GroupFileReader, groupsModule } from '../../../src/realm/modules/groups.ts';
import { readLines } from '../../../src/realm/modules/line-splitter.ts';
import { setVerifiedUser } from '../../../src/realm/modules/shared-state.ts';
import { keepingLogger, laterClock, logIn, runLogin, sourceFiles, started } from './module-run.ts';

/** With the line of the OMI seed as it stands. */
const FILE = `root:x:0:
omi_access_group:x:1001:root, SCX\\omi_test
adm:x:4:root,syslog
games:x:60:omi_test
empty:x:61:
`;

async function moduleOf(
  content: string,
  options: { domain?: string; memberDomain?: string } = {},
  logger = silentLogger,
) {
  const { file } = sourceFiles({ file: content });
  return started(groupsModule({ use: 'groups', file, ...options }, { clock: laterClock(), logger }));
}

function verified(domain: string, name: string): { shared: Map<string, unknown> } {
  const shared = new Map<string, unknown>();
  setVerifiedUser(shared, { domain, name });
  return { shared };
}

async function groupsOf(module: Awaited<ReturnType<typeof moduleOf>>, domain: string, name: string) {
  return (await logIn(module, {}, verified(domain, name))).principals;
}

describe('the groups module', () => {
  it("adds the groups of the seed's line to the users that it means", async () => {
    const module = await moduleOf(FILE);
    assert.deepEqual(await groupsOf(module, 'SCX', 'omi_test'), ['group:omi_access_group']);
    assert.deepEqual(await groupsOf(module, 'local', 'root'), ['group:omi_access_group', 'group:adm']);
    assert.deepEqual(await groupsOf(module, 'local', 'omi_test'), ['group:games']);
  });

  it('gives nothing to the same name of another login domain', async () => {
    const module = await moduleOf(FILE);
    for (const [domain, name] of [
      ['SCX', 'root'],
      ['campus', 'omi_test'],
      ['scx', 'omi_test'],
      ['SCX', 'OMI_TEST'],
      ['local', 'SCX\\omi_test'],
      ['local', '__proto__'],
      ['local', ''],
    ] as const) {
      assert.deepEqual(await groupsOf(module, domain, name), [], `${domain}\\${name}`);
    }
  });

  it('means the users of memberDomain by members without a domain, where that is configured', async () => {
    const module = await moduleOf(FILE, { domain: 'SCX', memberDomain: 'guests' });
    assert.equal(module.domain, 'SCX');
    assert.deepEqual(await groupsOf(module, 'guests', 'root'), ['group:omi_access_group', 'group:adm']);
    assert.deepEqual(await groupsOf(module, 'SCX', 'root'), []);
    assert.deepEqual(await groupsOf(module, 'local', 'root'), []);
    assert.equal((await moduleOf(FILE)).domain, 'local');
  });

  it('verifies nobody and lets nobody in', async () => {
    const module = await moduleOf(FILE);
    assert.equal(module.verifies, false);
    const alone = await logIn(module, { name: 'root', password: 'root' });
    assert.deepEqual(alone, { result: 'ignored', user: undefined, principals: [] });
  });

  it('finds the groups at commit, so that it may stand before the module that verifies', async () => {
    const run = await runLogin(await moduleOf(FILE), {});
    assert.equal(run.result, 'ignored');
    setVerifiedUser(run.shared, { domain: 'local', name: 'root' });
    assert.equal(await run.module.commit(), 'success');
    assert.equal(run.module.principals?.().length, 2);
    assert.equal(await run.module.abort({ failures: [] }), 'success');
    assert.deepEqual(run.module.principals?.(), []);
  });

  it('fails while its file could not be read: unknown membership is not none', async () => {
    const ports = { clock: laterClock(), logger: silentLogger };
    const module = await started(groupsModule({ use: 'groups', file: '/nonexistent' }, ports));
    assert.equal((await logIn(module, {}, verified('local', 'root'))).result, 'unavailable');
  });

  it('takes no file with a line that is none: a member of a denied group may stand there', async () => {
    for (const broken of [
      'games:x:60\n',
      'games:x:60:omi_test:\n',
      ':x:60:omi_test\n',
      '+::\n',
      `games:x:60:${'\u0001'}\n`,
    ]) {
      const { logger, lines } = keepingLogger();
      const module = await moduleOf(`root:x:0:\n${broken}adm:x:4:root\n`, {}, logger);
      assert.equal((await logIn(module, {}, verified('local', 'root'))).result, 'unavailable', broken);
      assert.match(JSON.stringify(lines), /line 2 /);
    }
  });

  it('says that blanks around a member do not count', async () => {
    const { logger, lines } = keepingLogger();
    await moduleOf(FILE, {}, logger);
    assert.match(JSON.stringify(lines), /blanks around a member/);
  });
});

describe('a group file', () => {
  const read = (text: string) => readLines(Buffer.from(text), new GroupFileReader('local'), 65_536);

  it('joins the lines of one group and leaves broken lines out', () => {
    const { content, findings } = read('a:x:1:u\na:x:2:v,u\n+::\nb:x:no:u\n:x:1:u\nc:x:3:u:w\n# d:x:4:u\ne:x:5:,u,\n');
    assert.deepEqual([...(content.get('local\\u') ?? [])], ['a', 'e']);
    assert.deepEqual([...(content.get('local\\v') ?? [])], ['a']);
    assert.deepEqual(
      findings.map(({ line }) => line),
      [3, 4, 5, 6],
    );
  });
});
