/** The LDAP client against a directory that lies (RELIABILITY S14, S15, S17, F28; spec: BonFIRE 4.3). */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { BerReader, EqualityFilter, FilterParser } from 'ldapts';
import { Secret, silentLogger, systemClock } from '../../../src/base/index.ts';
import { createDirectoryClient } from '../../../src/ldap/index.ts';
import {
  checkLdapOptions,
  type LoginModuleDefinition,
  ldapModule,
  ldapModuleSchema,
} from '../../../src/realm/index.ts';
import {
  type Answer,
  ber,
  entry,
  FakeDirectory,
  type FakeRequest,
  message,
  result,
} from '../../support/fake-directory.ts';
import { HOSTILE_NAMES } from '../../support/hostile-names.ts';
import { loginOnce } from '../../support/one-module-login.ts';

const toClose: { close?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const resource of toClose.splice(0)) await resource.close?.();
});

const USER = 'uid=alice,ou=People,dc=x';
const BIND = 0x60;
const SEARCH = 0x63;
const dnOf = ({ parts }: FakeRequest) => parts[1]?.octets.toString();
const isUserBind = (request: FakeRequest) => request.tag === BIND && dnOf(request) === USER;

/** Answers as a directory with the one user alice, whose password is right or wrong by `code`. */
const honest =
  (code = 0, text = ''): Answer =>
  (request) => {
    if (request.tag === BIND) return result(request.id, 0x61, isUserBind(request) ? code : 0, text);
    return Buffer.concat([entry(request.id, USER, { uid: ['alice'] }), result(request.id, 0x65, 0)]);
  };

async function fake(answer: Answer): Promise<FakeDirectory> {
  const directory = await FakeDirectory.start(answer);
  toClose.push(directory);
  return directory;
}

async function open(urls: readonly string[], more: Record<string, unknown> = {}): Promise<LoginModuleDefinition> {
  const options = ldapModuleSchema.superRefine(checkLdapOptions).parse({
    use: 'ldap',
    urls,
    bindDn: 'cn=reader,dc=x',
    bindPassword: new Secret('reader-secret'),
    userBase: 'ou=People,dc=x',
    timeout: '300ms',
    ...more,
  });
  const client = createDirectoryClient(options, { clock: systemClock, logger: silentLogger });
  const definition = ldapModule({ domain: 'campus', options, client });
  await definition.start?.();
  toClose.unshift(definition);
  return definition;
}

const login = async (answer: Answer, more: Record<string, unknown> = {}) =>
  await loginOnce(await open([(await fake(answer)).url], more), 'alice', 'secret');

describe('what a bind result means', () => {
  it('is a verdict on the user for a few codes, and no answer for all others', async () => {
    const data = (code: string) =>
      `80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data ${code}, v3839`;
    const expected: readonly (readonly [number, string, string])[] = [
      [0, '', 'success'],
      [49, '', 'wrong-credential'],
      [49, data('52e'), 'wrong-credential'],
      [48, '', 'wrong-credential'],
      [19, 'Exceed password retry limit. Please try later.', 'disabled'],
      [53, 'Account inactivated. Contact system administrator.', 'disabled'],
      ...['530', '531', '532', '533', '701', '773', '775'].map((code) => [49, data(code), 'disabled'] as const),
      ...[1, 2, 3, 7, 8, 10, 11, 12, 13, 14, 32, 34, 50, 51, 52, 53, 80, 90, 123].map(
        (code) => [code, '', 'unavailable'] as const,
      ),
    ];
    for (const [code, text, reason] of expected) {
      assert.equal((await login(honest(code, text))).result, reason, `code ${code} ${text}`);
    }
  });
});

