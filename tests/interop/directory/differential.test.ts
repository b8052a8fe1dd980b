/**
 * Generated requests answered by slapd and by the server under test, each answer and the state after each write compared
 * (RELIABILITY R2). Deterministic: REALMGATE_DIFFERENTIAL_SEED and REALMGATE_DIFFERENTIAL_COUNT choose another corpus.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Difference, differencesOf, entryDifferences } from '../../support/differential/compare.ts';
import { generatedRequests } from '../../support/differential/generate.ts';
import type { GeneratedRequest } from '../../support/differential/request.ts';
import { Side } from '../../support/differential/side.ts';
import { TESTER_DN, TESTER_PASSWORD, treeLdif } from '../../support/differential/tree.ts';
import { recordFigure } from '../../support/figure.ts';
import { type LdapServerUnderTest, SERVERS_UNDER_TEST, serverKind } from '../../support/ldap-server-under-test.ts';
import type { WireEntry } from '../../support/ldap-wire.ts';
import type { WireAnswer } from '../../support/ldap-wire-client.ts';
import {
  type ComparedRequest,
  DIFFERENCE_CLASSES,
  differenceClass,
  MOST_CLASSES,
  MOST_DIFFERING,
} from './differences.ts';

const SEED = Number(process.env['REALMGATE_DIFFERENTIAL_SEED'] ?? 4511);
const COUNT = Number(process.env['REALMGATE_DIFFERENTIAL_COUNT'] ?? 20_000);
/** The whole trees are compared, and made new, after so many requests. */
const PERIOD = 500;
const SHOWN = 40;

/** Both servers begin with the same entries and the same administrator among them. */
const TESTER = { dn: TESTER_DN, password: TESTER_PASSWORD };
const START = { ldif: treeLdif(), administrator: TESTER };

describe('the comparison', () => {
  const request = [...generatedRequests(1, 50)].find(({ kind, sizeLimit }) => kind === 'search' && sizeLimit === 0)!;
  const entry = (dn: string, ...attributes: readonly (readonly [string, readonly string[]])[]): WireEntry => ({
    dn,
    attributes: attributes.map(([name, values]) => [name, values.map((value) => Buffer.from(value))]),
  });
  const answer = (entries: readonly WireEntry[], code = 0, matchedDn = ''): WireAnswer => ({
    result: { code, matchedDn, message: 'any' },
    entries,
    references: 0,
    tag: 0x65,
    operation: { tag: 0x65, content: Buffer.alloc(0) },
    controls: [],
  });
  const found = (peer: WireAnswer | undefined, ours: WireAnswer | undefined) =>
    differencesOf(request, peer, ours).map(({ what, attribute }) => [what, attribute ?? ''].join(' ').trim());

  it('takes what means the same for the same', () => {
    const one = entry('uid=a,ou=People,dc=x', ['cn', ['A', 'B']], ['entryUUID', ['1']], ['member', ['cn=a,dc=x']]);
    const other = entry(
      'UID=A, ou=people,dc=X',
      ['member', ['CN = A , dc=x']],
      ['entryUUID', ['2']],
      ['cn', ['B', 'A']],
    );
    const more = entry('ou=b,dc=x', ['ou', ['b']]);
    assert.deepEqual(found(answer([one, more]), answer([more, other])), []);
  });

  it('sees codes, names, entries, attributes, values and closed connections', () => {
    const one = entry('uid=a,dc=x', ['cn', ['A']], ['sn', ['S']]);
    assert.deepEqual(found(answer([], 32), answer([], 0)), ['code']);
    assert.deepEqual(found(answer([], 32, 'dc=x'), answer([], 32, '')), ['matchedDn']);
    assert.deepEqual(found(answer([one]), answer([])), ['entries']);
    assert.deepEqual(found(answer([one]), answer([entry('uid=a,dc=x', ['cn', ['A']])])), ['attributes sn']);
    assert.deepEqual(found(answer([one]), answer([entry('uid=a,dc=x', ['cn', ['a']], ['sn', ['S']])])), ['values cn']);
    assert.deepEqual(found(answer([]), undefined), ['closed']);
  });

  it('is over a corpus that is the same every time', () => {
    const texts = (seed: number) => [...generatedRequests(seed, 200)].map(({ text }) => text);
    assert.deepEqual(texts(7), texts(7));
    assert.notDeepEqual(texts(7), texts(8));
  });
});

