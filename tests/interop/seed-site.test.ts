/**
 * The virtual host of the BonFIRE seed with Realmgate in Apache's place: the configuration of
 * docs/integrations/bonfire-portal.md, a real slapd with ou=People and cn=Portal,ou=Hosts, an htpasswd file second.
 *
 * Two hosts differ in `fallThrough` alone: portal.localhost as documented (unknown-user), always.localhost (always).
 * The htpasswd file knows bob, and an alice with another password. Expectations: spec/bonfire.md 4.3.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { BONFIRE_LDIF, BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from '../support/bonfire-tree.ts';
import { adapted, fencedBlock } from '../support/documented.ts';
import { freePort } from '../support/free-port.ts';
import { askGuarded, basic, type GuardedAnswer, guardedApp } from '../support/guarded-app.ts';
import { htpasswdLine, RealmgateSite } from '../support/realmgate-site.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { Slapd } from '../support/slapd.ts';

const ALICE = ['alice', 'alice-secret'] as const;
const ALICE_OF_THE_FILE = ['alice', 'alice-file-secret'] as const;
const BOB = ['bob', 'bob-secret'] as const;

describe("the seed's virtual host with Realmgate in Apache's place", { timeout: 120_000 }, () => {
  let slapd: Slapd;
  let application: ServerProcess;
  let site: RealmgateSite;

  before(async () => {
    slapd = await Slapd.start({ suffix: BONFIRE_SUFFIX, ldif: BONFIRE_LDIF, readers: [PORTAL_DN] });
    application = await guardedApp();
    const port = await freePort();
    const documented = adapted(fencedBlock('bonfire-portal.md', 'yaml'), {
      '127.0.0.1:8080': `127.0.0.1:${port}`,
      '127.0.0.1:8082': `127.0.0.1:${application.port}`,
      'portal.example.org:8080': `portal.localhost:${port}`,
      'portal.example.org': 'portal.localhost',
      'ldap://10.0.0.30': slapd.url,
    });
    const always = adapted(documented.slice(documented.indexOf('realms:')), {
      'fallThrough: unknown-user': 'fallThrough: always',
      'secured-area': 'always-area',
      'portal:': 'always:',
      'portal.localhost': 'always.localhost',
    });
    site = await RealmgateSite.start({
      port,
      files: {
        'portal.yaml': documented,
        'second.yaml': always,
        'portal-password': `${PORTAL_PASSWORD}\n`,
        htpasswd: htpasswdLine(...BOB) + htpasswdLine(...ALICE_OF_THE_FILE),
      },
    });
  });

  after(async () => {
    await site?.stop();
    await application?.stop();
    await slapd?.close();
  });

  const ask = (host: 'portal' | 'always', credentials?: readonly [string, string]): Promise<GuardedAnswer> =>
    askGuarded(`http://${host}.localhost:${site.port}/idm/`, credentials && { headers: basic(...credentials) });

  const assertIn = ({ status, received, body }: GuardedAnswer, name: string) => {
    assert.equal(status, 200, body);
    assert.deepEqual(received?.get('x-bonfire-asserted-id'), [name]);
    assert.equal(received?.get('authorization'), undefined, 'the password stays here');
  };

  const assertWrong = ({ status, headers }: GuardedAnswer) => {
    assert.equal(status, 401);
    assert.match(String(headers['www-authenticate']), /^Basic /);
  };

  /** 503 with an id, and what `realmgate explain` says of it. */
  const unavailable = async ({ status, headers, body }: GuardedAnswer): Promise<string> => {
    assert.equal(status, 503, body);
    assert.equal(headers['www-authenticate'], undefined, 'no browser asks for the password again');
    const id = String(headers['x-realmgate-id']);
    assert.ok(body.includes(id), body);
    const { code, stdout, stderr } = await site.command('explain', id);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  /** A directory that failed is tried again within seconds; until then the answer is 503 and nothing else. */
  const onceItAnswers = async (host: 'portal' | 'always', credentials: readonly [string, string]) => {
    let answer = await ask(host, credentials);
    for (let tries = 0; answer.status === 503 && tries < 50; tries += 1) {
      await wait(100);
      answer = await ask(host, credentials);
    }
    return answer;
  };

  it('lets alice of the directory and bob of the file in by Basic, each asserted by name', async () => {
    for (const host of ['portal', 'always'] as const) {
      assertIn(await ask(host, ALICE), 'alice');
      assertIn(await ask(host, BOB), 'bob');
    }
  });

  it('asks everybody else for a login', async () => {
    for (const host of ['portal', 'always'] as const) {
      assertWrong(await ask(host));
      assertWrong(await ask(host, ['alice', 'wrong']));
      assertWrong(await ask(host, ['alice', '']));
      assertWrong(await ask(host, ['bob', 'wrong']));
      assertWrong(await ask(host, ['nobody', 'alice-secret']));
      assertWrong(await ask(host, ['*', 'alice-secret']));
    }
  });

  it("asks the file about a wrong password of the directory in JAAS's way, and not in Apache's", async () => {
    assertWrong(await ask('portal', ALICE_OF_THE_FILE));
    assertIn(await ask('always', ALICE_OF_THE_FILE), 'alice');
  });

  it('says in Basic the realm that the seed names', async () => {
    assert.equal((await ask('portal')).headers['www-authenticate'], 'Basic realm="secured-area", charset="UTF-8"');
    const elsewhere = await askGuarded(`http://portal.localhost:${site.port}/`, { headers: basic(...ALICE) });
    assert.equal(elsewhere.status, 404, 'the seed guards /idm/ and nothing else');
  });

  it('answers 503, never "wrong password", while the directory is down, and works again without a restart', async () => {
    await slapd.stop('SIGKILL');
    assert.match(await unavailable(await ask('portal', ALICE)), /unavailable/);
    assert.match(await unavailable(await ask('always', ALICE)), /unavailable/);
    assert.match(await unavailable(await ask('portal', BOB)), /unavailable/, 'an outage is final');
    assert.match(await unavailable(await ask('portal', ['alice', 'wrong'])), /unavailable/);
    assert.match(await unavailable(await ask('always', ['nobody', 'x'])), /unavailable/);
    assertIn(await ask('always', BOB), 'bob');
    assertIn(await ask('always', ALICE_OF_THE_FILE), 'alice');

    await slapd.start();
    for (const host of ['portal', 'always'] as const) assertIn(await onceItAnswers(host, ALICE), 'alice');
    assertIn(await ask('portal', BOB), 'bob');
    assertWrong(await ask('portal', ['alice', 'wrong']));
  });

  it('answers 503 in a bounded time while the directory hangs', async () => {
    slapd.pause();
    try {
      const began = performance.now();
      await unavailable(await ask('portal', ALICE));
      assert.ok(performance.now() - began < 15_000);
    } finally {
      slapd.resume();
    }
    assertIn(await onceItAnswers('portal', ALICE), 'alice');
  });
});
