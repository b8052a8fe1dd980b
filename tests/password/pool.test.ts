/** The pool that keys are derived in: bounded, off the main thread, and closed cleanly. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { describe, it } from 'node:test';
import { type CodedError, Secret, systemClock, systemRandom } from '../../src/base/index.ts';
import { builtInArgon2, loadArgon2 } from '../../src/password/argon2.ts';
import { CryptThread } from '../../src/password/crypt-thread.ts';
import { DerivationQueue } from '../../src/password/derivation-queue.ts';
import { createKeyDerivation, STANDARD_SAMPLE } from '../../src/password/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

const SLOW_SHA = `$6$rounds=100000$saltsalt$${'a'.repeat(86)}`;

describe('the key derivation pool', () => {
  it('refuses what would wait behind a full queue, and works the rest off', async () => {
    const derivation = createKeyDerivation({ clock: systemClock, random: systemRandom, concurrency: 1, queueLimit: 3 });
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => derivation.verify(STANDARD_SAMPLE, new Secret('guess'))),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    assert.equal(refused.length, 6);
    for (const result of refused) assert.equal((result.reason as CodedError).code, 'PASSWORD_BUSY');
    for (const result of results) if (result.status === 'fulfilled') assert.equal(result.value, 'mismatch');
    assert.equal(await derivation.verify(STANDARD_SAMPLE, new Secret('guess')), 'mismatch');
    await derivation.close();
  });

  it('leaves the main thread free while it derives', async () => {
    const derivation = createKeyDerivation({ clock: systemClock, random: systemRandom, concurrency: 1 });
    await derivation.verify('$1$saltsalt$5vGKdt7VOWjM4XQb6P1gM1', new Secret('warm up'));
    let turns = 0;
    const timer = systemClock.every(5, () => turns++);
    const results = await Promise.all([
      derivation.verify(SLOW_SHA, new Secret('guess')),
      derivation.verify(`$2y$10$${'a'.repeat(21)}e${'a'.repeat(31)}`, new Secret('guess')),
    ]);
    timer.cancel();
    assert.deepEqual(results, ['mismatch', 'mismatch']);
    assert.ok(turns >= 10, `the event loop turned ${turns} times`);
  });

  it('derives in threads that give way to the main one', { skip: process.platform !== 'linux' }, async () => {
    const derivation = createKeyDerivation({ clock: systemClock, random: systemRandom, concurrency: 1 });
    assert.equal(await derivation.verify(STANDARD_SAMPLE, new Secret('guess')), 'mismatch');
    assert.equal(await derivation.verify('$1$saltsalt$5vGKdt7VOWjM4XQb6P1gM1', new Secret('guess')), 'mismatch');
    const tasks = readdirSync('/proc/self/task').map((thread) => ({
      isMain: Number(thread) === process.pid,
      name: readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim(),
      priority: getPriority(Number(thread)),
    }));
    const pool = tasks.filter(({ name }) => name === 'libuv-worker');
    assert.ok(pool.length >= 4);
    assert.deepEqual(new Set(pool.map(({ priority }) => priority)), new Set([10]));
    assert.ok(
      tasks.some(({ name, priority }) => name !== 'libuv-worker' && priority === 10),
      'the crypt thread',
    );
    assert.equal(tasks.find(({ isMain }) => isMain)?.priority, 0);
    await derivation.close();
  });

  it('refuses after close, and what waited at close', async () => {
    const derivation = createKeyDerivation({ clock: systemClock, random: systemRandom, concurrency: 1 });
    const running = derivation.verify(SLOW_SHA, new Secret('guess'));
    const waiting = derivation.verify(SLOW_SHA, new Secret('guess'));
    const settled = Promise.allSettled([running, waiting]);
    await derivation.close();
    const codes = (await settled).map((result) => result.status === 'rejected' && (result.reason as CodedError).code);
    assert.deepEqual(codes, ['PASSWORD_THREAD_LOST', 'PASSWORD_CLOSED']);
    await assert.rejects(derivation.verify(STANDARD_SAMPLE, new Secret('guess')), { code: 'PASSWORD_CLOSED' });
  });

  it('refuses rather than derives what has waited for more than ten seconds', async () => {
    const clock = new ManualClock();
    const queue = new DerivationQueue(clock, 1, 10);
    const first = Promise.withResolvers<string>();
    const running = queue.run(() => first.promise);
    const stale = queue.run(async () => 'derived');
    clock.advance(9_000);
    const fresh = queue.run(async () => 'derived');
    clock.advance(1_001);
    first.resolve('first');
    assert.equal(await running, 'first');
    await assert.rejects(stale, { code: 'PASSWORD_BUSY' });
    assert.equal(await fresh, 'derived');
  });

  it('replaces a crypt thread that hangs', async () => {
    const clock = new ManualClock();
    const thread = new CryptThread(clock);
    const form = {
      scheme: 'sha512-crypt',
      rounds: 1_000_000,
      salt: 'salt',
      checksum: 'a'.repeat(86),
    } as const;
    const hanging = thread.verify(form, 'guess');
    clock.advance(60_000);
    await assert.rejects(hanging, { code: 'PASSWORD_THREAD_LOST' });
    assert.equal(await thread.verify({ ...form, rounds: 1000 }, 'guess'), 'mismatch');
    await thread.close();
  });
});

describe('argon2', () => {
  it('is the same from the package and from node:crypto', async () => {
    const fast = await loadArgon2();
    const salt = Buffer.from('some salt of 16b');
    for (const scheme of ['argon2id', 'argon2i', 'argon2d'] as const) {
      for (const [memory, passes, lanes, tagLength] of [
        [256, 2, 1, 32],
        [64, 3, 4, 16],
        [1024, 1, 2, 64],
      ] as const) {
        const parameters = { scheme, version: 19, memory, passes, lanes, salt, tagLength } as const;
        assert.deepEqual(
          await fast(Buffer.from('plumtree'), parameters),
          await builtInArgon2(Buffer.from('plumtree'), parameters),
        );
      }
    }
  });

  it('of the first version is not guessed at by node:crypto', async () => {
    const parameters = {
      scheme: 'argon2i',
      version: 16,
      memory: 256,
      passes: 2,
      lanes: 1,
      salt: Buffer.alloc(16),
    } as const;
    assert.equal(await builtInArgon2(Buffer.from('plumtree'), { ...parameters, tagLength: 32 }), undefined);
  });
});
