/** Sessions: how long they live, across hosts, restarts and clocks that are set. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Subject } from '../../src/access/index.ts';
import { CodedError, systemRandom } from '../../src/base/index.ts';
import {
  parseOfficeHours,
  type SessionEnd,
  type SessionPolicy,
  SessionRegistry,
  tokenDigest,
} from '../../src/realm/index.ts';
import { openSqliteStore, type Store } from '../../src/store/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const POLICY: SessionPolicy = { idle: 30 * MINUTE, maximum: 12 * HOUR, validators: [] };
const HOST = 'login.example.org';

const subject = (name: string, domain = 'local'): Subject => ({
  realm: 'staff',
  domain,
  name,
  principals: [{ type: 'user', name, domain, module: '1:source', aliases: ['__proto__'] }],
  wrapped: [{ wraps: 'domain', domain, principal: { type: 'user', name, domain, module: '1:source' } }],
});
const login = (name = 'alice') => ({ subject: subject(name), attempt: 'attempt-1', host: HOST, client: '192.0.2.1' });

let folder: string;
let clock: ManualClock;
let store: Store;
let registry: SessionRegistry;

const open = async (policy: SessionPolicy | undefined = POLICY) => {
  registry = await SessionRegistry.open({ store, clock, random: systemRandom });
  registry.adopt(new Map(policy === undefined ? [] : [['staff', policy]]));
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'realmgate-sessions-'));
  clock = new ManualClock(Date.UTC(2026, 10, 20, 9, 0, 0));
  store = await openSqliteStore({ folder, clock });
  await open();
});

afterEach(async () => {
  await registry.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const restart = async (policy: SessionPolicy = POLICY) => {
  await registry.close();
  await store.close();
  store = await openSqliteStore({ folder, clock });
  await open(policy);
};

const stored = async (): Promise<readonly string[]> => {
  const records: string[] = [];
  for await (const { value } of store.list('sessions')) records.push(Buffer.from(value).toString());
  return records;
};

describe('a session', () => {
  it('is found by its token, on its host only', async () => {
    const { token, session } = await registry.begin(login());
    assert.deepEqual(registry.find(token, HOST), session);
    assert.equal(registry.find(token, 'other.example.org'), undefined);
    for (const wrong of ['', 'x', session.id, `${token}x`, '__proto__', 'x'.repeat(43), 'x'.repeat(1e6)]) {
      assert.equal(registry.find(wrong, HOST), undefined);
    }
  });

  it('ends after the idle time, and use prolongs it', async () => {
    const { token } = await registry.begin(login());
    for (let count = 0; count < 4; count++) {
      clock.advance(30 * MINUTE - 1);
      assert.ok(registry.find(token, HOST));
    }
    clock.advance(30 * MINUTE);
    assert.equal(registry.find(token, HOST), undefined);
  });

  it('ends after the maximum however busy, and says so at the instant', async () => {
    const { token, session } = await registry.begin(login());
    const ended: [SessionEnd, number][] = [];
    const began = clock.monotonic();
    registry.onEnd(session.id, (why) => void ended.push([why, clock.monotonic() - began]));
    for (let count = 0; count < 12 * 6 - 1; count++) {
      clock.advance(10 * MINUTE);
      assert.ok(registry.find(token, HOST));
    }
    clock.advance(10 * MINUTE);
    assert.deepEqual(ended, [['maximum', 12 * HOUR]]);
    assert.equal(registry.find(token, HOST), undefined);
  });

  it('says that it ended to whoever asks too late, and not to who no longer asks', async () => {
    const { session } = await registry.begin(login());
    let heard = 0;
    registry.onEnd(session.id, () => void heard++)();
    await registry.end(session.id, 'logout');
    assert.equal(heard, 0);
    registry.onEnd(session.id, () => void heard++);
    assert.equal(heard, 1);
  });

  it('changes its token, and the old one is void', async () => {
    const { token, session } = await registry.begin(login());
    const rotated = await registry.rotate(session.id);
    assert.ok(rotated);
    assert.equal(registry.find(token, HOST), undefined);
    assert.deepEqual(registry.find(rotated.token, HOST), session);
    await restart();
    assert.equal(registry.find(token, HOST), undefined);
    assert.deepEqual(registry.find(rotated.token, HOST), session);
    assert.equal(await registry.rotate('nothing'), undefined);
  });

  it('is not in the store in a form that could be used', async () => {
    const { token } = await registry.begin(login());
    const records = (await stored()).join();
    assert.match(records, /alice/);
    assert.ok(!records.includes(token));
  });

  it('is not begun for a realm that is not configured', async () => {
    const other = { ...login(), subject: { ...subject('alice'), realm: '__proto__' } };
    await assert.rejects(registry.begin(other), { code: 'REALM_SESSION_REALM' });
  });

  it('is not begun when the store refuses it', async () => {
    await store.close();
    await assert.rejects(registry.begin(login()), { code: 'STORE_CLOSED' });
    assert.deepEqual([...registry.list()], []);
    store = await openSqliteStore({ folder, clock });
  });

  it('is begun while the disk of the store takes nothing, and saved when it takes something again', async () => {
    let isFull = true;
    const disk: Store = {
      get: (bucket, key) => store.get(bucket, key),
      list: (bucket) => store.list(bucket),
      commit: (writes) => (isFull ? Promise.reject(new CodedError('STORE_FULL', 'no space')) : store.commit(writes)),
      sweep: (now) => store.sweep(now),
      close: () => store.close(),
    };
    await registry.close();
    registry = await SessionRegistry.open({ store: disk, clock, random: systemRandom });
    registry.adopt(new Map([['staff', POLICY]]));
    const { token, session } = await registry.begin(login());
    assert.deepEqual(registry.find(token, HOST), session);
    const ended = await registry.begin(login());
    await assert.rejects(registry.end(ended.session.id), { code: 'STORE_FULL' });
    assert.deepEqual(await stored(), []);
    isFull = false;
    clock.advance(MINUTE);
    await restart();
    assert.deepEqual(registry.find(token, HOST), session);
    assert.equal(registry.find(ended.token, HOST), undefined);
  });

  it('is over at once when it is ended, even if the store refuses that', async () => {
    const { token, session } = await registry.begin(login());
    await store.close();
    await assert.rejects(registry.end(session.id), { code: 'STORE_CLOSED' });
    assert.equal(registry.find(token, HOST), undefined);
    store = await openSqliteStore({ folder, clock });
  });
});

describe('sessions across hosts', () => {
  const service = 'portal.example.org';

  it('come from one login by a ticket, and end with it', async () => {
    const { session } = await registry.begin(login());
    const ticket = await registry.issueTicket(session.id, service, 'nonce');
    const child = await registry.redeemTicket(ticket, service, 'nonce');
    assert.ok(child);
    assert.equal(child.session.parent, session.id);
    assert.equal(registry.find(child.token, service)?.id, child.session.id);
    assert.equal(registry.find(child.token, HOST), undefined);
    const heard: SessionEnd[] = [];
    registry.onEnd(child.session.id, (why) => void heard.push(why));
    await registry.end(session.id, 'logout');
    assert.equal(registry.find(child.token, service), undefined);
    assert.deepEqual(heard, ['logout']);
    assert.deepEqual(await stored(), []);
  });

  it('end everywhere when one of them is ended', async () => {
    const { token, session } = await registry.begin(login());
    const ticket = await registry.issueTicket(session.id, service, 'nonce');
    const child = await registry.redeemTicket(ticket, service, 'nonce');
    const further = await registry.issueTicket(child!.session.id, 'c.example.org', 'nonce');
    const third = await registry.redeemTicket(further, 'c.example.org', 'nonce');
    assert.equal(third?.session.parent, session.id);
    await registry.end(child!.session.id, 'logout');
    assert.equal(registry.find(token, HOST), undefined);
    assert.equal(registry.find(third!.token, 'c.example.org'), undefined);
  });

  it('keep each other alive', async () => {
    const { token, session } = await registry.begin(login());
    const child = await registry.redeemTicket(await registry.issueTicket(session.id, service, 'n'), service, 'n');
    for (let count = 0; count < 3; count++) {
      clock.advance(20 * MINUTE);
      assert.ok(registry.find(child!.token, service));
    }
    assert.ok(registry.find(token, HOST));
  });

  it('need a ticket of that host and browser, within a minute, once', async () => {
    const { session } = await registry.begin(login());
    const ticket = () => registry.issueTicket(session.id, service, 'nonce');
    assert.equal(await registry.redeemTicket(await ticket(), 'evil.example.org', 'nonce'), undefined);
    assert.equal(await registry.redeemTicket(await ticket(), service, 'other'), undefined);
    assert.equal(await registry.redeemTicket('x', service, 'nonce'), undefined);
    const late = await ticket();
    clock.advance(60_000);
    assert.equal(await registry.redeemTicket(late, service, 'nonce'), undefined);
    const spoiled = await ticket();
    await registry.redeemTicket(spoiled, service, 'other');
    assert.equal(await registry.redeemTicket(spoiled, service, 'nonce'), undefined, 'used up by the wrong browser');
    const once = await ticket();
    const both = await Promise.all([1, 2].map(() => registry.redeemTicket(once, service, 'nonce')));
    assert.equal(both.filter((issued) => issued !== undefined).length, 1);
    const over = await ticket();
    await registry.end(session.id);
    assert.equal(await registry.redeemTicket(over, service, 'nonce'), undefined);
  });

  it('end for one user everywhere, and for nobody else', async () => {
    const first = await registry.begin(login());
    const second = await registry.begin(login());
    const bob = await registry.begin(login('bob'));
    const namesake = await registry.begin({ ...login(), subject: subject('alice', 'campus') });
    assert.equal(await registry.endUser({ realm: 'staff', domain: 'local', name: 'alice' }), 2);
    assert.equal(registry.find(first.token, HOST), undefined);
    assert.equal(registry.find(second.token, HOST), undefined);
    assert.ok(registry.find(bob.token, HOST));
    assert.ok(registry.find(namesake.token, HOST));
  });
});

describe('sessions over a restart', () => {
  it('are the same, children included', async () => {
    const { token, session } = await registry.begin(login());
    const child = await registry.redeemTicket(await registry.issueTicket(session.id, 'b', 'n'), 'b', 'n');
    await restart();
    assert.deepEqual(registry.find(token, HOST), session);
    assert.deepEqual(registry.find(child!.token, 'b'), child!.session);
    await registry.end(session.id);
    assert.equal(registry.find(child!.token, 'b'), undefined);
  });

  it('have lived and been idle while nobody served', async () => {
    const busy = await registry.begin(login());
    clock.advance(10 * MINUTE);
    assert.ok(registry.find(busy.token, HOST));
    await restart();
    clock.advance(29 * MINUTE);
    assert.ok(registry.find(busy.token, HOST));
    const idle = await registry.begin(login());
    await registry.close();
    clock.advance(30 * MINUTE);
    await open();
    assert.equal(registry.find(idle.token, HOST), undefined);
  });

  it('are not used before the configuration is there, and not ended either', async () => {
    const { token } = await registry.begin(login());
    await registry.close();
    registry = await SessionRegistry.open({ store, clock, random: systemRandom });
    assert.equal(registry.find(token, HOST), undefined);
    assert.equal([...registry.list()].length, 1);
    registry.adopt(new Map([['staff', POLICY]]));
    assert.ok(registry.find(token, HOST));
  });

  it('stay ended', async () => {
    const { token, session } = await registry.begin(login());
    await registry.end(session.id);
    await restart();
    assert.equal(registry.find(token, HOST), undefined);
  });

  it('pass over records that are no sessions, and children without a login', async () => {
    const { token, session } = await registry.begin(login());
    const [good = ''] = await stored();
    const put = (key: string, text: string) =>
      store.commit([{ bucket: 'sessions', key, value: Buffer.from(text), expect: 'any' }]);
    await put('broken', '{');
    await put('empty', '');
    await put('array', '[]');
    await put('copied', good);
    await put('orphan', good.replaceAll(session.id, 'orphan').replace('"host"', '"parent":"gone","host"'));
    await put('strange', good.replaceAll(session.id, 'strange').replace('"version":1', '"version":2'));
    await restart();
    assert.deepEqual(
      [...registry.list()].map(({ id }) => id),
      [session.id],
    );
    assert.ok(registry.find(token, HOST));
  });
});

describe('a new configuration', () => {
  it('shortens sessions that already live, and ends those of a realm that is gone', async () => {
    const { token } = await registry.begin(login());
    clock.advance(20 * MINUTE);
    registry.adopt(new Map([['staff', { ...POLICY, idle: 15 * MINUTE }]]));
    assert.equal(registry.find(token, HOST), undefined);
    const other = await registry.begin(login());
    const heard: SessionEnd[] = [];
    registry.onEnd(other.session.id, (why) => void heard.push(why));
    registry.adopt(new Map());
    assert.deepEqual(heard, ['realm-gone']);
  });
});

describe('sessions and clocks that are set', () => {
  it('are neither immortal nor ended', async () => {
    const { token } = await registry.begin(login());
    const start = clock.now();
    for (const jump of [start + 365 * DAY, start - DAY]) {
      clock.jump(jump);
      clock.advance(2_000);
      assert.ok(registry.find(token, HOST));
    }
    clock.advance(30 * MINUTE);
    assert.equal(registry.find(token, HOST), undefined);
  });

  it('live their full time, no more, when the clock was set back over a restart', async () => {
    const { token } = await registry.begin(login());
    await registry.close();
    clock.jump(clock.now() - 30 * DAY);
    await open({ ...POLICY, idle: 20 * HOUR });
    assert.ok(registry.find(token, HOST));
    clock.advance(12 * HOUR);
    assert.equal(registry.find(token, HOST), undefined);
  });
});

describe('office hours of sessions', () => {
  const parsed = parseOfficeHours('Mon-Fri 09:00-17:00 Europe/Brussels');
  assert.ok(parsed.kind === 'hours');
  const policy: SessionPolicy = { idle: 30 * DAY, maximum: 30 * DAY, validators: [parsed.hours] };

  it('end a live session at the instant', async () => {
    registry.adopt(new Map([['staff', policy]]));
    const { token, session } = await registry.begin(login());
    let endedAt = '';
    registry.onEnd(session.id, () => {
      endedAt = new Date(clock.now()).toISOString();
    });
    clock.advance(DAY);
    assert.equal(endedAt, '2026-11-20T16:00:00.000Z');
    assert.equal(registry.find(token, HOST), undefined);
  });

  it('end it within a second when the clock is set beyond them', async () => {
    registry.adopt(new Map([['staff', policy]]));
    const { session } = await registry.begin(login());
    let ended = false;
    registry.onEnd(session.id, () => {
      ended = true;
    });
    clock.jump(Date.UTC(2026, 10, 20, 20));
    clock.advance(1_000);
    assert.ok(ended);
  });

  it('hold at the new instant after the clock was set within them', async () => {
    registry.adopt(new Map([['staff', policy]]));
    const { token, session } = await registry.begin(login());
    let endedAt = '';
    registry.onEnd(session.id, () => {
      endedAt = new Date(clock.now()).toISOString();
    });
    clock.jump(Date.UTC(2026, 10, 20, 15, 30));
    clock.advance(29 * MINUTE);
    assert.ok(registry.find(token, HOST));
    clock.advance(MINUTE);
    assert.equal(endedAt, '2026-11-20T16:00:00.000Z');
  });
});

describe('an observer of the sessions', () => {
  const watch = () => {
    const seen: string[] = [];
    const digests = new Map<string, string>();
    const stop = registry.observe({
      live(session, digest) {
        seen.push(`live ${session.subject.name}@${session.host}`);
        digests.set(session.id, digest);
      },
      ended(id) {
        seen.push('ended');
        digests.delete(id);
      },
    });
    return { seen, digests, stop };
  };

  it('hears of what is live, then of every change in its order', async () => {
    const { session } = await registry.begin(login());
    const { seen, digests, stop } = watch();
    assert.deepEqual(seen, [`live alice@${HOST}`]);
    const ticket = await registry.issueTicket(session.id, 'app.example.org', 'nonce');
    const child = await registry.redeemTicket(ticket, 'app.example.org', 'nonce');
    assert.deepEqual(seen.slice(1), ['live alice@app.example.org']);
    assert.equal(digests.get(child!.session.id), tokenDigest(child!.token));
    const rotated = await registry.rotate(session.id);
    assert.equal(digests.get(session.id), tokenDigest(rotated!.token));
    await registry.end(session.id);
    assert.deepEqual(seen.slice(-2), ['ended', 'ended']);
    assert.equal(digests.size, 0);
    stop();
    await registry.begin(login('bob'));
    assert.equal(seen.at(-1), 'ended');
  });

  it('hears of an end by time at the instant, and keeps a session alive by reporting its use', async () => {
    const { session } = await registry.begin(login());
    const { seen } = watch();
    for (let times = 0; times < 3; times++) {
      clock.advance(20 * MINUTE);
      registry.use(session.id);
    }
    assert.deepEqual(seen, [`live alice@${HOST}`]);
    clock.advance(30 * MINUTE);
    assert.deepEqual(seen, [`live alice@${HOST}`, 'ended']);
    registry.use(session.id);
    assert.equal(seen.length, 2);
  });
});
