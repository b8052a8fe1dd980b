/** The verifiers of examples/verify-assertion believe what Realmgate signs, and nothing else. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { systemClock, systemRandom } from '../../src/base/index.ts';
import { openKeyRing } from '../../src/pki/index.ts';
import { type AssertionTokens, AUDIENCE, assertionTokens, ISSUER } from '../support/assertion-tokens.ts';

type Verify = (assertion: string) => Promise<{ readonly sub: string }>;
type MakeVerify = (options: { jwks: string; issuer: string; audience: string }) => Verify;

const NODE = 'examples/verify-assertion/verify.mjs';
const PYTHON = 'examples/verify-assertion/verify.py';
/** Reads JSON texts, one token a line, and answers each with the subject or `refused`. */
const PYTHON_MANY = `
import json, sys
sys.path.insert(0, 'examples/verify-assertion')
import verify
keys = verify.load_keys(sys.argv[1])
for line in sys.stdin:
    try:
        print(json.dumps(verify.verify(json.loads(line), keys, sys.argv[2], sys.argv[3])['sub']))
    except Exception:
        print(json.dumps('refused'))
`;

describe('the example verifiers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-verifiers-'));
  const jwks = join(folder, 'jwks.json');
  let tokens: AssertionTokens;
  let makeVerify: MakeVerify;

  before(async () => {
    const ring = await openKeyRing({ folder: join(folder, 'keys'), clock: systemClock, random: systemRandom });
    tokens = await assertionTokens(ring, join(folder, 'keys'), systemClock.now());
    writeFileSync(jwks, JSON.stringify(ring.jwks()));
    ring.close();
    const module = (await import(pathToFileURL(NODE).href)) as { assertionVerifier: MakeVerify };
    makeVerify = module.assertionVerifier;
  });
  after(() => rmSync(folder, { recursive: true }));

  it('in Node believe the good and refuse the bad', async () => {
    const verify = makeVerify({ jwks, issuer: ISSUER, audience: AUDIENCE });
    for (const [what, token] of tokens.good) assert.ok((await verify(token)).sub, what);
    for (const [what, token] of tokens.bad) await assert.rejects(verify(token), Error, what);
    assert.ok(tokens.bad.size >= 15);
  });

  it('in Python believe the good and refuse the bad', () => {
    const all = [...tokens.good, ...tokens.bad];
    const input = all.map(([, token]) => `${JSON.stringify(token)}\n`).join('');
    const { stdout, stderr, status } = spawnSync('/usr/bin/python3', ['-c', PYTHON_MANY, jwks, ISSUER, AUDIENCE], {
      input,
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    assert.equal(status, 0, stderr);
    const answers = stdout.split('\n').slice(0, -1);
    assert.equal(answers.length, all.length);
    for (const [index, [what]] of all.entries()) {
      assert.equal(answers[index] !== '"refused"', tokens.good.has(what), `${what}: ${answers[index]}`);
    }
  });

  for (const [language, command] of [
    ['Node', [process.execPath, NODE]],
    ['Python', ['/usr/bin/python3', PYTHON]],
  ] as const) {
    it(`in ${language} run from the command line, with an exit code`, () => {
      const run = (input: string, audience: string) => {
        const [program = '', ...rest] = command;
        return spawnSync(program, [...rest, '--jwks', jwks, '--issuer', ISSUER, '--audience', audience], {
          input,
          encoding: 'utf8',
        });
      };
      const [good = ''] = tokens.good.values();
      const believed = run(`${good}\n`, AUDIENCE);
      assert.equal(believed.status, 0, believed.stderr);
      assert.equal((JSON.parse(believed.stdout) as { sub: string }).sub, 'alice');
      const refused = run(good, 'wiki');
      assert.deepEqual([refused.status, refused.stdout], [1, '']);
      assert.match(refused.stderr, /^refused: /);
    });
  }

  it('fetch the published key set from its address', async () => {
    const server = createServer((_, response) => response.end(JSON.stringify(tokens.jwks)));
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`;
    const verify = makeVerify({ jwks: url, issuer: ISSUER, audience: AUDIENCE });
    for (const [what, token] of tokens.good) assert.ok((await verify(token)).sub, what);
    server.closeAllConnections();
    server.close();
  });
});
