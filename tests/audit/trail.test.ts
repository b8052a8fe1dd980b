import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type AuditRecord, readAuditRecord } from '../../src/audit/index.ts';
import { act, attempt, decision, refusedAttempt, TrailFixture } from './trail-fixture.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

describe('the audit trail', () => {
  let fixture: TrailFixture;
  beforeEach(() => {
    fixture = new TrailFixture();
  });
  afterEach(() => fixture.remove());

  const records = (): readonly AuditRecord[] => fixture.lines().map((line) => readAuditRecord(line)!);
  const kinds = () => records().map((record) => record.kind);

  it('has written an entry when append returns', async () => {
    const trail = fixture.open();
    const entry = attempt(trail);
    assert.equal(trail.append(entry), entry.id);
    assert.deepEqual(records().at(-1), { ...entry, n: 2, at: fixture.clock.now() });
    await trail.close();
  });

  it('numbers its records without gaps and signs a head each minute and at the end', async () => {
    const trail = fixture.open();
    for (let i = 0; i < 3; i++) {
      trail.append(attempt(trail));
      await fixture.advance(MINUTE);
    }
    trail.append(act(trail));
    await trail.close();
    assert.deepEqual(kinds(), ['file', 'attempt', 'head', 'attempt', 'head', 'attempt', 'head', 'act', 'head']);
    assert.deepEqual(
      records().map(({ n }) => n),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    const report = await fixture.verify();
    assert.deepEqual(report.problems, []);
    assert.equal(report.chains[0]?.unsigned, 0);
    assert.equal(report.chains[0]?.head, records().at(-1)?.id);
  });

  it('signs nothing while nothing happens', async () => {
    const trail = fixture.open();
    trail.append(attempt(trail));
    await fixture.advance(MINUTE);
    await fixture.advance(10 * MINUTE);
    await trail.close();
    assert.deepEqual(kinds(), ['file', 'attempt', 'head']);
  });

  it('keeps every file to its owner', async () => {
    const trail = fixture.open();
    trail.append(refusedAttempt(trail));
    await trail.close();
    for (const name of readdirSync(fixture.folder)) {
      assert.equal(statSync(join(fixture.folder, name)).mode & 0o777, 0o600, name);
    }
  });

  it('goes on with its chain after a restart', async () => {
    for (let start = 0; start < 3; start++) {
      const trail = fixture.open();
      trail.append(attempt(trail));
      await trail.close();
      fixture.clock.advance(SECOND);
    }
    assert.equal(fixture.files().length, 1);
    assert.deepEqual(kinds(), ['file', 'attempt', 'head', 'attempt', 'head', 'attempt', 'head']);
    assert.equal((await fixture.verify()).sound, true);
  });

  it('begins a new file at its size and at midnight, tied to the one before', async () => {
    const trail = fixture.open({ rotateSize: 2048 });
    for (let i = 0; i < 8; i++) trail.append(attempt(trail));
    fixture.clock.jump(fixture.clock.now() + DAY);
    trail.append(attempt(trail));
    await trail.close();
    const openings = records().flatMap((record) => (record.kind === 'file' ? [record] : []));
    assert.deepEqual([...new Set(openings.map(({ reason }) => reason))], ['first', 'size', 'day']);
    assert.equal(openings.length, fixture.files().length);
    assert.match(fixture.files()[0]!, /^audit-a-20261122T090000000Z\.jsonl$/);
    assert.equal((await fixture.verify()).sound, true);
  });

  it('deletes files that are too old, and the rest still verifies', async () => {
    let trail = fixture.open({ keep: 2 * DAY });
    for (let day = 0; day < 6; day++) {
      trail.append(attempt(trail));
      fixture.clock.jump(fixture.clock.now() + DAY);
    }
    await trail.close();
    trail = fixture.open({ keep: 2 * DAY });
    trail.append(attempt(trail));
    await trail.close();
    const first = readAuditRecord(fixture.lines()[0]!);
    assert.ok(first?.kind === 'file' && first.previous.n > 0);
    assert.ok(fixture.files().length <= 4);
    const report = await fixture.verify();
    assert.deepEqual(report.problems, []);
    assert.equal(report.chains[0]?.first, first.n);
    // The oldest that is left may not go without a retention act.
    rmSync(join(fixture.folder, fixture.files()[0]!));
    assert.deepEqual(
      (await fixture.verify()).problems.map(({ kind }) => kind),
      ['missing'],
    );
  });

  it('sets a torn line aside after a crash, keeps all before it, and says so', async () => {
    const trail = fixture.open();
    trail.append(attempt(trail));
    await trail.close();
    const file = fixture.files()[0]!;
    const before = fixture.lines();
    for (const torn of ['{"n":4,"at":"2026', before[1]!, 'x\ny\n\0\0', '{}\n']) {
      appendFileSync(join(fixture.folder, fixture.files().at(-1)!), torn);
      fixture.clock.advance(SECOND);
      const again = fixture.open();
      again.append(attempt(again));
      await again.close();
    }
    assert.equal(fixture.files().length, 5);
    assert.ok(before.every((line) => fixture.text(file).includes(line)));
    const report = await fixture.verify();
    assert.deepEqual(report.problems, []);
    assert.equal(report.chains[0]?.torn, 17 + before[1]!.length + 6 + 3);
  });

  it('sets a file aside that a crash left without its first line', async () => {
    const trail = fixture.open();
    trail.append(attempt(trail));
    await trail.close();
    writeFileSync(join(fixture.folder, 'audit-a-20261122T100000000Z.jsonl'), '{"n":4');
    const again = fixture.open();
    again.append(attempt(again));
    await again.close();
    assert.deepEqual((await fixture.verify()).problems, []);
    assert.ok(readdirSync(fixture.folder).includes('audit-a-20261122T100000000Z.jsonl.torn'));
  });

  it('notices at the start that its trail was cut, and the break stays to be seen', async () => {
    const trail = fixture.open();
    for (let i = 0; i < 3; i++) trail.append(attempt(trail));
    await trail.close();
    const file = join(fixture.folder, fixture.files()[0]!);
    writeFileSync(file, `${fixture.lines().slice(0, 2).join('\n')}\n`);
    for (let start = 0; start < 2; start++) {
      fixture.clock.advance(SECOND);
      const again = fixture.open();
      again.append(attempt(again));
      await again.close();
    }
    const { problems } = await fixture.verify();
    assert.deepEqual(
      problems.map(({ kind }) => kind),
      ['missing'],
    );
  });

  it('begins a new file when the clock goes back, and stands still when it goes back a little', async () => {
    const trail = fixture.open();
    trail.append(attempt(trail));
    fixture.clock.jump(fixture.clock.now() - 500);
    trail.append(attempt(trail));
    fixture.clock.jump(fixture.clock.now() - 60 * MINUTE);
    const entry = attempt(trail);
    trail.append(entry);
    await trail.close();
    assert.equal(fixture.files().length, 2);
    assert.equal((await fixture.verify()).sound, true);
    assert.equal((await trail.find(entry.id))?.id, entry.id);
  });

  it('refuses when the clock says nothing', async () => {
    const trail = fixture.open();
    const entry = attempt(trail);
    fixture.clock.jump(Number.NaN);
    assert.throws(() => trail.append(entry), { code: 'AUDIT_UNAVAILABLE' });
    fixture.clock.jump(Date.UTC(2026, 10, 22));
    trail.append(entry);
    await trail.close();
  });

  it('begins a new file when somebody deletes the one it writes', async () => {
    const trail = fixture.open();
    trail.append(attempt(trail));
    await fixture.advance(MINUTE);
    rmSync(join(fixture.folder, fixture.files()[0]!));
    await fixture.advance(SECOND);
    trail.append(attempt(trail));
    await trail.close();
    assert.equal(fixture.files().length, 1);
    assert.deepEqual(
      (await fixture.verify()).problems.map(({ kind }) => kind),
      ['missing'],
    );
  });

  it('keeps two chains in one folder apart', async () => {
    const trails = [fixture.open({ chain: 'a' }), fixture.open({ chain: 'b' })] as const;
    for (let i = 0; i < 5; i++) for (const trail of trails) trail.append(attempt(trail));
    for (const trail of trails) await trail.close();
    const report = await fixture.verify();
    assert.equal(report.sound, true);
    assert.deepEqual(
      report.chains.map(({ chain, records: count }) => [chain, count]),
      [
        ['a', 7],
        ['b', 7],
      ],
    );
  });

  it('goes on unsigned when the key is out of reach, and signs all when it is back', async () => {
    let broken = true;
    const signer = { keyId: 'key', sign: () => (broken ? Promise.reject(new Error('no key')) : new Uint8Array(64)) };
    const trail = fixture.open({ signer });
    trail.append(attempt(trail));
    await fixture.advance(MINUTE);
    assert.deepEqual(kinds(), ['file', 'attempt']);
    broken = false;
    await fixture.advance(MINUTE);
    assert.deepEqual(kinds(), ['file', 'attempt', 'head']);
    await trail.close();
  });
});

describe('repeated allows', () => {
  let fixture: TrailFixture;
  beforeEach(() => {
    fixture = new TrailFixture();
  });
  afterEach(() => fixture.remove());

  it('are written once and summed up each minute', async () => {
    const trail = fixture.open();
    const first = decision(trail);
    const key = { session: 's-1', service: 'portal', generation: 1, reason: first.reason };
    assert.equal(trail.repeated(key), undefined);
    assert.equal(trail.append(first), first.id);
    for (let i = 0; i < 9; i++) assert.equal(trail.repeated(key), first.id);
    assert.equal(trail.append(decision(trail, { path: '/other' })), first.id);
    await fixture.advance(MINUTE);
    const record = readAuditRecord(fixture.lines()[2]!);
    assert.ok(record?.kind === 'repeats');
    assert.deepEqual(
      record.counts.map(({ of, count }) => [of, count]),
      [[first.id, 10]],
    );
    await fixture.advance(MINUTE);
    await trail.close();
    assert.equal(fixture.lines().filter((line) => line.includes('"kind":"repeats"')).length, 1);
  });

  it('are new for another session, service, generation or reason', async () => {
    const trail = fixture.open();
    trail.append(decision(trail));
    for (const more of [{ session: 's-2' }, { service: 'wiki' }, { generation: 2 }, { reason: 'both-empty' }]) {
      const entry = decision(trail, more);
      assert.equal(trail.append(entry), entry.id);
    }
    await trail.close();
  });

  it('are remembered within bounds, and none is lost from the counts', async () => {
    const trail = fixture.open();
    for (let i = 0; i < 60_000; i++) {
      const key = { session: `s-${i}`, service: 'portal', generation: 1, reason: 'allowed-group' };
      if (i % 20 === 0) trail.append(decision(trail, { session: key.session }));
      if (i % 20 === 0) trail.repeated(key);
    }
    await trail.close();
    let counted = 0;
    for (const line of fixture.lines()) {
      const record = line.includes('"kind":"repeats"') ? readAuditRecord(line) : undefined;
      if (record?.kind === 'repeats') for (const { count } of record.counts) counted += count;
    }
    assert.equal(counted, 3000);
  });
});

describe('floods of refusals', () => {
  let fixture: TrailFixture;
  const floodLimits = { same: 3, client: 10, all: 30 };
  beforeEach(() => {
    fixture = new TrailFixture();
  });
  afterEach(() => fixture.remove());

  const refusals = () =>
    fixture.lines().flatMap((line) => {
      const record = readAuditRecord(line);
      return record?.kind === 'refusals' ? [record] : [];
    });

  it('of one name from one client are counted after the first few, and each id is explained', async () => {
    const trail = fixture.open({ floodLimits });
    const entries = Array.from({ length: 50 }, () => refusedAttempt(trail));
    const shown = entries.map((entry) => trail.append(entry));
    assert.deepEqual(
      shown.slice(0, 3),
      entries.slice(0, 3).map(({ id }) => id),
    );
    assert.equal(new Set(shown.slice(3)).size, 1);
    await fixture.advance(MINUTE);
    const [opening, sum] = refusals();
    assert.deepEqual(
      [opening?.id, opening?.level, opening?.name, opening?.like],
      [shown[3], 'same', 'alice', entries[2]!.id],
    );
    assert.deepEqual([sum?.of, sum?.count], [opening?.id, 47]);
    for (const [index, { id }] of entries.entries()) {
      assert.equal((await trail.find(id))?.kind, index < 3 ? 'attempt' : 'refusals');
      assert.ok(await trail.find(shown[index]!));
    }
    await trail.close();
  });

  it('end with their minute', async () => {
    const trail = fixture.open({ floodLimits });
    for (let i = 0; i < 5; i++) trail.append(refusedAttempt(trail));
    await fixture.advance(MINUTE);
    const entry = refusedAttempt(trail);
    assert.equal(trail.append(entry), entry.id);
    await trail.close();
  });

  it('of many names from one client, and of everybody, are counted too', async () => {
    const trail = fixture.open({ floodLimits });
    for (let i = 0; i < 20; i++) trail.append(refusedAttempt(trail, { name: `user${i}` }));
    for (let i = 0; i < 40; i++) trail.append(refusedAttempt(trail, { name: `user${i}`, client: `198.51.100.${i}` }));
    await trail.close();
    const sums = refusals().filter(({ of }) => of !== undefined);
    assert.deepEqual(
      sums.map(({ level, count }) => [level, count]),
      [
        ['client', 10],
        ['all', 20],
      ],
    );
    assert.equal(sums[0]?.name, undefined);
  });

  it('of who was turned away by an outage or a full queue are counted too, apart from refusals', async () => {
    const trail = fixture.open({ floodLimits });
    const turnedAway = () =>
      refusedAttempt(trail, { outcome: 'unavailable', reason: 'unavailable', domain: 'password' });
    for (let i = 0; i < 50; i++) trail.append(turnedAway());
    const refused = refusedAttempt(trail);
    assert.equal(trail.append(refused), refused.id, 'a refusal is another kind');
    await trail.close();
    assert.deepEqual(
      refusals().map(({ level, reason, count }) => [level, reason, count]),
      [
        ['same', 'unavailable', 0],
        ['same', 'unavailable', 47],
      ],
    );
  });

  it('never fold a success or an act', async () => {
    const trail = fixture.open({ floodLimits });
    for (let i = 0; i < 20; i++) {
      for (const entry of [attempt(trail), act(trail)]) {
        assert.equal(trail.append(entry), entry.id);
      }
    }
    await trail.close();
  });
});
