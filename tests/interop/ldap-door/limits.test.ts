/** What a connection may cost and how it ends: time, slow readers, many connections, a server that goes (RELIABILITY S34, S44, F21). */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemRandom } from '../../../src/base/index.ts';
import { makeSelfSigned } from '../../../src/ldap/door/tls/own-certificate.ts';
import { LdapDoor } from '../../../src/ldap/index.ts';
import { BONFIRE_SUFFIX } from '../../support/bonfire-tree.ts';
import { INTEROP_LDIF, OPERATOR } from '../../support/interop-tree.ts';
import { type DoorSite, type DoorSiteOptions, startDoorSite } from '../../support/ldap-door-site.ts';
import { noticeOf, RawConnection } from '../../support/ldap-raw-connection.ts';
import {
  bindRequest,
  deleteRequest,
  extendedRequest,
  filter,
  message,
  modifyRequest,
  searchRequest,
} from '../../support/ldap-wire.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const any = filter.present('objectClass');
const ROOT = searchRequest({ base: '', scope: 'base', filter: any, attributes: ['1.1'] });
const EVERYTHING = searchRequest({ base: BONFIRE_SUFFIX, scope: 'sub', filter: any });
const WHO_AM_I = extendedRequest('1.3.6.1.4.1.4203.1.11.3');
const SECOND = 1_000;
const DOOR = {
  version: '0',
  requireTls: false,
  certificateMap: 'subject',
  idle: 1_000,
  connectionsPerAddress: 10,
} as const;
const LARGE_ENTRIES = 100;
const LARGE_OCTETS = 100_000;

/** The tree with ten megabytes in it. */
const LARGE_LDIF = `${INTEROP_LDIF}${Array.from(
  { length: LARGE_ENTRIES },
  (_, index) =>
    `\ndn: ou=large${index},${BONFIRE_SUFFIX}\nobjectClass: organizationalUnit\nou: large${index}\ndescription: ${'x'.repeat(LARGE_OCTETS)}\n`,
).join('')}`;

async function start(test: TestContext, options: DoorSiteOptions = {}): Promise<DoorSite> {
  const site = await startDoorSite(options);
  test.after(() => site.close(0));
  return site;
}

async function bound(site: DoorSite): Promise<RawConnection> {
  const connection = await RawConnection.open(site.port);
  assert.equal(await connection.ask(bindRequest(OPERATOR.dn, OPERATOR.password), 900), 0);
  return connection;
}

/** Lets `seconds` pass at the door; what happened on the sockets is known afterwards. */
async function pass(clock: ManualClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) clock.advance(SECOND);
  await wait(20);
}

describe('time', () => {
  it('ends a connection that says nothing, not even in TLS, after 15 seconds', async (test) => {
    const clock = new ManualClock();
    const tls = makeSelfSigned({ names: ['localhost'], now: Date.now(), random: systemRandom });
    const site = await start(test, { clock, tls });
    const silent = [await RawConnection.open(site.port), await RawConnection.open(site.tlsPort)];
    await wait(20);
    await pass(clock, 14);
    assert.deepEqual(
      silent.map(({ hasEnded }) => hasEnded),
      [false, false],
    );
    await pass(clock, 3);
    assert.deepEqual(
      silent.map(({ hasEnded }) => hasEnded),
      [true, true],
    );
  });

  it('ends one whose message comes octet by octet, 15 seconds before the first and 60 before another', async (test) => {
    const clock = new ManualClock();
    const site = await start(test, { clock });
    const dribble = async (connection: RawConnection, seconds: number) => {
      const octets = message(1, searchRequest({ base: 'x'.repeat(200), scope: 'base', filter: any }));
      for (let second = 0; second < seconds && !connection.hasEnded; second += 1) {
        connection.send(octets.subarray(second, second + 1));
        await wait(2);
        clock.advance(SECOND);
      }
      await wait(20);
      return connection.hasEnded;
    };
    const first = await RawConnection.open(site.port);
    assert.equal(await dribble(first, 18), true);
    const second = await bound(site);
    assert.equal(await dribble(second, 50), false);
    const third = await bound(site);
    assert.equal(await dribble(third, 70), true);
  });

  it('ends an idle connection: soon when it is anonymous, later when it has bound', async (test) => {
    const clock = new ManualClock();
    const site = await start(test, { clock, door: { idle: 600 * SECOND } });
    const anonymous = await RawConnection.open(site.port);
    assert.equal(await anonymous.ask(ROOT), 0);
    const operator = await bound(site);
    await pass(clock, 100);
    assert.equal(anonymous.hasEnded, false);
    await pass(clock, 30);
    assert.equal(anonymous.hasEnded, true);
    await pass(clock, 400);
    assert.equal(await operator.ask(WHO_AM_I), 0);
    await pass(clock, 590);
    assert.equal(operator.hasEnded, false);
    await pass(clock, 20);
    assert.equal(operator.hasEnded, true);
  });
});

