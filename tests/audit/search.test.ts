import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type AuditFilter,
  type AuditId,
  type AuditRecord,
  findAuditRecord,
  searchAuditRecords,
} from '../../src/audit/index.ts';
import { act, attempt, decision, refusedAttempt, TrailFixture } from './trail-fixture.ts';

const HOUR = 3_600_000;

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const gathered: Item[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

describe('a trail of a week in many files', () => {
  const fixture = new TrailFixture();
  const start = fixture.clock.now();
  /** In the order of writing. */
  const ids: AuditId[] = [];

  before(async () => {
    const trails = [
      fixture.open({ chain: 'a', rotateSize: 300_000 }),
      fixture.open({ chain: 'b', rotateSize: 300_000 }),
    ];
    for (let hour = 0; hour < 7 * 24; hour++) {
      for (const trail of trails) {
        for (let i = 0; i < 8; i++) {
          ids.push(trail.append(attempt(trail, { name: `user${i}`, modules: [], realm: 'r'.repeat(600) })));
          fixture.clock.jump(fixture.clock.now() + 1000);
        }
        if (hour % 24 === 12) ids.push(trail.append(refusedAttempt(trail, { name: 'Mallory', client: '203.0.113.9' })));
        if (hour % 24 === 13) ids.push(trail.append(decision(trail, { permitted: false, reason: 'denied-group' })));
      }
      fixture.clock.jump(start + (hour + 1) * HOUR);
    }
    for (const trail of trails) trail.append(act(trail));
    for (const trail of trails) await trail.close();
    assert.ok(fixture.files().length > 14);
  });
  after(() => fixture.remove());

  const search = async (filter: AuditFilter): Promise<readonly AuditRecord[]> =>
    await all(searchAuditRecords(fixture.folder, filter));

  it('finds every record by its id', async () => {
    for (const id of ids.filter((_, index) => index % 7 === 0)) {
      assert.equal((await findAuditRecord(fixture.folder, id))?.id, id);
    }
  });

  it('finds nothing for an id that was never made, even when a record speaks of it', async () => {
    const made = ids[5]!;
    const other = `${made.slice(0, -1)}${made.endsWith('0') ? '1' : '0'}` as AuditId;
    assert.equal(await findAuditRecord(fixture.folder, other), undefined);
    assert.equal(await findAuditRecord(fixture.folder, '0000000000-a-0000000000' as AuditId), undefined);
    assert.equal(await findAuditRecord(fixture.folder, 'ZZZZZZZZZZ-a-0000000000' as AuditId), undefined);
    assert.equal(await findAuditRecord(fixture.folder, made.replace('-a-', '-c-') as AuditId), undefined);
  });

  it('finds a record that was written minutes after its id was made, across files', async () => {
    const late = new TrailFixture();
    const trail = late.open({ rotateSize: 2000 });
    const entry = attempt(trail, { parked: true });
    for (let i = 0; i < 12; i++) {
      trail.append(attempt(trail, { name: `user${i}` }));
      late.clock.jump(late.clock.now() + 10_000);
    }
    trail.append(entry);
    trail.append(decision(trail, { attempt: entry.id }));
    assert.ok(late.files().length > 2);
    const found = await trail.find(entry.id);
    assert.deepEqual([found?.kind, found?.id], ['attempt', entry.id]);
    await trail.close();
    late.remove();
  });

  it('answers newest first, over files and chains', async () => {
    const found = await search({ kinds: ['attempt'], limit: 2000 });
    assert.equal(found.length, 2000);
    for (const [index, record] of found.entries()) {
      if (index > 0) assert.ok(record.at <= found[index - 1]!.at);
    }
  });

  it('narrows by name, client, service, outcome and kind, in any case', async () => {
    assert.equal((await search({ name: 'mallory', limit: 1000 })).length, 14);
    assert.equal((await search({ client: '203.0.113.9', outcome: 'refused' })).length, 14);
    assert.equal((await search({ outcome: 'denied', service: 'PORTAL' })).length, 14);
    assert.deepEqual(
      (await search({ kinds: ['act'] })).map(({ kind }) => kind),
      ['act', 'act'],
    );
    assert.equal((await search({ name: 'mallory', outcome: 'authenticated' })).length, 0);
    assert.equal((await search({ name: 'mall' })).length, 0);
  });

  it('narrows by time, the beginning counted and the end not', async () => {
    const since = start + 50 * HOUR;
    const until = start + 51 * HOUR;
    const found = await search({ since, until, kinds: ['attempt'] });
    assert.equal(found.length, 16);
    assert.equal(found.at(-1)?.at, since);
    assert.equal((await search({ since, until: since + 1, limit: 1000 })).length, 1);
    assert.equal((await search({ since: start + 9000 * HOUR })).length, 0);
    assert.equal((await search({ until: start })).length, 0);
  });

  it('stops at the limit', async () => {
    assert.equal((await search({})).length, 100);
    assert.equal((await search({ limit: 3 })).length, 3);
    assert.equal((await search({ limit: -1 })).length, 1);
  });

  it('passes over what is no record', async () => {
    appendFileSync(join(fixture.folder, fixture.files().at(-1)!), `garbage\n{"n":1}\n${'x'.repeat(300_000)}`);
    assert.equal((await search({ name: 'mallory', limit: 1000 })).length, 14);
    assert.equal((await findAuditRecord(fixture.folder, ids.at(-1)!))?.id, ids.at(-1));
  });

  it('finds nothing in a folder that is not there', async () => {
    assert.deepEqual(await all(searchAuditRecords('/nonexistent', {})), []);
    assert.equal(await findAuditRecord('/nonexistent', ids[0]!), undefined);
  });
});
