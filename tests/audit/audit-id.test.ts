import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { auditIdSource, chainOf, parseAuditId, timeOf } from '../../src/audit/audit-id.ts';
import { systemRandom } from '../../src/base/index.ts';

const NOW = Date.UTC(2026, 10, 22, 9);

describe('an audit id', () => {
  const idAt = auditIdSource('a', systemRandom);

  it('is short and has no digit that can be mistaken', () => {
    for (let i = 0; i < 1000; i++) assert.match(idAt(NOW), /^[0-9A-HJKMNP-TV-Z]{10}-a-[0-9A-HJKMNP-TV-Z]{10}$/);
    assert.ok(auditIdSource('abc', systemRandom)(NOW).length <= 26);
  });

  it('sorts as it was made, and tells when and by which chain', () => {
    const instants = fc.integer({ min: 0, max: 2 ** 45 });
    fc.assert(
      fc.property(instants, instants, (one, two) => {
        assert.equal(timeOf(idAt(one)), one);
        if (one < two) assert.ok(idAt(one) < idAt(two));
      }),
    );
    assert.equal(chainOf(auditIdSource('w7', systemRandom)(NOW)), 'w7');
  });

  it('does not repeat within one millisecond', () => {
    assert.equal(new Set(Array.from({ length: 10_000 }, () => idAt(NOW))).size, 10_000);
  });

  it('is read as people type it', () => {
    const id = auditIdSource('a1', { bytes: (length) => new Uint8Array(length).fill(1) })(NOW);
    assert.equal(id, '01M817QNM0-a1-1111111111');
    for (const typed of [
      id,
      id.toLowerCase(),
      ` ${id}\n`,
      id.replaceAll('-', ''),
      id.replaceAll('1', 'l'),
      id.replaceAll('0', 'O'),
    ]) {
      assert.equal(parseAuditId(typed), id, typed);
    }
  });

  it('is nothing else', () => {
    const id = idAt(NOW);
    for (const text of [
      '',
      'x',
      id.slice(1),
      `${id}0000`,
      id.replace('-a-', '-u-'),
      id.replace('-a-', '--'),
      `${id}\0`,
      '-'.repeat(30),
      'A'.repeat(1e6),
    ]) {
      assert.equal(parseAuditId(text), undefined, text.slice(0, 40));
    }
    fc.assert(fc.property(fc.string(), (text) => (parseAuditId(text) ?? '').length !== 1));
  });

  it('takes no chain that could not be told from the rest', () => {
    for (const chain of ['', 'A', 'i', 'u', 'abcd', '-', '../']) {
      assert.throws(() => auditIdSource(chain, systemRandom), { code: 'AUDIT_CHAIN_NAME' }, chain);
    }
  });
});
