import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { attempt, refusedAttempt, TrailFixture } from './trail-fixture.ts';

/** The filter of docs/operations/audit.md, with fail2ban's <HOST> written out. */
const FILTER =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ realmgate: authentication failure; name="[^"]*" client=([0-9a-fA-F.:]+) realm=\S+ service=\S+ id=\S+$/;

describe('the log of failed logins', () => {
  let fixture: TrailFixture;
  beforeEach(() => {
    fixture = new TrailFixture();
  });
  afterEach(() => fixture.remove());

  const lines = () => fixture.text('auth-failures.log').split('\n').slice(0, -1);

  it('has one plain line for each refused attempt', async () => {
    const trail = fixture.open();
    const entry = refusedAttempt(trail, { name: 'bob' });
    trail.append(entry);
    await trail.close();
    assert.deepEqual(lines(), [
      `2026-11-22T09:00:00Z realmgate: authentication failure; name="bob" client=192.0.2.7 realm=staff service=portal id=${entry.id}`,
    ]);
  });

  it('has none for what a client is not to blame for', async () => {
    const trail = fixture.open();
    trail.append(attempt(trail));
    trail.append(refusedAttempt(trail, { outcome: 'unavailable', reason: 'unavailable' }));
    trail.append(refusedAttempt(trail, { reason: 'missing-credential' }));
    trail.append(refusedAttempt(trail, { reason: 'error' }));
    await trail.close();
    assert.deepEqual(lines(), []);
  });

  it('cannot be made to name another address or another line by a login name', async () => {
    const names = [
      'x" client=203.0.113.9 realm=staff service=portal id=0',
      'x\n2026-11-22T09:00:00Z realmgate: authentication failure; name="y" client=203.0.113.9 realm=a service=b id=c',
      'x\r\u2028\u2029\u0085\u001b[1A client=203.0.113.9',
      'x\\" client=203.0.113.9',
      '\\',
      ' client=203.0.113.9',
      '\u202e9.311.0.302=tneilc',
      'n'.repeat(100_000),
      '',
      'SCX\\adm',
    ];
    const trail = fixture.open();
    for (const name of names) trail.append(refusedAttempt(trail, { name }));
    await trail.close();
    assert.equal(lines().length, names.length);
    for (const line of lines()) {
      assert.equal(FILTER.exec(line)?.[1], '192.0.2.7', line);
      assert.equal(line.split('client=').length, 2, line);
      assert.ok(line.length < 1200);
    }
    assert.ok(lines().at(-1)!.includes('name="SCX\\\\adm"'));
  });

  it('names no client that is not an address', async () => {
    const trail = fixture.open();
    for (const client of ['evil.example.org', '192.0.2.7 x', '', '2001:db8::7']) {
      trail.append(refusedAttempt(trail, { client }));
    }
    await trail.close();
    assert.deepEqual(
      lines().map((line) => /client=(\S+)/.exec(line)?.[1]),
      ['unknown', 'unknown', 'unknown', '2001:db8::7'],
    );
  });

  it('follows a rotation by another program', async () => {
    const trail = fixture.open();
    trail.append(refusedAttempt(trail));
    renameSync(join(fixture.folder, 'auth-failures.log'), join(fixture.folder, 'auth-failures.log.old'));
    await fixture.advance(1000);
    trail.append(refusedAttempt(trail, { name: 'bob' }));
    await trail.close();
    assert.equal(lines().length, 1);
    assert.match(lines()[0]!, /name="bob"/);
  });
});
