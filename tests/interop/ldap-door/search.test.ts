/** Search over the wire: paging (RFC 2696), sorting (RFC 2891), assertion (RFC 4528), limits, and what is about the server itself (RFC 4512). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BONFIRE_SUFFIX } from '../../support/bonfire-tree.ts';
import { ALICE, OPERATOR } from '../../support/interop-tree.ts';
import { type DoorSite, startDoorSite } from '../../support/ldap-door-site.ts';
import {
  boolean,
  compareRequest,
  element,
  elements,
  filter,
  integer,
  modifyRequest,
  octetString,
  type SearchParameters,
  searchRequest,
  type WireControl,
} from '../../support/ldap-wire.ts';
import { type WireAnswer, WireClient } from '../../support/ldap-wire-client.ts';

const PAGED = '1.2.840.113556.1.4.319';
const SORT = '1.2.840.113556.1.4.473';
const SORTED = '1.2.840.113556.1.4.474';
const any = filter.present('objectClass');

let site: DoorSite;
const clients: WireClient[] = [];

async function client(who: { dn: string; password: string } | undefined = OPERATOR): Promise<WireClient> {
  const opened = await WireClient.connect(site.port);
  clients.push(opened);
  if (who !== undefined) await opened.bind(who.dn, who.password);
  return opened;
}

async function search(
  from: WireClient,
  more: Partial<SearchParameters> = {},
  controls: readonly WireControl[] = [],
): Promise<WireAnswer> {
  const parameters = { base: BONFIRE_SUFFIX, scope: 'sub', filter: any, attributes: ['1.1'], ...more } as const;
  const answer = await from.ask(searchRequest(parameters), controls);
  assert.ok(answer !== undefined, 'the connection was closed');
  return answer;
}

const names = ({ entries }: WireAnswer) => entries.map(({ dn }) => dn);
const page = (size: number, cookie: Uint8Array = Buffer.alloc(0), critical = true): WireControl => ({
  oid: PAGED,
  critical,
  value: element(0x30, integer(size), octetString(cookie)),
});
function cookieOf(answer: WireAnswer): Buffer {
  const control = answer.controls.find(({ oid }) => oid === PAGED);
  assert.ok(control?.value !== undefined, 'no cookie came');
  return elements(elements(Buffer.from(control.value))[0]!.content)[1]!.content;
}
const sortBy = (attribute: string, { rule = '', reverse = false, critical = true } = {}): WireControl => ({
  oid: SORT,
  critical,
  value: element(
    0x30,
    element(
      0x30,
      octetString(attribute),
      ...(rule === '' ? [] : [octetString(rule, 0x80)]),
      ...(reverse ? [boolean(true, 0x81)] : []),
    ),
  ),
});
function sortCodeOf(answer: WireAnswer): number | undefined {
  const control = answer.controls.find(({ oid }) => oid === SORTED);
  return control?.value && elements(elements(Buffer.from(control.value))[0]!.content)[0]!.content[0];
}

describe('a search', () => {
  before(async () => {
    site = await startDoorSite();
  });
  after(async () => {
    for (const each of clients) each.close();
    await site.close();
  });

  it('stops at the size limit of its client, and says so', async () => {
    const answer = await search(await client(), { sizeLimit: 3 });
    assert.deepEqual([answer.entries.length, answer.result.code], [3, 4]);
  });

  it('answers types without values when that is asked for', async () => {
    const { entries } = await search(await client(), {
      filter: filter.equal('uid', 'alice'),
      attributes: ['cn', 'mail'],
      typesOnly: true,
    });
    assert.deepEqual(entries[0]?.attributes, [
      ['cn', []],
      ['mail', []],
    ]);
  });

  it('names the nearest entry above a base that is not there', async () => {
    const answer = await search(await client(), { base: `cn=x,uid=nobody,ou=People,${BONFIRE_SUFFIX}` });
    assert.deepEqual([answer.result.code, answer.result.matchedDn], [32, `ou=People,${BONFIRE_SUFFIX}`]);
    assert.equal((await search(await client(), { base: 'no name' })).result.code, 34);
  });

  describe('that is paged', () => {
    it('answers the same entries as one that is not, in pages of any size', async () => {
      const asking = await client();
      const whole = names(await search(asking));
      for (const size of [1, 2, 3, whole.length - 1, whole.length, whole.length + 1]) {
        const found: string[] = [];
        let cookie: Buffer = Buffer.alloc(0);
        let pages = 0;
        do {
          const answer = await search(asking, {}, [page(size, cookie)]);
          assert.equal(answer.result.code, 0);
          assert.ok(answer.entries.length <= size);
          found.push(...names(answer));
          cookie = cookieOf(answer);
          pages += 1;
        } while (cookie.length > 0);
        assert.deepEqual(found, whole);
        assert.equal(pages, Math.ceil(whole.length / size), `pages of ${size}`);
      }
    });

    it('goes on when entries come and go between two pages', async () => {
      const asking = await client();
      const first = await search(asking, { base: `ou=People,${BONFIRE_SUFFIX}`, scope: 'one' }, [page(1)]);
      const change = modifyRequest(ALICE.dn, [{ operation: 'replace', attribute: 'title', values: ['x'] }]);
      assert.equal((await (await client()).ask(change))?.result.code, 0);
      const rest = await search(asking, { base: `ou=People,${BONFIRE_SUFFIX}`, scope: 'one' }, [
        page(100, cookieOf(first)),
      ]);
      assert.equal(new Set([...names(first), ...names(rest)]).size, 4);
    });

    it('takes a cookie once, on its connection, for its search, and while it is remembered', async () => {
      const asking = await client();
      const refused = async (from: WireClient, cookie: Buffer, more: Partial<SearchParameters> = {}) => {
        const { result, entries } = await search(from, more, [page(2, cookie)]);
        assert.deepEqual([result.code, entries.length], [53, 0]);
      };
      const cookie = cookieOf(await search(asking, {}, [page(2)]));
      await refused(await client(), cookie);
      await refused(asking, cookie, { filter: filter.present('cn') });
      assert.equal((await search(asking, {}, [page(2, cookie)])).entries.length, 2);
      await refused(asking, cookie);
      for (const garbage of ['x', '\0\0\0\0', 'xxxx', 'x'.repeat(1000)]) await refused(asking, Buffer.from(garbage));
      const oldest = cookieOf(await search(asking, {}, [page(2)]));
      for (let more = 0; more < 8; more += 1) cookieOf(await search(asking, {}, [page(2)]));
      await refused(asking, oldest);
      const before = cookieOf(await search(asking, {}, [page(2)]));
      await asking.bind(OPERATOR.dn, OPERATOR.password);
      await refused(asking, before);
    });

    it('is ended by a page of no entries', async () => {
      const asking = await client();
      const cookie = cookieOf(await search(asking, {}, [page(2)]));
      const ended = await search(asking, {}, [page(0, cookie)]);
      assert.deepEqual([ended.result.code, ended.entries.length, cookieOf(ended).length], [0, 0, 0]);
      assert.equal((await search(asking, {}, [page(2, cookie)])).result.code, 53);
    });
  });

  describe('that is sorted', () => {
    const uids = async (...controls: WireControl[]) => {
      const answer = await search(await client(), { filter: filter.present('uid'), attributes: ['uid'] }, controls);
      return { answer, uids: answer.entries.map(({ attributes }) => attributes[0]?.[1][0]?.toString()) };
    };

    it('is in order, or in reverse, and pages keep it', async () => {
      const ordered = ['alice', 'bob', 'carol', 'operator'];
      const up = await uids(sortBy('uid'));
      assert.deepEqual(up.uids, ordered);
      assert.equal(sortCodeOf(up.answer), 0);
      assert.deepEqual((await uids(sortBy('uid', { reverse: true }))).uids, ordered.toReversed());
      const asking = await client();
      const parameters = { filter: filter.present('uid'), attributes: ['1.1'] };
      const first = await search(asking, parameters, [sortBy('uid'), page(3)]);
      const second = await search(asking, parameters, [sortBy('uid'), page(3, cookieOf(first))]);
      assert.deepEqual(
        [...names(first), ...names(second)].map((dn) => dn.slice(4, dn.indexOf(','))),
        ordered,
      );
    });

    it('by what cannot be sorted is refused when that is critical, and unsorted when it is not', async () => {
      for (const [attribute, code] of [
        ['nosuch', 16],
        ['userPassword', 18],
      ] as const) {
        const refused = await uids(sortBy(attribute));
        assert.deepEqual([refused.answer.result.code, refused.uids.length], [12, 0], attribute);
        const unsorted = await uids(sortBy(attribute, { critical: false }));
        assert.deepEqual([unsorted.answer.result.code, unsorted.uids.length], [0, 4], attribute);
        assert.ok([code, 16, 18].includes(sortCodeOf(unsorted.answer)!));
      }
    });
  });

  it('is made only when its base matches the assertion (RFC 4528)', async () => {
    const asking = await client();
    const asserting = (value: string): WireControl => ({
      oid: '1.3.6.1.1.12',
      critical: true,
      value: filter.equal('o', value).octets,
    });
    assert.equal((await search(asking, {}, [asserting('BonFIRE')])).result.code, 0);
    const failed = await search(asking, {}, [asserting('another')]);
    assert.deepEqual([failed.result.code, failed.entries.length], [122, 0]);
    const hidden = await search(await client(ALICE), { base: OPERATOR.dn }, [asserting('x')]);
    assert.equal(hidden.result.code, 32, 'nothing is said of what the asker may not see');
    const root = { base: '', scope: 'base' } as const;
    assert.equal((await search(asking, root, [asserting('another')])).result.code, 122);
    const vendor = { ...asserting(''), value: filter.equal('vendorName', 'Realmgate').octets };
    assert.equal((await search(asking, root, [vendor])).entries.length, 1);
  });

  describe('for the root DSE', () => {
    const root = async (attributes: readonly string[], more: Partial<SearchParameters> = {}) => {
      const answer = await search(await client(undefined), { base: '', scope: 'base', attributes, ...more });
      return new Map(answer.entries[0]?.attributes.map(([name, values]) => [name, values.map(String)]));
    };

    it('answers anybody what the server has, operational attributes when asked for', async () => {
      assert.deepEqual([...(await root([])).keys()], ['objectClass']);
      const all = await root(['*', '+']);
      assert.deepEqual(all.get('namingContexts'), [BONFIRE_SUFFIX]);
      assert.deepEqual(all.get('subschemaSubentry'), ['cn=Subschema']);
      assert.deepEqual(all.get('supportedLDAPVersion'), ['3']);
      for (const control of [
        PAGED,
        SORT,
        '1.3.6.1.1.12',
        '1.3.6.1.1.13.1',
        '1.3.6.1.1.13.2',
        '2.16.840.1.113730.3.4.2',
      ]) {
        assert.ok(all.get('supportedControl')?.includes(control), control);
      }
      for (const operation of ['1.3.6.1.1.8', '1.3.6.1.4.1.4203.1.11.1', '1.3.6.1.4.1.4203.1.11.3']) {
        assert.ok(all.get('supportedExtension')?.includes(operation), operation);
      }
      assert.equal(all.get('vendorName')?.[0], 'Realmgate');
      // Without TLS neither is offered.
      assert.equal(all.get('supportedSASLMechanisms'), undefined);
      assert.ok(!all.get('supportedExtension')?.includes('1.3.6.1.4.1.1466.20037'));
    });

    it('selects attributes by name and OID, types only, and none', async () => {
      assert.deepEqual([...(await root(['NAMINGCONTEXTS', '1.3.6.1.1.4'])).keys()], ['namingContexts', 'vendorName']);
      assert.deepEqual((await root(['vendorName'], { typesOnly: true })).get('vendorName'), []);
      assert.equal((await root(['1.1'])).size, 0);
    });

    it('is filtered as any entry', async () => {
      const matches = async (each: typeof any) =>
        (await search(await client(undefined), { base: '', scope: 'base', filter: each })).entries.length === 1;
      const yes = filter.equal('supportedFeatures', '1.3.6.1.1.14');
      const no = filter.equal('vendorName', 'another');
      const unknown = filter.equal('nosuch', 'x');
      assert.equal(await matches(yes), true);
      assert.equal(await matches(no), false);
      assert.equal(await matches(filter.not(no)), true);
      assert.equal(await matches(unknown), false);
      assert.equal(await matches(filter.not(unknown)), false);
      assert.equal(await matches(filter.or(unknown, yes)), true);
      assert.equal(await matches(filter.and(unknown, yes)), false);
      assert.equal(await matches(filter.not(filter.and(unknown, no))), true);
      assert.equal(await matches(filter.present('nosuch')), false);
      const absent = filter.substrings('uid', { any: ['o'] });
      assert.equal(await matches(absent), false);
      assert.equal(await matches(filter.not(absent)), true, 'an attribute that it has not is no matter of doubt');
      assert.equal(await matches(filter.not(filter.equal('uid', 'o'))), true);
    });

    it('is at no other scope than base', async () => {
      assert.equal(
        (await search(await client(), { base: '', scope: 'one' })).entries.filter(({ dn }) => dn === '').length,
        0,
      );
    });
  });

  it('and a comparison read the entries about the server by their names alone', async () => {
    const asking = await client();
    for (const scope of ['one', 'sub'] as const) {
      assert.equal((await search(asking, { base: 'cn=Subschema', scope })).result.code, 32);
    }
    const compared = async (dn: string, attribute: string, value: string) =>
      (await asking.ask(compareRequest(dn, attribute, value)))?.result.code;
    assert.equal(await compared('', 'supportedLDAPVersion', '3'), 18);
    assert.equal(await compared('', 'vendorName', 'Realmgate'), 6);
    assert.equal(await compared('cn=subschema', 'cn', 'SUBSCHEMA'), 6);
    assert.equal(await compared('cn=subschema', 'cn', 'x'), 5);
    assert.equal(await compared('cn=subschema', 'mail', 'x'), 16);
    assert.equal(await compared('cn=subschema', 'nosuch', 'x'), 17);
  });

  describe('for the subschema', () => {
    it('answers anybody all definitions, by any spelling of its name', async () => {
      for (const base of ['cn=Subschema', 'CN=subschema', ' cn = SUBSCHEMA ', '2.5.4.3=subschema']) {
        const answer = await search(await client(undefined), {
          base,
          scope: 'base',
          filter: filter.equal('objectClass', 'subschema'),
          attributes: ['+'],
        });
        const held = new Map(answer.entries[0]?.attributes);
        for (const name of ['attributeTypes', 'objectClasses', 'matchingRules', 'matchingRuleUse', 'ldapSyntaxes']) {
          assert.ok(held.get(name)!.length > 10, `${base}: ${name}`);
        }
        assert.match(String(held.get('modifyTimestamp')?.[0]), /^\d{14}Z$/);
      }
    });

    it('has the definition that is asked for by its name or OID (RFC 4512, 4.2)', async () => {
      const changed = async (each: typeof any) =>
        (await search(await client(undefined), { base: 'cn=Subschema', scope: 'base', filter: each })).entries.length;
      assert.equal(await changed(filter.atLeast('modifyTimestamp', '20200101000000Z')), 1);
      assert.equal(await changed(filter.atMost('modifyTimestamp', '20200101000000Z')), 0);
      for (const name of ['inetOrgPerson', '2.16.840.1.113730.3.2.2']) {
        const answer = await search(await client(undefined), {
          base: 'cn=Subschema',
          scope: 'base',
          filter: filter.equal('objectClasses', name),
        });
        assert.equal(answer.entries.length, 1, name);
      }
    });
  });
});
