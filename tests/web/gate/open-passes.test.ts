/** What is open is looked at again while a generation can be had, and outlives the time in which none can. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PassAnswer } from '../../../src/web/gate/gate-answer.ts';
import { OpenPasses } from '../../../src/web/gate/open-passes.ts';
import { ServiceTable } from '../../../src/web/gate/service-table.ts';
import type { WebGeneration, WebPorts } from '../../../src/web/index.ts';
import type { WebRequest } from '../../../src/web/web-request.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('open passes', () => {
  it('survive a second in which no generation may be used, and end when the next one does not let them in', () => {
    const clock = new ManualClock();
    let generation: WebGeneration | undefined = {
      number: 1,
      services: new ServiceTable([]),
    } as unknown as WebGeneration;
    const ports = {
      clock,
      generation: () => {
        if (generation === undefined) throw new Error('cut off');
        return generation;
      },
    } as unknown as WebPorts;
    const passes = new OpenPasses(ports);
    let closed = 0;
    const answer = { kind: 'pass', session: undefined, service: { realm: 'a' } } as unknown as PassAnswer;
    const web = { authority: { host: 'a.example' }, target: { path: '/' } } as unknown as WebRequest;
    const first = generation;
    passes.add(web, answer, first, () => {
      closed += 1;
    });
    generation = undefined;
    clock.advance(1_000);
    assert.equal(closed, 0);
    generation = { ...first, number: 2 };
    clock.advance(1_000);
    assert.equal(closed, 1);
    passes.close();
  });
});