/** Octets that come in over a socket until it ends or `most` are there. */
const count = (socket: Socket, most: number) =>
  new Promise<number>((resolve) => {
    let octets = 0;
    socket.on('data', (chunk) => {
      octets += chunk.length;
      if (octets >= most) resolve(octets);
    });
    socket.on('close', () => resolve(octets));
    socket.on('error', () => resolve(octets));
  });

describe('time, when much is to be read,', () => {
  const clock = new ManualClock();
  let site: DoorSite;
  before(async () => {
    site = await startDoorSite({ clock, ldif: LARGE_LDIF });
  });
  after(() => site.close(0));

  it('ends a search at the limit of its client', async () => {
    const connection = await bound(site);
    connection.socket.pause();
    connection.send(message(1, searchRequest({ base: BONFIRE_SUFFIX, scope: 'sub', filter: any, timeLimit: 5 })));
    await wait(100);
    clock.advance(6 * SECOND);
    connection.socket.resume();
    assert.equal(await connection.outcome(1), 3);
  });

  it('cuts off a reader that takes nothing for half a minute', async () => {
    const reader = await bound(site);
    reader.socket.pause();
    reader.send(message(1, EVERYTHING));
    await wait(100);
    await pass(clock, 29);
    const other = await bound(site);
    await pass(clock, 3);
    const came = count(reader.socket, Number.POSITIVE_INFINITY);
    reader.socket.resume();
    assert.ok((await came) < LARGE_ENTRIES * LARGE_OCTETS, 'the rest was never made');
    assert.equal(await other.ask(WHO_AM_I), 0);
  });
});

describe('with ten megabytes to read', () => {
  let site: DoorSite;
  before(async () => {
    site = await startDoorSite({ ldif: LARGE_LDIF });
  });
  after(() => site.close(0));

  describe('a slow reader', () => {
    it('is answered as fast as it reads, and costs no memory for what it has not read', async () => {
      const before = process.memoryUsage().arrayBuffers;
      const readers = await Promise.all(Array.from({ length: 10 }, () => bound(site)));
      for (const reader of readers) {
        reader.socket.pause();
        for (let id = 1; id <= 10; id += 1) reader.send(message(id, EVERYTHING));
      }
      await wait(300);
      // A gigabyte was asked for: ten searches of ten megabytes on ten connections.
      const held = process.memoryUsage().arrayBuffers - before;
      assert.ok(held < 64e6, `${held} octets are held`);
      const other = await bound(site);
      assert.equal(await other.ask(WHO_AM_I), 0, 'others are served');
      const [reader] = readers;
      reader!.socket.removeAllListeners('data');
      const came = count(reader!.socket, 10 * LARGE_ENTRIES * LARGE_OCTETS);
      reader!.socket.resume();
      assert.ok((await came) >= 10 * LARGE_ENTRIES * LARGE_OCTETS);
      for (const each of readers) each.close();
    });

    it('gets every message whole, with the octets of another search in between on another connection', async () => {
      const [slow, quick] = [await bound(site), await bound(site)];
      slow.send(message(1, EVERYTHING));
      quick.send(message(2, EVERYTHING));
      slow.socket.pause();
      const blink = setInterval(() => {
        if (slow.socket.isPaused()) slow.socket.resume();
        else slow.socket.pause();
      }, 1);
      const entries = async (connection: RawConnection, id: number) => {
        let found = 0;
        for (;;) {
          const answer = (await connection.next())!;
          assert.equal(answer.id, id);
          if (answer.operation.tag !== 0x64) return found;
          found += 1;
        }
      };
      const [one, two] = await Promise.all([entries(slow, 1), entries(quick, 2)]);
      clearInterval(blink);
      assert.equal(one, two);
      assert.ok(one > LARGE_ENTRIES);
      for (const each of [slow, quick]) each.close();
    });
  });

  describe('a long search', () => {
    it('lets other connections have their turn', async () => {
      const [long, short] = [await bound(site), await bound(site)];
      let octets = 0;
      long.socket.removeAllListeners('data');
      long.socket.on('data', (chunk) => {
        octets += chunk.length;
      });
      for (let id = 1; id <= 20; id += 1) long.send(message(id, EVERYTHING));
      await wait(1);
      for (let id = 1; id <= 10; id += 1) assert.equal(await short.ask(WHO_AM_I, id), 0);
      assert.ok(octets < 20 * LARGE_ENTRIES * LARGE_OCTETS, 'the long one is not over');
      for (const each of [long, short]) each.close();
    });

    it('is abandoned, or canceled, while it runs', async () => {
      const connection = await bound(site);
      connection.socket.pause();
      connection.send(message(1, EVERYTHING));
      await wait(50);
      connection.send(message(2, Buffer.from('500101', 'hex')), message(3, WHO_AM_I));
      await wait(20);
      connection.socket.resume();
      const ids = new Set<number>();
      let found = 0;
      for (let id = 0; id !== 3; ) {
        id = (await connection.next())!.id;
        ids.add(id);
        found += 1;
      }
      assert.deepEqual([...ids], [1, 3]);
      assert.ok(found < LARGE_ENTRIES, 'the search went no further');

      connection.socket.pause();
      connection.send(message(4, EVERYTHING));
      await wait(50);
      connection.send(message(5, extendedRequest('1.3.6.1.1.8', Buffer.from('3003020104', 'hex'))));
      await wait(20);
      connection.socket.resume();
      assert.equal(await connection.outcome(4), 118);
      assert.equal(await connection.outcome(5), 0);
      connection.close();
    });
  });
});

