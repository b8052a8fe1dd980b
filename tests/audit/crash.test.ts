import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { readAuditRecord } from '../../src/audit/index.ts';
import { attempt, TrailFixture } from './trail-fixture.ts';

const WRITER = 'tests/audit/crash-writer.ts';

describe('a trail whose process or disk fails', () => {
  let fixture: TrailFixture;
  beforeEach(() => {
    fixture = new TrailFixture();
  });
  afterEach(() => fixture.remove());

  const writtenIds = () => new Set(fixture.lines().map((line) => readAuditRecord(line)?.id as string | undefined));

  it('keeps every acknowledged line over kill -9', async () => {
    for (let round = 0; round < 2; round++) {
      const writer = spawn(process.execPath, [WRITER, fixture.folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      let printed = '';
      writer.stdout.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (printed.length > 25 * 300) writer.kill('SIGKILL');
      });
      await new Promise((settle) => writer.once('close', settle));
      const acknowledged = printed.split('\n').slice(0, -1);
      assert.ok(acknowledged.length >= 300);
      const written = writtenIds();
      for (const id of acknowledged) assert.ok(written.has(id), id);
    }
    // As if the last line had been torn: a kill between two writes rarely tears one.
    const last = join(fixture.folder, fixture.files().at(-1)!);
    truncateSync(last, statSync(last).size - 20);
    fixture.clock.jump(Date.UTC(2027, 0, 1));
    const trail = fixture.open();
    const entry = attempt(trail);
    trail.append(entry);
    await trail.close();
    assert.ok(writtenIds().has(entry.id));
    const { problems, chains } = await fixture.verify();
    assert.deepEqual(problems, []);
    assert.ok(chains[0]!.torn > 0);
  });

  /** Runs the writer where no file may grow beyond 64 KiB: what a full disk does, without one. */
  const writeUntilFull = (onFull: string, most: number) =>
    spawnSync(
      'sh',
      [
        '-c',
        `trap '' XFSZ; ulimit -f 128; exec "$@"`,
        'sh',
        process.execPath,
        WRITER,
        fixture.folder,
        onFull,
        `${most}`,
      ],
      {
        encoding: 'utf8',
      },
    )
      .stdout.split('\n')
      .slice(0, -1);

  it('refuses when the disk is full, and goes on after the torn line when it is not', async () => {
    const printed = writeUntilFull('refuse', 1000);
    assert.equal(printed.at(-1), 'AUDIT_UNAVAILABLE');
    const written = writtenIds();
    for (const id of printed.slice(0, -1)) assert.ok(written.has(id), id);
    fixture.clock.jump(Date.UTC(2027, 0, 1));
    const trail = fixture.open();
    trail.append(attempt(trail));
    await trail.close();
    assert.deepEqual((await fixture.verify()).problems, []);
  });

  it('goes on when the disk is full and the operator chose so, and writes how many were lost', async () => {
    // 64 KiB a file: each file that is full is one lost record, and the next one begins a new file.
    const printed = writeUntilFull('drop', 400);
    assert.equal(printed.length, 400);
    const drops = fixture.lines().flatMap((line) => {
      const record = readAuditRecord(line);
      return record?.kind === 'act' && record.action === 'audit.drop' ? [record.detail?.['records']] : [];
    });
    assert.ok(drops.length > 1);
    assert.deepEqual(new Set(drops), new Set([1]));
    const { problems } = await fixture.verify();
    assert.deepEqual(problems, []);
  });
});
