/** `explain` of a rule that names a group by its distinguished name, as the directory has it (OMI, spec/omi.md). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Explanation } from '../../src/admin/index.ts';
import { BONFIRE_LDIF, BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from '../support/bonfire-tree.ts';
import { EchoBackEnd } from '../support/echo-back-end.ts';
import { Slapd } from '../support/slapd.ts';
import { basic, received, send } from '../support/test-browser.ts';
import { WholeServer } from '../support/whole-server.ts';

const LABS = `cn=labs,ou=Groups,${BONFIRE_SUFFIX}`;

let slapd: Slapd;
let backEnd: EchoBackEnd;
let server: WholeServer;

before(async () => {
  slapd = await Slapd.start({ suffix: BONFIRE_SUFFIX, ldif: BONFIRE_LDIF, readers: [PORTAL_DN] });
  backEnd = await EchoBackEnd.start();
  server = await WholeServer.start({
    configuration: `data: ./data
listen: { web: { address: "127.0.0.1:PORT", publicUrl: "http://login.localhost:PORT" } }
realms:
  staff:
    modules:
      - use: ldap
        flag: required
        domain: campus
        urls: [ "${slapd.url}" ]
        bindDn: "${PORTAL_DN}"
        bindPasswordFile: portal-password
        userBase: "ou=People,${BONFIRE_SUFFIX}"
        groupBase: "ou=Groups,${BONFIRE_SUFFIX}"
        groupFilter: "(|(memberUid={name})(member={dn}))"
services:
  allowed: { match: { host: allowed.localhost }, realm: staff, authorizedGroups: [ "${LABS}" ], upstream: "${backEnd.url}" }
  denied: { match: { host: denied.localhost }, realm: staff, unauthorizedGroups: [ "${LABS}" ], upstream: "${backEnd.url}" }
`,
    files: { 'portal-password': PORTAL_PASSWORD },
  });
});

after(async () => {
  await server?.close();
  await backEnd?.stop();
  await slapd?.close();
});

async function explained(host: string, name: string, password: string): Promise<readonly [number, Explanation]> {
  const page = await send(server.at(host), { headers: basic(name, password) });
  const id = String(page.headers['x-realmgate-id'] ?? received(page, 'x-realmgate-id'));
  const { stdout, stderr } = await server.command('explain', id, '--output', 'json');
  assert.notEqual(stdout, '', stderr);
  return [page.status, JSON.parse(stdout) as Explanation];
}

describe('explain of a rule by distinguished name', { timeout: 60_000 }, () => {
  it('judges as the gate did, in both directions', async () => {
    for (const [host, name, password, status, change] of [
      ['allowed', 'alice', 'alice-secret', 200, /labs/],
      ['allowed', 'carol', 'carol-secret', 403, new RegExp(`make carol a member of ${LABS}`)],
      ['denied', 'alice', 'alice-secret', 403, /labs/],
      ['denied', 'carol', 'carol-secret', 200, /labs/],
    ] as const) {
      const [answered, explanation] = await explained(host, name, password);
      assert.equal(answered, status, `${name} at ${host}`);
      assert.equal(explanation.outcome, status === 200 ? 'permitted' : 'denied');
      assert.deepEqual(explanation.notes, [], 'nothing that today would be decided otherwise');
      assert.equal(explanation.change.length, 1, explanation.change.join(' and '));
      assert.match(explanation.change[0]!, change);
    }
  });
});
