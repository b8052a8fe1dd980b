/** The server outlives its audit trail: nobody passes, but nothing crashes either (F05, security rule 2). */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { EchoBackEnd } from '../../support/echo-back-end.ts';
import { labConfiguration, labFiles, PASSWORDS } from '../../support/lab-site.ts';
import { until } from '../../support/raw-http.ts';
import { basic, send } from '../../support/test-browser.ts';
import { WholeServer } from '../../support/whole-server.ts';

let backEnd: EchoBackEnd;
let server: WholeServer;
before(async () => {
  backEnd = await EchoBackEnd.start();
  server = await WholeServer.start({ configuration: labConfiguration({ upstream: backEnd.url }), files: labFiles() });
});
after(async () => {
  await server.close();
  await backEnd.stop();
});

const pass = () => send(server.at('app'), { headers: basic('bob', PASSWORDS.bob) });

describe('a server whose audit trail takes nothing any more', () => {
  it('refuses, reloads, stops, and says so', async () => {
    assert.equal((await pass()).status, 200);
    rmSync(join(server.folder, 'data', 'audit'), { recursive: true });
    await until(() => server.log.some(({ message }) => /audit trail was deleted/.test(message)));
    assert.equal((await pass()).status, 503);
    // Rejected here, it would be the end of the process where a signal or a changed file asked.
    const report = await server.reload();
    assert.equal(report.applied, true);
    assert.match(JSON.stringify(server.log), /cannot write to the audit trail.*configuration\.load/);
    await server.stop();
  });
});