describe('many connections', () => {
  it('of one address are closed beyond their number', async (test) => {
    const site = await start(test, { door: { connectionsPerAddress: 3 } });
    const three = await Promise.all(Array.from({ length: 3 }, () => bound(site)));
    const fourth = await RawConnection.open(site.port);
    assert.equal(await fourth.ask(ROOT).catch(() => 'closed'), 'closed');
    three[0]!.close();
    await wait(50);
    assert.equal(await (await RawConnection.open(site.port)).ask(ROOT), 0);
    for (const each of three) each.close();
  });

  it('make room for a newcomer: who has not bound, and has said nothing for the longest', async (test) => {
    const site = await start(test, { door: { connections: 4 } });
    const people = [await bound(site), await bound(site)];
    const quiet = await RawConnection.open(site.port);
    assert.equal(await quiet.ask(ROOT), 0);
    await wait(5);
    const lively = await RawConnection.open(site.port);
    assert.equal(await lively.ask(ROOT), 0);
    const newcomer = await bound(site);
    assert.deepEqual(await quiet.rest(), []);
    assert.equal(await lively.ask(ROOT, 2), 0);
    const another = await bound(site);
    assert.deepEqual(await lively.rest(), []);
    const turnedAway = await RawConnection.open(site.port);
    assert.equal(await turnedAway.ask(ROOT).catch(() => 'closed'), 'closed');
    for (const each of [...people, newcomer, another]) {
      assert.equal(await each.ask(WHO_AM_I), 0);
      each.close();
    }
  });

  it('come and go without leaving anything behind', async (test) => {
    const site = await start(test, { door: { connectionsPerAddress: 20 } });
    for (let round = 0; round < 100; round += 1) {
      const sockets = await Promise.all(
        Array.from({ length: 10 }, async (_, index) => {
          const connection = await RawConnection.open(site.port);
          if (index % 3 === 0) connection.send(message(1, ROOT).subarray(0, 9));
          if (index % 3 === 1) connection.send(message(1, ROOT));
          return connection;
        }),
      );
      for (const each of sockets) each.close();
      await wait(1);
    }
    await wait(50);
    assert.equal(await (await bound(site)).ask(WHO_AM_I), 0);
  });
});

describe('a door that closes', () => {
  it('tells every client, lets what is under way end, and takes nobody new', async () => {
    const site = await startDoorSite();
    const idle = await bound(site);
    const fresh = await RawConnection.open(site.port);
    const writing = await bound(site);
    const change = { operation: 'replace', attribute: 'o', values: ['x'] } as const;
    writing.send(message(1, modifyRequest(BONFIRE_SUFFIX, [change])), message(2, deleteRequest('cn=x')));
    await wait(1);
    const closed = site.door.close(5_000);
    assert.deepEqual((await idle.rest()).map(noticeOf), [52]);
    assert.deepEqual((await fresh.rest()).map(noticeOf), [52]);
    const answers = await writing.rest();
    assert.equal(noticeOf(answers.at(-1)!), 52);
    assert.equal(answers[0]?.id, 1, 'the change that was under way is answered');
    await closed;
    await assert.rejects(RawConnection.open(site.port));
    await site.close();
  });

  it('cuts off who does not read when its patience is over', async () => {
    const site = await startDoorSite({ ldif: LARGE_LDIF });
    const reader = await bound(site);
    reader.socket.pause();
    reader.send(message(1, EVERYTHING));
    await wait(100);
    const began = performance.now();
    await site.door.close(300);
    assert.ok(performance.now() - began < 3_000);
    reader.close();
    await site.close();
  });

  it('that cannot listen, or has no certificate for LDAPS, is an error with a code', async (test) => {
    const site = await start(test);
    const other = new LdapDoor(site.ports, { ...DOOR, tls: undefined, scheme: 'ldap' });
    await assert.rejects(other.listen({ host: '127.0.0.1', port: site.port }), { code: 'LDAP_LISTEN' });
    await other.close(0);
    assert.throws(() => new LdapDoor(site.ports, { ...DOOR, tls: undefined, scheme: 'ldaps' }), { code: 'LDAP_TLS' });
  });
});
