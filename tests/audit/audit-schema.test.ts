import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditSchema } from '../../src/audit/index.ts';

describe('the audit section of the configuration', () => {
  it('needs nothing: a month is kept, and a full disk refuses', () => {
    assert.deepEqual(auditSchema.parse({}), { rotateSize: 33_554_432, keep: 30 * 86_400_000, onFull: 'refuse' });
  });

  it('takes sizes and spans as people write them', () => {
    const settings = auditSchema.parse({
      folder: '/var/log/realmgate',
      rotateSize: '1MiB',
      keep: '400d',
      onFull: 'drop',
    });
    assert.deepEqual(settings, {
      folder: '/var/log/realmgate',
      rotateSize: 1_048_576,
      keep: 400 * 86_400_000,
      onFull: 'drop',
    });
  });

  it('refuses what would keep nothing, and what it does not know', () => {
    for (const wrong of [
      { keep: '23h' },
      { keep: 30 },
      { rotateSize: '1KiB' },
      { rotateSize: '2GiB' },
      { onFull: 'ignore' },
      { keepDays: 30 },
    ]) {
      assert.equal(auditSchema.safeParse(wrong).success, false, JSON.stringify(wrong));
    }
  });
});
