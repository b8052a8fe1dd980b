/** The decoder of LDAP requests before ten million malformed messages (RELIABILITY R1). */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeMessage } from '../../src/ldap/door/codec/request-decoder.ts';
import { BASE_MESSAGES } from '../support/ldap-base-messages.ts';
import { Mutator } from '../support/mutator.ts';

const MESSAGES = 10_000_000;
const A_ROUND = 10_000;
/** Processor time of a round: one message that takes much longer than the others is seen in it. */
const LONGEST_ROUND = 2_000_000;

it('decoding a request neither throws nor takes long, ten million times', () => {
  const mutator = new Mutator(20_260_101);
  let [read, slowest] = [0, 0];
  for (let decoded = 0; decoded < MESSAGES; decoded += A_ROUND) {
    const before = process.cpuUsage();
    for (let each = 0; each < A_ROUND; each += 1) {
      const octets = mutator.mutate(BASE_MESSAGES[mutator.below(BASE_MESSAGES.length)]!);
      if (!('fault' in decodeMessage(octets, 0, octets.length))) read += 1;
    }
    slowest = Math.max(slowest, process.cpuUsage(before).user);
  }
  console.log(`${MESSAGES.toLocaleString('en-US')} messages, ${read.toLocaleString('en-US')} of them read`);
  assert.ok(slowest < LONGEST_ROUND, `a round took ${slowest} µs`);
  assert.ok(read > MESSAGES / 100 && read < MESSAGES);
});
