/**
 * S01 and S02 against what folds header names in earnest: PHP-CGI behind nginx (made tolerant) and behind Apache.
 *
 * The requests go through our proxy, which asserts `alice`; PHP prints every variable it was given.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { recordFigure } from '../support/figure.ts';
import { HEADER_FORGERIES } from '../support/header-forgeries.ts';
import { RawClient } from '../support/raw-client.ts';
import { apacheFastCgi, type BackEnd, nginxFastCgi, phpCgi } from '../support/web-back-ends.ts';
import { GateUnderTest } from '../web/proxy/gate-under-test.ts';

const CONNECTIONS = 16;

describe('forged headers before PHP-CGI', { timeout: 240_000 }, () => {
  const backEnds: BackEnd[] = [];
  before(async () => {
    const php = await phpCgi(
      '<?php header("Content-Type: application/json"); echo json_encode($_SERVER, JSON_INVALID_UTF8_SUBSTITUTE | JSON_FORCE_OBJECT);',
    );
    backEnds.push(await nginxFastCgi(php), await apacheFastCgi(php), php);
  });
  after(() => Promise.all(backEnds.map((backEnd) => backEnd.stop())));

  for (const [index, name] of ['nginx', 'Apache'].entries()) {
    it(`become no variable of PHP behind ${name}`, async () => {
      const gate = await new GateUnderTest(`http://127.0.0.1:${backEnds[index]!.port}`, {
        maxSockets: CONNECTIONS,
      }).start();
      let [at, arrived] = [0, 0];
      const reached: string[] = [];
      const worker = async () => {
        for (let forgery = HEADER_FORGERIES[at++]; forgery !== undefined; forgery = HEADER_FORGERIES[at++]) {
          const client = new RawClient(gate.port);
          const response = await client.send(forgery);
          client.close();
          if (response?.status !== 200) continue;
          arrived += 1;
          const variables = JSON.parse(response.body) as Record<string, string>;
          const honest =
            !/mallory/i.test(response.body) &&
            variables['HTTP_X_BONFIRE_ASSERTED_ID'] === 'alice' &&
            variables['HTTP_X_REALMGATE_ASSERTION'] === 'a.b.c';
          if (!honest) reached.push(forgery);
        }
      };
      try {
        await Promise.all(Array.from({ length: CONNECTIONS }, worker));
      } finally {
        await gate.stop();
      }
      console.log(`${name}: ${HEADER_FORGERIES.length} forgeries, ${arrived} requests arrived`);
      recordFigure('header-forgeries', HEADER_FORGERIES.length, reached.length);
      assert.deepEqual(reached.slice(0, 20), []);
      assert.ok(arrived > HEADER_FORGERIES.length / 4, `${arrived} arrived`);
    });
  }
});
