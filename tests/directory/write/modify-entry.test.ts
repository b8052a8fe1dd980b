/** Modifications: in their order, judged by what comes of them (RFC 4511, 4.6; RFC 4525). */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { ANONYMOUS, type Modification } from '../../../src/directory/index.ts';
import { parseFilter } from '../../../src/x500/index.ts';
import { DirectorySite, dn, modification as mod, person, SUFFIX } from '../directory/directory-site.ts';

const ALICE = 'uid=alice,ou=People';

describe('modifying an entry', () => {
  it('adds, deletes and replaces values in order', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    const result = await site.modify(
      ALICE,
      mod('add', 'mail', 'a@x', 'b@x'),
      mod('delete', 'mail', 'A@X'),
      mod('add', 'mail', 'c@x'),
      mod('replace', 'description', 'one', 'two'),
      mod('delete', 'description', 'one'),
      mod('replace', 'title'),
      mod('replace', 'sn', 'Ash'),
    );
    assert.deepEqual(result, { code: 'success', message: '' });
    assert.deepEqual(site.values(ALICE, 'mail'), ['b@x', 'c@x']);
    assert.deepEqual(site.values(ALICE, 'description'), ['two']);
    assert.deepEqual(site.values(ALICE, 'sn'), ['Ash']);
  });

  it('may break the rules on the way', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    assert.equal((await site.modify(ALICE, mod('delete', 'sn'), mod('add', 'sn', 'New'))).code, 'success');
    assert.equal((await site.modify(ALICE, mod('delete', 'uid'), mod('add', 'uid', 'alice'))).code, 'success');
  });

  it('says who changed it and when, and leaves who made it', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    const [before] = site.values(ALICE, 'entryCSN');
    site.clock.advance(61_000);
    await site.modify(ALICE, mod('replace', 'sn', 'Ash'));
    assert.deepEqual(site.values(ALICE, 'modifyTimestamp'), ['20261122090101Z']);
    assert.deepEqual(site.values(ALICE, 'createTimestamp'), ['20261122090000Z']);
    assert.ok(site.values(ALICE, 'entryCSN')[0]! > before!);
    assert.deepEqual(site.values(ALICE, 'entryCSN'), [site.directory.contextCsn]);
    assert.deepEqual(site.values(SUFFIX, 'contextCSN'), [site.directory.contextCsn], 'the top of the tree tells it');
    assert.deepEqual(site.values(ALICE, 'contextCSN'), []);
  });

  it('counts, as far as integers go', async (t) => {
    const site = await DirectorySite.open(t);
    await site.addPeople('alice');
    await site.modify(ALICE, mod('increment', 'uidNumber', '41'), mod('increment', 'uidNumber', '-1040'));
    assert.deepEqual(site.values(ALICE, 'uidNumber'), ['1']);
    const huge = '9'.repeat(900);
    await site.modify(ALICE, mod('replace', 'uidNumber', huge), mod('increment', 'uidNumber', '1'));
    assert.deepEqual(site.values(ALICE, 'uidNumber'), [`1${'0'.repeat(900)}`]);
  });

  it('adds a class with what it demands, and its superclasses', async (t) => {
    const site = await DirectorySite.open(t);
    await site.mustAdd(ALICE, { objectClass: 'inetOrgPerson', cn: 'A', sn: 'A' });
    const classOnly = await site.modify(ALICE, mod('add', 'objectClass', 'posixAccount'));
    assert.equal(classOnly.code, 'objectClassViolation');
    assert.match(classOnly.message, /is missing/);
    const whole = [
      mod('add', 'objectClass', 'posixAccount'),
      mod('add', 'uidNumber', '1'),
      mod('add', 'gidNumber', '1'),
      mod('add', 'homeDirectory', '/'),
    ];
    assert.equal((await site.modify(ALICE, ...whole)).code, 'success');
    const gone = await site.modify(ALICE, mod('delete', 'objectClass', 'posixAccount'));
    assert.equal(gone.code, 'objectClassViolation');
    assert.match(gone.message, /uidNumber|gidNumber|homeDirectory/);
  });

  describe('in a way that may not be', async () => {
    const site = await DirectorySite.open({ after });
    await site.addPeople('alice', 'bob');
    await site.modify(ALICE, mod('add', 'mail', 'a@x'), mod('add', 'jpegPhoto', 'x'));
    const wrong: readonly [string, string, readonly Modification[], string, RegExp][] = [
      ['no modification', ALICE, [], 'protocolError', /./],
      ['an unknown attribute', ALICE, [mod('add', 'shoeSize', '42')], 'undefinedAttributeType', /shoeSize/],
      [
        'an attribute of the directory',
        ALICE,
        [mod('replace', 'modifiersName', 'cn=x')],
        'constraintViolation',
        /modifiersName/,
      ],
      ['a computed attribute', ALICE, [mod('add', 'memberOf', SUFFIX)], 'constraintViolation', /memberOf/],
      ['nothing to add', ALICE, [mod('add', 'mail')], 'protocolError', /mail/],
      ['a value that is there', ALICE, [mod('add', 'mail', 'A@X')], 'attributeOrValueExists', /mail: value #0/],
      ['a value given twice', ALICE, [mod('add', 'mail', 'n@x', 'N@X')], 'attributeOrValueExists', /mail: value #1/],
      ['a value that is not there', ALICE, [mod('delete', 'mail', 'b@x')], 'noSuchAttribute', /mail: value #0/],
      ['an attribute that is not there', ALICE, [mod('delete', 'title')], 'noSuchAttribute', /title/],
      ['a value that goes twice', ALICE, [mod('delete', 'mail', 'a@x', 'A@X')], 'noSuchAttribute', /mail: value #1/],
      ['to take two values from one', ALICE, [mod('delete', 'uidNumber', '1', '2')], 'noSuchAttribute', /uidNumber/],
      ['a second value of one', ALICE, [mod('add', 'uidNumber', '7')], 'constraintViolation', /uidNumber/],
      ['a value of another syntax', ALICE, [mod('replace', 'gidNumber', 'x')], 'invalidAttributeSyntax', /gidNumber/],
      [
        'what the classes do not have',
        ALICE,
        [mod('add', 'macAddress', '00:00:00:00:00:00')],
        'objectClassViolation',
        /macAddress/,
      ],
      ['the last of what is demanded', ALICE, [mod('delete', 'sn')], 'objectClassViolation', /sn/],
      [
        'another structural class',
        ALICE,
        [mod('replace', 'objectClass', 'account')],
        'objectClassModsProhibited',
        /inetOrgPerson.*account/,
      ],
      ['no class at all', ALICE, [mod('delete', 'objectClass')], 'objectClassViolation', /objectClass/],
      ['the value of its name', ALICE, [mod('delete', 'uid', 'alice')], 'notAllowedOnRDN', /uid/],
      ['the attribute of its name', ALICE, [mod('replace', 'uid', 'other')], 'notAllowedOnRDN', /uid/],
      ['a login name of somebody', ALICE, [mod('add', 'uid', 'BOB')], 'constraintViolation', /login name/],
      [
        'one more of what cannot be compared',
        ALICE,
        [mod('add', 'jpegPhoto', 'y')],
        'inappropriateMatching',
        /jpegPhoto/,
      ],
      ['to count what is no number', ALICE, [mod('increment', 'sn', '1')], 'constraintViolation', /sn/],
      ['to count what is not there', ALICE, [mod('increment', 'shadowMax', '1')], 'noSuchAttribute', /shadowMax/],
      ['to count by two numbers', ALICE, [mod('increment', 'uidNumber', '1', '2')], 'protocolError', /uidNumber/],
      [
        'to count without end',
        ALICE,
        [mod('replace', 'uidNumber', '9'.repeat(1001)), mod('increment', 'uidNumber', '1')],
        'constraintViolation',
        /large/,
      ],
      ['a member of no group', ALICE, [mod('add', 'member', SUFFIX)], 'objectClassViolation', /member/],
      ['an entry that is not there', 'uid=nobody,ou=People', [mod('add', 'mail', 'x')], 'noSuchObject', /./],
      ['an entry elsewhere', 'dc=com', [mod('add', 'mail', 'x')], 'unwillingToPerform', /./],
    ];
    for (const [what, name, modifications, code, message] of wrong) {
      it(`refuses ${what}, and changes nothing`, async () => {
        const before = await site.content();
        const result = await site.modify(name === 'dc=com' ? 'dc=other,dc=org' : name, ...modifications);
        assert.equal(result.code, code, result.message);
        assert.match(result.message, message);
        assert.equal(await site.content(), before);
      });
    }

    it('refuses when only the last of many is wrong, and changes nothing', async () => {
      const before = await site.content();
      const result = await site.modify(
        ALICE,
        mod('replace', 'sn', 'X'),
        mod('add', 'mail', 'z@x'),
        mod('delete', 'title'),
      );
      assert.equal(result.code, 'noSuchAttribute');
      assert.equal(await site.content(), before);
    });

    it('is nothing for whoever may not know of the entry', async () => {
      const change = {
        kind: 'modify',
        dn: dn(`${ALICE},${SUFFIX}`),
        modifications: [mod('replace', 'sn', 'X')],
      } as const;
      assert.deepEqual(
        { ...(await site.apply(change, {}, ANONYMOUS)) },
        { code: 'noSuchObject', message: 'there is no entry of this name' },
      );
    });

    it('is for whoever may write the attribute', async () => {
      const { view } = site.directory;
      const asker = { kind: 'entry', uuid: view.uuid(site.entry(ALICE)!), dn: dn(`${ALICE},${SUFFIX}`) } as const;
      const change = (attribute: string, value: string) =>
        site.apply({ kind: 'modify', dn: asker.dn, modifications: [mod('replace', attribute, value)] }, {}, asker);
      assert.equal((await change('uidNumber', '0')).code, 'insufficientAccessRights');
      assert.equal((await change('sshPublicKey', 'ssh-ed25519 AAAA alice')).code, 'success');
      assert.deepEqual(site.values(ALICE, 'modifiersName'), [`${ALICE},${SUFFIX}`]);
    });
  });
});

describe('what goes with a change', async () => {
  const site = await DirectorySite.open({ after });
  await site.addPeople('alice');
  const change = (value: string) =>
    ({ kind: 'modify', dn: dn(`${ALICE},${SUFFIX}`), modifications: [mod('replace', 'sn', value)] }) as const;

  it('is an assertion that has to hold', async () => {
    const assertion = parseFilter('(sn=alice)')!;
    assert.equal((await site.apply(change('one'), { assertion })).code, 'success');
    const failed = await site.apply(change('two'), { assertion });
    assert.equal(failed.code, 'assertionFailed');
    assert.deepEqual(site.values(ALICE, 'sn'), ['one']);
    const undefinedOne = parseFilter('(shoeSize=42)')!;
    assert.equal((await site.apply(change('two'), { assertion: undefinedOne })).code, 'assertionFailed');
  });

  it('is an assertion about an entry that is to be', async () => {
    const add = (filter: string) =>
      site.add('uid=new,ou=People', person('new', { mail: 'n@x' }), { assertion: parseFilter(filter)! });
    assert.equal((await add('(mail=other@x)')).code, 'assertionFailed');
    assert.equal((await add(`(&(mail=N@X)(objectClass=person)(entryDN=UID=new,ou=People,${SUFFIX}))`)).code, 'success');
  });

  it('is a look at the entry right before and right after', async () => {
    const type = site.directory.schema.attributeType('sn')!;
    const seen: string[] = [];
    const look = (entry: number) => seen.push(Buffer.from(site.directory.view.attribute(entry, type)[0]!).toString());
    await site.apply(change('before'));
    const results = await Promise.all([
      site.apply(change('first'), { before: look, after: look }),
      site.apply(change('second'), { before: look, after: look }),
    ]);
    assert.ok(results.every(({ code }) => code === 'success'));
    assert.deepEqual(seen, ['before', 'first', 'first', 'second']);
  });

  it('is one that makes it several times over while nothing was changed since', async () => {
    await site.modify(ALICE, mod('replace', 'uidNumber', '0'));
    const dnOfAlice = dn(`${ALICE},${SUFFIX}`);
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        site.apply({ kind: 'modify', dn: dnOfAlice, modifications: [mod('increment', 'uidNumber', '1')] }),
      ),
    );
    assert.ok(results.every(({ code }) => code === 'success'));
    assert.deepEqual(site.values(ALICE, 'uidNumber'), ['20']);
  });

  it('is a person who is called otherwise, and found so', async () => {
    await site.modify(ALICE, mod('add', 'uid', 'Ally'));
    assert.equal(site.directory.logins.find('ally'), site.entry(ALICE));
    await site.modify(ALICE, mod('delete', 'uid', 'ALLY'));
    assert.equal(site.directory.logins.find('ally'), undefined);
    await site.mustAdd('uid=ally,ou=People', person('ally'));
  });
});
