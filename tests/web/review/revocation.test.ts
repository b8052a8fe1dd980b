/** Revoking ends all that was named, whatever goes wrong with one of it, and says when there was nothing to end. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { lockDataFolder } from '../../../src/store/index.ts';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { labConfiguration, labFiles, PASSWORDS } from '../../support/lab-site.ts';
import { TestBrowser, titleOf } from '../../support/test-browser.ts';
import { WholeServer } from '../../support/whole-server.ts';

let backEnd: EchoBackEnd;
let server: WholeServer;
before(async () => {
  backEnd = await EchoBackEnd.start();
  server = await WholeServer.start({ configuration: labConfiguration({ upstream: backEnd.url }), files: labFiles() });
});
after(async () => {
  await server.close().catch(() => {}); // the store was closed under it
  await backEnd.stop();
});

describe('closing', () => {
  it('closes the audit trail and frees the data folder also when the store fails', async () => {
    const other = await WholeServer.start({
      configuration: labConfiguration({ upstream: backEnd.url }),
      files: labFiles(),
    });
    try {
      await new TestBrowser().logIn(other.at('app'), 'bob', PASSWORDS.bob);
      const { store, folder } = other.installation;
      await store.close();
      await assert.rejects(other.stop());
      lockDataFolder(folder).release();
    } finally {
      await other.close().catch(() => {});
    }
  });
});

describe('session revoke', () => {
  it('says that there is no such session, or no such user', async () => {
    for (const named of [['nope'], ['--user', 'nobody']]) {
      const { code, stderr } = await server.command('session', 'revoke', ...named);
      assert.deepEqual([code, /no live session.*session list/.test(stderr)], [1, true]);
    }
  });

  it('ends every session of a user also while the store takes nothing', async () => {
    const browsers = [new TestBrowser(), new TestBrowser(), new TestBrowser()];
    for (const browser of browsers) await browser.logIn(server.at('app'), 'bob', PASSWORDS.bob);
    await server.installation.store.close();
    const { code, stderr } = await server.command('session', 'revoke', '--user', 'bob');
    assert.deepEqual([code !== 0, stderr !== ''], [true, true]);
    for (const browser of browsers) {
      assert.match(titleOf(await browser.visit(server.at('app'))), /^Log in/);
    }
  });
});
