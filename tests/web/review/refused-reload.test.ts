/** A configuration that cannot be started leaves nothing behind: a file that is edited all day must not fill memory. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Clock, systemClock } from '../../../src/base/index.ts';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { labConfiguration, labFiles } from '../../support/lab-site.ts';
import { WholeServer } from '../../support/whole-server.ts';

/** Timers that run until they are cancelled. */
let ticking = 0;
const countingClock: Clock = {
  ...systemClock,
  every(period, act) {
    ticking += 1;
    const timer = systemClock.every(period, act);
    let cancelled = false;
    return {
      cancel() {
        if (!cancelled) ticking -= 1;
        cancelled = true;
        timer.cancel();
      },
    };
  },
};

let backEnd: EchoBackEnd;
let server: WholeServer;
let configuration: string;
before(async () => {
  backEnd = await EchoBackEnd.start();
  configuration = labConfiguration({ upstream: backEnd.url });
  server = await WholeServer.start({ configuration, files: labFiles(), clock: countingClock });
});
after(async () => {
  await server.close();
  await backEnd.stop();
});

describe('a reload that is refused', () => {
  it('leaves no timer behind', async () => {
    const before = ticking;
    const ca = 'caFile: missing.pem, userBase: "dc=x", userFilter: "(uid={name})"';
    const ldap = `      - { use: ldap, flag: sufficient, domain: x, urls: [ "ldaps://127.0.0.1" ], ${ca} }\n`;
    server.write('realmgate.yaml', labConfiguration({ upstream: backEnd.url, first: ldap }));
    const report = await server.reload();
    assert.match(report.problems.join(), /missing\.pem/);
    assert.equal(ticking, before);
  });
});
