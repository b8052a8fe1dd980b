/** No text of a client or of a login source may hold up everybody else (S25, event-loop blocking). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { basicCredentials } from '../../../src/web/http/basic-credentials.ts';
import { decodeHeaderValue, encodeHeaderList, encodeHeaderValue } from '../../../src/web/http/header-value.ts';

/** The best of three, so that a busy machine does not fail the test. */
function milliseconds(act: () => void): number {
  const once = () => {
    const start = performance.now();
    act();
    return performance.now() - start;
  };
  return Math.min(once(), once(), once());
}

describe('hostile text', () => {
  it('is refused at once as Basic credentials, blanks without end included', () => {
    const value = `Basic a${' '.repeat(8_100)}a`;
    assert.equal(basicCredentials(['Authorization', value]).kind, 'malformed');
    const took = milliseconds(() => void basicCredentials(['Authorization', value]));
    assert.ok(took < 5, `took ${took} ms`);
  });

  it('is encoded at once in a header, blanks without end included', () => {
    const name = `a${' '.repeat(30_000)}b`;
    const took = milliseconds(() => void encodeHeaderValue(name) + encodeHeaderList([name]));
    assert.ok(took < 50, `took ${took} ms`);
  });

  it('keeps the blanks at either end of a name apart from those inside', () => {
    for (const name of ['  a  b  ', ' ', '   ', 'a  b', '', 'a ']) {
      assert.equal(decodeHeaderValue(encodeHeaderValue(name)), name);
      assert.equal(encodeHeaderValue(name).trim(), encodeHeaderValue(name));
    }
    assert.equal(encodeHeaderValue(' a  b '), '%20a  b%20');
  });
});
