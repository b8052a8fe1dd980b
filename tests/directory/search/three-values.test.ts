/** RFC 4511, 4.5.1.7: a filter is TRUE, FALSE or Undefined, and only TRUE is answered. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matches, type SearchRights } from '../../../src/directory/index.ts';
import { parseFilter } from '../../../src/x500/index.ts';
import { ALICE, labView, SUFFIX, uuid } from './lab-directory.ts';

const view = labView();
const alice = view.byUuid(uuid(ALICE))!;
const truth = (filter: string, rights?: SearchRights) => matches(view, alice, parseFilter(filter)!, 0, rights);

/** What may be read of alice is cn alone. */
const ONLY_CN: SearchRights = {
  readsAll: false,
  sees: () => true,
  knows: () => true,
  mayRead: (_entry, { name }) => name === 'cn',
};

const T = '(uid=alice)';
const F = '(uid=bob)';
const U = '(unknown=x)';

describe('a filter', () => {
  it('joins three values as the standard says', () => {
    for (const [filter, expected] of [
      [`(&${T}${U})`, undefined],
      [`(&${F}${U})`, false],
      [`(&${U}${U})`, undefined],
      [`(|${T}${U})`, true],
      [`(|${F}${U})`, undefined],
      [`(!${U})`, undefined],
      [`(!${T})`, false],
      [`(!(&${F}${U}))`, true],
      ['(&)', true],
      ['(|)', false],
      ['(!(&))', false],
      [`(&(|)${U})`, false],
    ] as const) {
      assert.equal(truth(filter), expected, filter);
    }
  });

  it('is Undefined where the schema does not know the attribute, the rule, or a rule for what is asked', () => {
    for (const filter of [
      '(unknown=*)',
      '(unknown;lang-de=x)',
      '(cn;unknown-option=x)',
      '(uid>=a)',
      '(gidNumber=1*)',
      '(objectClass=person*)',
      '(jpegPhoto=x)',
      '(cn:unknownMatch:=x)',
      '(cn:integerMatch:=1)',
      '(:unknownMatch:=x)',
      '(cn:caseIgnoreSubstringsMatch:=x)',
    ]) {
      assert.equal(truth(filter), undefined, filter);
    }
  });

  it('is Undefined where the value is not of the syntax', () => {
    for (const filter of [
      '(gidNumber=x)',
      '(gidNumber>=x)',
      '(member=not a name)',
      '(memberOf=not a name)',
      '(createTimestamp>=yesterday)',
      '(entryUUID=x)',
      '(objectClass=noSuchClass)',
      '(mail=\\ff)',
    ]) {
      assert.equal(truth(filter), undefined, filter);
    }
  });

  it('is false, and no more, where the entry has no such attribute or value', () => {
    for (const filter of [
      '(gidNumber=*)',
      '(gidNumber=1)',
      '(gidNumber>=1)',
      '(telephoneNumber=1*)',
      '(objectClass=device)',
      '(member=*)',
      '(memberUid=x)',
      `(memberOf=cn=nobody,${SUFFIX})`,
    ]) {
      assert.equal(truth(filter), false, filter);
    }
  });

  it('finds values by the rules of their attributes', () => {
    for (const filter of [
      '(cn=ALICE  liddell)',
      '(CN= Alice Liddell )',
      '(name=liddell)',
      '(cn~=alice)',
      '(cn=al*dd*ll)',
      '(mail=*@LAB.example)',
      '(description=forscherin)',
      '(description;lang-de=forscherin)',
      '(objectClass=PERSON)',
      '(objectClass=2.5.6.6)',
      '(createTimestamp>=20251231235959Z)',
      '(createTimestamp<=20260101010000+0100)',
      '(creatorsName=CN=Admin, DC=lab,dc=Example)',
      '(entryUUID=00000000-0000-0000-0000-00000000000B)',
      `(entryDN=UID=Alice,ou=people,${SUFFIX})`,
      '(hasSubordinates=FALSE)',
      '(structuralObjectClass=inetOrgPerson)',
      '(cn:caseExactMatch:=Alice)',
      '(:caseExactMatch:=Alice)',
      '(ou:dn:=people)',
      '(:dn:caseIgnoreMatch:=people)',
      '(cn:=alice)',
      `(memberOf=cn=Labs,ou=groups,${SUFFIX})`,
      `(memberOf:1.2.840.113556.1.4.1941:=cn=staff,ou=Groups,${SUFFIX})`,
    ]) {
      assert.equal(truth(filter), true, filter);
    }
    for (const filter of [
      '(cn:caseExactMatch:=alice)',
      '(description;lang-fr=forscherin)',
      '(ou:=people)',
      '(objectClass=posixGroup)',
    ]) {
      assert.equal(truth(filter), false, filter);
    }
    assert.equal(truth('(:caseExactMatch:=nothing)'), false);
    assert.equal(
      truth('(:octetStringMatch:=x)'),
      undefined,
      'passwords, which nobody reads, are compared by this rule',
    );
  });

  it('says nothing of passwords to anybody', () => {
    for (const filter of [
      '(userPassword=*)',
      '(userPassword=secret)',
      '(!(userPassword=x))',
      '(userPassword>=x)',
      '(userPassword=s*)',
      '(pwdHistory=*)',
    ]) {
      assert.equal(truth(filter), undefined, filter);
    }
  });

  it('is Undefined by what may not be read, whether it is there or not', () => {
    for (const attribute of ['sn', 'mail', 'telephoneNumber', 'gidNumber', 'memberOf', 'objectClass', 'entryDN']) {
      assert.equal(truth(`(${attribute}=*)`, ONLY_CN), undefined, attribute);
      assert.equal(truth(`(!(${attribute}=*))`, ONLY_CN), undefined, attribute);
    }
    assert.equal(truth('(name=liddell)', ONLY_CN), undefined, 'by sn, which may not be read');
    assert.equal(truth('(name=nobody)', ONLY_CN), undefined);
    assert.equal(truth('(name=alice)', ONLY_CN), true, 'by cn, which may');
    assert.equal(truth('(cn=bob)', ONLY_CN), false);
  });
});