describe('answers that must not be believed', () => {
  const success = (id: number) => result(id, 0x61, 0);
  const lies: Record<string, (request: FakeRequest) => Buffer | undefined> = {
    'an empty bind response': ({ id }) => message(id, ber(0x61)),
    'a bind response without code': ({ id }) => message(id, ber(0x61, ber(4), ber(4))),
    'an add response': ({ id }) => result(id, 0x69, 0),
    'a search result': ({ id }) => result(id, 0x65, 0),
    'an extended response': ({ id }) => result(id, 0x78, 0),
    'an entry': ({ id }) => entry(id, USER, { uid: ['alice'] }),
    'another message id': ({ id }) => success(id + 1),
    'message id 0': () => success(0),
    'a notice of disconnection': () => result(0, 0x78, 52),
    'a trailing octet': ({ id }) =>
      message(id, ber(0x61, ber(0x0a, Buffer.from([0])), ber(4), ber(4)), Buffer.from([0])),
    'an indefinite length': () => Buffer.from('3080020102', 'hex'),
    'a length of 2 GiB': () => Buffer.from('30847fffffff', 'hex'),
    text: () => Buffer.from('HTTP/1.1 200 OK\r\n\r\n'),
    silence: () => undefined,
    'half of it': ({ id }) => success(id).subarray(0, 9),
  };

  it('never let anybody in, however the user bind is answered', async () => {
    for (const [what, lie] of Object.entries(lies)) {
      const { result: outcome } = await login((request) => (isUserBind(request) ? lie(request) : honest()(request)));
      assert.equal(outcome, 'unavailable', what);
    }
  });

  it('never let anybody in, however the search or the service bind is answered', async () => {
    for (const [what, lie] of Object.entries(lies)) {
      if (what !== 'a search result' && what !== 'an entry') {
        const searched = await login((request) => (request.tag === SEARCH ? lie(request) : honest()(request)));
        assert.equal(searched.result, 'unavailable', what);
      }
      const bound = await login((request) =>
        request.tag === BIND && !isUserBind(request) ? lie(request) : honest()(request),
      );
      assert.equal(bound.result, 'unavailable', what);
    }
  });

  it('are answers that nobody asked for', async () => {
    // The answer to the next bind comes with the answer to this one, before the password is known.
    const early: Answer = (request) =>
      request.tag === BIND
        ? Buffer.concat([result(request.id, 0x61, isUserBind(request) ? 49 : 0), success(request.id + 1)])
        : honest()(request);
    assert.notEqual((await login(early)).result, 'success');
  });

  it('are larger than a mebibyte', async () => {
    const large = 'x'.repeat(60_000);
    const { result: outcome, detail } = await login((request) =>
      request.tag === BIND
        ? success(request.id)
        : Buffer.concat([
            ...Array.from({ length: 20 }, () => entry(request.id, USER, { uid: [large] })),
            result(request.id, 0x65, 0),
          ]),
    );
    assert.equal(outcome, 'unavailable');
    assert.match(detail, /larger than 1 MiB/);
  });
});

describe('what is asked', () => {
  it('has the typed name as one whole value, for every hostile name (RELIABILITY S15)', async () => {
    const directory = await fake((request) =>
      request.tag === BIND ? result(request.id, 0x61, 0) : result(request.id, 0x65, 0),
    );
    const module = await open([directory.url], { userFilter: '(&(objectClass=person)(uid={name}))' });
    let asked = 0;
    for (const name of HOSTILE_NAMES) {
      await loginOnce(module, name, 'secret');
      const search = directory.requests.filter(({ tag }) => tag === SEARCH).at(asked);
      if (search === undefined) {
        assert.match(name, /^\s*$|\p{Cc}/u, 'only blank names and control characters are not asked for');
        continue;
      }
      asked += 1;
      const filter = FilterParser.parse(new BerReader(ber(search.parts[6]!.tag, search.parts[6]!.octets)));
      assert.ok('filters' in filter && Array.isArray(filter.filters) && filter.filters.length === 2);
      const [, equality] = filter.filters;
      assert.ok(equality instanceof EqualityFilter);
      assert.equal(equality.attribute, 'uid');
      assert.equal(equality.value, name);
    }
    assert.ok(asked > 45);
  });

  it('is no bind for a password that is empty or an entry without a name (RELIABILITY S14)', async () => {
    const directory = await fake((request) =>
      request.tag === BIND
        ? result(request.id, 0x61, 0)
        : Buffer.concat([entry(request.id, '', { uid: ['alice'] }), result(request.id, 0x65, 0)]),
    );
    const module = await open([directory.url]);
    assert.equal((await loginOnce(module, 'alice', '')).result, 'missing-credential');
    assert.equal((await loginOnce(module, 'alice', 'secret')).result, 'unavailable');
    assert.equal(
      directory.requests.filter((request) => request.tag === BIND && dnOf(request) !== 'cn=reader,dc=x').length,
      0,
    );
  });

  it('is nothing of a server that a referral names (RELIABILITY S17)', async () => {
    const honeypot = await fake(honest());
    for (const url of [`${honeypot.url}/dc=x??sub`, honeypot.url, 'ldap:///', 'http://127.0.0.1/', '']) {
      const referral = (id: number, tag: number) =>
        message(id, ber(tag, ber(0x0a, Buffer.from([10])), ber(4), ber(4), ber(0xa3, ber(4, url))));
      const reference = (id: number) => Buffer.concat([message(id, ber(0x73, ber(4, url))), result(id, 0x65, 0)]);
      const search = await login(({ id, tag }) => (tag === SEARCH ? referral(id, 0x65) : result(id, 0x61, 0)));
      assert.equal(search.result, 'unavailable');
      const continued = await login(({ id, tag }) => (tag === SEARCH ? reference(id) : result(id, 0x61, 0)));
      assert.equal(continued.result, 'unknown-user');
      const bind = await login((request) => (isUserBind(request) ? referral(request.id, 0x61) : honest()(request)));
      assert.equal(bind.result, 'unavailable');
    }
    assert.equal(honeypot.connections, 0);
  });

  it('is asked of one server only: search and bind never mix two', async () => {
    const first = await fake((request) => (isUserBind(request) ? undefined : honest()(request)));
    const second = await fake(honest());
    const module = await open([first.url, second.url]);
    assert.equal((await loginOnce(module, 'alice', 'secret')).result, 'success');
    assert.deepEqual(
      second.requests.map(({ tag }) => tag),
      [BIND, SEARCH, BIND],
      'the second server is asked everything anew',
    );
  });
});

