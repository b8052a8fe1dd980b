/** A login source's file that changes while people log in (RELIABILITY S27). */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { HtpasswdReader } from '../../../src/realm/modules/htpasswd.ts';
import { SourceFile } from '../../../src/realm/modules/source-file.ts';
import { keepingLogger, laterClock, temporaryFolder } from './module-run.ts';
import { line, logInWhileRewritten } from './rewritten-file.ts';

/** A source over a file whose looks and time the test makes. */
async function watched(content: string | undefined) {
  const path = join(temporaryFolder(), 'htpasswd');
  if (content !== undefined) writeFileSync(path, content);
  const clock = laterClock();
  const { logger, lines } = keepingLogger();
  const source = new SourceFile({ path, reader: () => new HtpasswdReader(), longestLine: 8192, clock, logger });
  await source.start();
  source.close();
  return {
    path,
    names: () => [...(source.content?.accounts.keys() ?? [])],
    loaded: () => source.content !== undefined,
    look: () => source.look(),
    /** Looks, waits as long as a file must be still, and looks again. */
    settle: async () => {
      await source.look();
      clock.advance(1_000);
      await source.look();
    },
    advance: (span: number) => clock.advance(span),
    alarms: () => lines.filter(({ level }) => level === 'error').map(({ fields }) => String(fields['reason'])),
  };
}

describe('a source file', () => {
  it('is taken again only when it has been still for a second', async () => {
    const file = await watched(line('alice'));
    assert.deepEqual(file.names(), ['alice']);
    writeFileSync(file.path, line('bob'));
    await file.look();
    file.advance(999);
    await file.look();
    assert.deepEqual(file.names(), ['alice']);
    file.advance(1);
    await file.look();
    assert.deepEqual(file.names(), ['bob']);
  });

  it('counts its second anew with each change', async () => {
    const file = await watched(line('alice'));
    for (const user of ['bob', 'carol', 'dave']) {
      writeFileSync(file.path, line(user) + line(`${user}-2`));
      await file.look();
      file.advance(900);
      await file.look();
      assert.deepEqual(file.names(), ['alice']);
    }
    file.advance(100);
    await file.look();
    assert.deepEqual(file.names(), ['dave', 'dave-2']);
  });

  it('that another one was renamed over is taken, also with the same size', async () => {
    const file = await watched(line('alice'));
    writeFileSync(`${file.path}.new`, line('alicf'));
    renameSync(`${file.path}.new`, file.path);
    await file.settle();
    assert.deepEqual(file.names(), ['alicf']);
  });

  it('keeps its last good content while it is missing, cut, empty, too large, unreadable or no file', async () => {
    const file = await watched(line('alice') + line('bob'));
    const kept = async (reason: RegExp) => {
      await file.settle();
      assert.deepEqual(file.names(), ['alice', 'bob'], String(reason));
      assert.match(file.alarms().at(-1) ?? '', reason);
    };
    writeFileSync(file.path, (line('alice') + line('bob')).slice(0, -5));
    await kept(/cut/);
    truncateSync(file.path, 0);
    await kept(/empty/);
    truncateSync(file.path, 65 * 1024 * 1024);
    await kept(/larger/);
    rmSync(file.path);
    await kept(/ENOENT/);
    mkdirSync(file.path);
    await kept(/not a regular file/);
    rmSync(file.path, { recursive: true });
    symlinkSync(file.path, file.path);
    await kept(/ELOOP/);
    rmSync(file.path);
    writeFileSync(file.path, line('alice') + line('bob') + line('carol'));
    await file.settle();
    assert.deepEqual(file.names(), ['alice', 'bob', 'carol']);
  });

  it('raises each alarm once, and again after it was well in between', async () => {
    const file = await watched(line('alice'));
    for (const _ of [1, 2]) {
      renameSync(file.path, `${file.path}.away`);
      for (const __ of [1, 2, 3]) await file.settle();
      renameSync(`${file.path}.away`, file.path);
      await file.settle();
    }
    assert.equal(file.alarms().length, 2);
  });

  it('that appears after the start is taken then', async () => {
    const file = await watched(undefined);
    assert.equal(file.loaded(), false);
    assert.match(file.alarms()[0] ?? '', /ENOENT/);
    writeFileSync(file.path, line('alice'));
    await file.settle();
    assert.deepEqual(file.names(), ['alice']);
  });

  it('that is never still for a minute is reported', async () => {
    const file = await watched(line('alice'));
    for (let second = 0; second <= 61; second++) {
      writeFileSync(file.path, line(`user-${second}`));
      await file.look();
      file.advance(1_000);
    }
    assert.deepEqual(file.names(), ['alice']);
    assert.deepEqual(file.alarms(), ['has not been still for a minute']);
  });
});

describe('a source file that is rewritten all the while', () => {
  it('gives no wrong answer, and a removed user is gone a moment after (the long run is in tests/campaign)', async () => {
    assert.ok((await logInWhileRewritten(4_000, 200)) >= 4_000);
  });
});
