/**
 * Can a refused bind be told from another by its time (RELIABILITY S22)? Eight kinds of refusals, interleaved, over one kept connection
 * to a whole server, against the wrong password of a person that exists.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Secret, systemClock, systemRandom } from '../../src/base/index.ts';
import { createKeyDerivation } from '../../src/password/index.ts';
import { AccountSite, person } from '../support/account-site.ts';
import { bindRequest } from '../support/ldap-wire.ts';
import { WireClient } from '../support/ldap-wire-client.ts';
import { areaUnderCurve, median } from '../support/told-apart.ts';

const SAMPLES = 2_000;
const [INVALID_CREDENTIALS, UNWILLING] = [49, 53];
const KINDS = {
  /** Has a password, and another one is sent. */
  known: 'wrong',
  unknown: 'wrong',
  /** May not log in, whatever is sent. */
  disabled: 'wrong',
  locked: 'wrong',
  empty: '',
  /** Has no password at all. */
  without: 'wrong',
  /** Has a password of a form that is verified in microseconds. */
  quick: 'wrong',
  /** Has passwords bound to services beside its own. */
  bound: 'wrong',
} as const;
type Kind = keyof typeof KINDS;
const NAMES = Object.keys(KINDS) as Kind[];
/** What is locked skips the modules, and says nothing of an account: names that do not exist are locked like others. */
const AREA: Readonly<Partial<Record<Kind, number>>> = { locked: 0.1 };
/** Passwords bound to services that a person of `bound` has. */
const BOUND = 10;

let site: AccountSite;
let client: WireClient;

before(async () => {
  const keys = createKeyDerivation({ clock: systemClock, random: systemRandom });
  const stored = `{ARGON2}${await keys.hash(new Secret('the right one of everybody'))}`;
  await keys.close();
  site = await AccountSite.start({
    more: `realms:
  staff:
    modules:
      - { use: lockout, flag: requisite, failures: 1, lock: 24h }
      - { use: directory, flag: sufficient, domain: local }
services:
  wiki: { match: { host: wiki.localhost }, realm: staff }
`,
  });
  // A name is tried once, because one failure locks it; "locked" is one name that is locked before.
  const forms: Partial<Record<Kind, string>> = {
    known: stored,
    disabled: stored,
    empty: stored,
    bound: stored,
    quick: '{SSHA}DOyvOVTEBBeCVY4frQmBoCZJ4AvThKWl',
  };
  let ldif = entry('locked', stored, false);
  for (const kind of NAMES) {
    if (kind === 'unknown' || kind === 'locked') continue;
    for (let index = 0; index < SAMPLES; index += 1) {
      ldif += entry(`${kind}${index}`, forms[kind], kind === 'disabled');
    }
  }
  site.whole.write('people.ldif', ldif);
  await site.run('ldif', 'import', '--continue', join(site.whole.folder, 'people.ldif'));
  const directory = site.whole.installation.own!.current;
  const uid = directory.schema.attributeType('uid')!;
  for (let index = 0; index < SAMPLES; index += 1) {
    const [holder] = directory.view.holder(uid, uid.equality!.normalize(Buffer.from(`bound${index}`))!);
    const owner = Buffer.from(directory.view.uuid(holder!));
    for (let count = 0; count < BOUND; count += 1) {
      const planned = directory.verifiers.planAppPassword(owner, count % 2 === 0 ? 'ldap' : 'wiki', `device ${count}`);
      assert.ok(await directory.commitVerifiers([planned!.write], () => true));
    }
  }
  client = await WireClient.connect(site.ldapPort);
  await ask('locked', 'wrong');
});

after(async () => {
  client?.close();
  await site?.close();
});

function entry(uid: string, form: string | undefined, isDisabled: boolean): string {
  const password = form === undefined ? '' : `userPassword: ${form}\n`;
  const lock = isDisabled ? 'pwdAccountLockedTime: 000001010000Z\n' : '';
  return `dn: ${person(uid)}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: x\n${password}${lock}\n`;
}

/** Milliseconds until a bind is refused. */
async function ask(uid: string, password: string): Promise<number> {
  const request = bindRequest(person(uid), password);
  const began = performance.now();
  const answer = await client.ask(request);
  const took = performance.now() - began;
  assert.equal(answer?.result.code, password === '' ? UNWILLING : INVALID_CREDENTIALS, uid);
  return took;
}

describe('the time of a refused bind', { timeout: 3_600_000 }, () => {
  it(`tells nothing, by ${SAMPLES} samples of each of ${NAMES.length} kinds`, async () => {
    const times = new Map<Kind, number[]>(NAMES.map((kind) => [kind, []]));
    for (let index = 0; index < SAMPLES; index += 1) {
      // In another order each round, so that no kind always follows the same other one.
      for (let step = 0; step < NAMES.length; step += 1) {
        const kind = NAMES[(step * (1 + 2 * (index % (NAMES.length / 2))) + index) % NAMES.length]!;
        times.get(kind)!.push(await ask(kind === 'locked' ? 'locked' : `${kind}${index}`, KINDS[kind]));
      }
    }
    const known = times.get('known')!;
    const rows = NAMES.map((kind) => {
      const own = times.get(kind)!;
      const gap = median(own) - median(known);
      return { kind, samples: own.length, median: median(own), gap, auc: areaUnderCurve(own, known) };
    });
    console.table(
      rows.map((row) => ({ ...row, median: row.median.toFixed(2), gap: row.gap.toFixed(3), auc: row.auc.toFixed(3) })),
    );
    for (const { kind, samples, gap, auc } of rows) {
      assert.equal(samples, SAMPLES);
      // An empty password is refused before anything is looked up (security rule 3), with a code of its own.
      if (kind === 'empty') continue;
      assert.ok(Math.abs(gap) < 2, `${kind}: ${gap.toFixed(2)} ms`);
      assert.ok(Math.abs(auc - 0.5) <= (AREA[kind] ?? 0.05), `${kind}: ${auc.toFixed(3)}`);
    }
  });
});