for (const kind of SERVERS_UNDER_TEST) {
  describe(`${COUNT} generated requests to slapd and ${kind.name}`, { timeout: 1_800_000 }, () => {
    const servers: LdapServerUnderTest[] = [];
    let peer: Side;
    let ours: Side;

    before(async () => {
      for (const each of [serverKind('slapd'), kind]) servers.push(await each.start(START));
      [peer, ours] = await Promise.all([
        Side.connect(servers[0]!.port, TESTER),
        Side.connect(servers[1]!.port, TESTER),
      ]);
    });
    after(async () => {
      peer?.close();
      ours?.close();
      for (const server of servers) await server.close();
    });

    const renew = async () => {
      await Promise.all([peer.renew(), ours.renew()]);
    };
    /** What a write left behind that is not the same on both sides. */
    const stateDifferences = async ({ touches }: GeneratedRequest, answers: readonly (WireAnswer | undefined)[]) => {
      if (!answers.some((answer) => answer?.result.code === 0)) return [];
      const found: Difference[] = [];
      for (const dn of touches) {
        const [theirs, own] = await Promise.all([peer.entry(dn), ours.entry(dn)]);
        found.push(...entryDifferences(theirs, own).map((difference) => ({ ...difference, what: 'state' as const })));
      }
      return found;
    };

    it('are answered alike, but for the differences that are meant', async () => {
      const unmeant: ComparedRequest[] = [];
      const counts = new Map<string, number>();
      const codes = new Map<string, number>();
      let number = 0;
      for (const request of generatedRequests(SEED, COUNT)) {
        const answers = await Promise.all([peer.ask(request), ours.ask(request)]);
        const [theirs, own] = answers;
        const state = request.touches.length > 0 ? await stateDifferences(request, answers) : [];
        number += 1;
        if (state.length > 0) await renew();
        else if (number % PERIOD === 0) {
          const [a, b] = await Promise.all([peer.wholeTree(), ours.wholeTree()]);
          assert.deepEqual(entryDifferences(a, b), [], `the trees have come apart unnoticed before request ${number}`);
          await renew();
        }
        const answered = `${request.kind} ${theirs?.result.code ?? 'closed'}`;
        codes.set(answered, (codes.get(answered) ?? 0) + 1);
        const differences = [...differencesOf(request, theirs, own), ...state];
        if (differences.length === 0) continue;
        const compared = { request, peer: theirs, ours: own, differences };
        const meant = differenceClass(compared);
        if (meant === undefined) unmeant.push(compared);
        else counts.set(meant.name, (counts.get(meant.name) ?? 0) + 1);
      }
      console.log(
        [...codes]
          .toSorted()
          .map(([what, count]) => `${what}: ${count}`)
          .join(', '),
      );
      for (const { name, clause } of DIFFERENCE_CLASSES) console.log(`${counts.get(name) ?? 0} ${name} (${clause})`);
      const meant = [...counts.values()].reduce((sum, count) => sum + count, 0);
      console.log(
        `${number - meant - unmeant.length} of ${number} answered alike, ${meant} differ as meant, ${unmeant.length} differ`,
      );
      if (kind.name !== 'slapd') recordFigure('directory-answers', number, number - unmeant.length);
      assert.equal(unmeant.length, 0, unmeant.slice(0, SHOWN).map(written).join('\n'));
      assert.ok(DIFFERENCE_CLASSES.length <= MOST_CLASSES);
      assert.ok(meant <= number * MOST_DIFFERING, `${meant} of ${number} differ`);
    });
  });
}

function written({ request, peer, ours, differences }: ComparedRequest): string {
  const messages = [peer, ours].map((answer) => JSON.stringify(answer?.result.message ?? 'closed'));
  const controls = request.controls.map(({ oid }) => ` [${oid}]`).join('');
  const shown = differences.slice(0, 4).map(({ what, dn, attribute, peer: theirs, ours: own }) => {
    const where = [dn, attribute].filter((part) => part !== undefined).join(' ');
    return `    ${what} ${where}: slapd ${theirs}, ours ${own}`;
  });
  return `${request.text}${controls}\n${shown.join('\n')}\n    slapd said ${messages[0]}, ours ${messages[1]}`;
}