describe('a server that hangs', () => {
  it('is found out by one probe for all who wait, also when searches are anonymous', async () => {
    const directory = await fake(() => undefined);
    const anonymous = { bindDn: undefined, bindPassword: undefined, timeout: '1s' };
    const module = await open([directory.url], anonymous);
    assert.equal((await loginOnce(module, 'alice', 'secret')).result, 'unavailable');
    await wait(550);
    const before = directory.requests.length;
    const logins = await Promise.all(Array.from({ length: 50 }, () => loginOnce(module, 'alice', 'secret')));
    assert.ok(logins.every(({ result: outcome }) => outcome === 'unavailable'));
    assert.equal(directory.requests.length - before, 1, 'fifty logins, one question');
    await wait(550);
    directory.answer = honest();
    assert.equal((await loginOnce(module, 'alice', 'secret')).result, 'success');
  });
});

describe('what is found', () => {
  const found =
    (
      attributes: Record<string, readonly string[]>,
      groups: (id: number) => Buffer = (id) => result(id, 0x65, 0),
    ): Answer =>
    ({ id, tag, parts }) => {
      if (tag === BIND) return result(id, 0x61, 0);
      if (parts[0]?.octets.toString() === 'ou=Groups,dc=x') return groups(id);
      return Buffer.concat([entry(id, USER, attributes), result(id, 0x65, 0)]);
    };
  const groups = { groupBase: 'ou=Groups,dc=x', groupFilter: '(member={dn})' };

  it('is nobody without exactly one canonical name', async () => {
    assert.equal((await login(found({}))).result, 'unknown-user');
    assert.equal((await login(found({ uid: [] }))).result, 'unknown-user');
    assert.equal((await login(found({ uid: [' '] }))).result, 'unknown-user');
    assert.equal((await login(found({ uid: ['alice\r\nX-Asserted: root'] }))).result, 'unknown-user');
    assert.equal((await login(found({ uid: ['a', 'b'] }))).user, 'alice', 'the one in the DN');
    assert.equal(
      (await login(found({ sAMAccountName: ['al', 'al2'] }), { nameAttribute: 'sAMAccountName' })).result,
      'unknown-user',
    );
    assert.equal((await login(found({ UID: ['Alice'] }))).user, 'Alice');
  });

  it('is unavailable when the membership may be incomplete', async () => {
    const group = (id: number) => entry(id, 'cn=labs,ou=Groups,dc=x', { cn: ['labs'] });
    const ends = (code: number) => (id: number) => Buffer.concat([group(id), result(id, 0x65, code)]);
    const outcome = async (code: number) => (await login(found({ uid: ['alice'] }, ends(code)), groups)).result;
    assert.equal(await outcome(0), 'success');
    for (const code of [3, 4, 11, 32, 50, 51, 80]) assert.equal(await outcome(code), 'unavailable', `code ${code}`);
    const parts = found({ uid: ['alice'], 'memberOf;range=0-1499': ['cn=labs,dc=x'] });
    assert.equal((await login(parts, { memberOf: true })).result, 'unavailable');
    assert.equal(
      (await login(found({ uid: ['alice'], memberOf: ['labs'] }), { memberOf: true })).result,
      'unavailable',
    );
  });

  it('is data, whatever attributes are called', async () => {
    const hostile = found({
      ['__proto__']: ['x'],
      constructor: ['y'],
      uid: ['alice'],
      memberOf: ['cn=__proto__,dc=x'],
    });
    const { principals } = await login(hostile, { memberOf: true });
    assert.deepEqual(
      principals.map(({ name }) => name),
      ['alice', '__proto__'],
    );
    assert.equal(Object.getPrototypeOf({}), Object.prototype);
  });

  it('names a group after its DN and keeps further names as aliases', async () => {
    const named = (id: number) =>
      Buffer.concat([
        entry(id, 'cn=Labs\\, East,ou=Groups,dc=x', { cn: ['labs east', 'Labs, East'] }),
        entry(id, 'gidNumber=7,ou=Groups,dc=x', { cn: ['seven', 'alt'] }),
        result(id, 0x65, 0),
      ]);
    const { principals } = await login(found({ uid: ['alice'] }, named), groups);
    assert.deepEqual(principals.slice(1), [
      { type: 'group', name: 'Labs, East', aliases: ['cn=Labs\\, East,ou=Groups,dc=x', 'labs east'] },
      { type: 'group', name: 'alt', aliases: ['gidNumber=7,ou=Groups,dc=x', 'seven'] },
    ]);
  });
});
