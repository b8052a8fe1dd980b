/**
 * No answer depends on what its asker may not read: two directories that differ in nothing but that answer every question
 * alike, octet for octet (RELIABILITY S38; 389-ds CVE-2020-35518).
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANONYMOUS, type Asker, type SearchRequest, search } from '../../src/directory/index.ts';
import { BerWriter, parseFilter } from '../../src/x500/index.ts';
import { dnOf, group, host, NOW, person, Site, SUFFIX } from './rights-fixture.ts';

const CONFIGURATION = {
  secrets: ['employeeNumber'],
  rules: [
    { who: [{ is: 'users' }], may: ['read'], attributes: ['uid', 'objectClass'], base: person('bob'), scope: 'base' },
  ],
};

/** What differs: a secret of somebody who is seen, and an entry, its place and its groups that are not. */
function sites(): readonly Site[] {
  return ['111', '999'].map((number, index) => {
    const site = new Site();
    site.add(person('eve'), { objectClass: ['inetOrgPerson'], uid: ['eve'], employeeNumber: [number], ou: ['x'] });
    site.join(group('labs'), person('eve'));
    if (index === 0) return site;
    site.add(`ou=Hidden,${SUFFIX}`, { objectClass: ['organizationalUnit'], ou: ['Hidden'] });
    site.add(`uid=mallory,ou=Hidden,${SUFFIX}`, {
      objectClass: ['inetOrgPerson'],
      uid: ['mallory'],
      mail: ['m@example.org'],
    });
    site.join(group('empty'), `uid=mallory,ou=Hidden,${SUFFIX}`);
    return site;
  });
}

const rules = new Map<Site, ReturnType<Site['rules']>>();

function answer(site: Site, asker: Asker, request: SearchRequest): string {
  const compiled = rules.get(site) ?? site.rules(CONFIGURATION);
  rules.set(site, compiled);
  const rights = compiled.rightsOf(site.view, asker, NOW);
  const run = search(site.view, request, rights, NOW);
  const out = new BerWriter();
  let step = run.next(out);
  while (step !== 'end') step = run.next(out);
  return JSON.stringify([Buffer.from(out.view()).toString('latin1'), run.outcome, run.sortRefusal]);
}

const FILTERS = [
  '(employeeNumber=*)',
  '(employeeNumber=111)',
  '(employeeNumber=1*)',
  '(employeeNumber=*9*)',
  '(employeeNumber>=5)',
  '(employeeNumber<=5)',
  '(employeeNumber~=111)',
  '(!(employeeNumber=111))',
  '(!(employeeNumber=*))',
  '(&(uid=eve)(employeeNumber=111))',
  '(|(uid=eve)(employeeNumber=111))',
  '(&(uid=eve)(!(employeeNumber>=5)))',
  '(employeeNumber:caseExactMatch:=111)',
  '(:caseIgnoreMatch:=111)',
  '(mail=m@example.org)',
  '(uid=mallory)',
  '(ou=Hidden)',
  '(objectClass=*)',
  '(!(uid=nobody))',
  '(&)',
  '(entryDN=ou=Hidden,dc=example,dc=org)',
  '(userPassword=*)',
  '(userPassword>=a)',
];

describe('an answer', () => {
  const [one, other] = sites() as [Site, Site];

  it('is the same whatever the asker may not read', () => {
    const askers: readonly (readonly [string, (site: Site) => Asker])[] = [
      ['nobody', () => ANONYMOUS],
      ['somebody', (site) => site.asker(person('carol'))],
      ['a colleague', (site) => site.asker(person('alice'))],
      ['an owner', (site) => site.asker(person('bob'))],
    ];
    const bases = [
      SUFFIX,
      `ou=People,${SUFFIX}`,
      `ou=Hidden,${SUFFIX}`,
      `uid=mallory,ou=Hidden,${SUFFIX}`,
      `uid=none,ou=Hidden,${SUFFIX}`,
      person('eve'),
      person('mallory'),
    ];
    let asked = 0;
    for (const [who, asker] of askers) {
      for (const base of bases) {
        for (const text of FILTERS) {
          for (const sort of [undefined, [{ attribute: 'employeeNumber', reverse: false }]]) {
            const request: SearchRequest = {
              base: dnOf(base),
              scope: 'subtree',
              filter: parseFilter(text)!,
              attributes: ['*', '+'],
              typesOnly: false,
              sizeLimit: 0,
              ...(sort && { sort }),
            };
            const question = `${who} ${base} ${text}`;
            assert.equal(answer(one, asker(one), request), answer(other, asker(other), request), question);
            asked += 1;
          }
        }
      }
    }
    assert.ok(asked > 1000);
  });

  it('differs where the asker may read: the questions are good ones', () => {
    const request: SearchRequest = {
      base: dnOf(SUFFIX),
      scope: 'subtree',
      filter: parseFilter('(employeeNumber=111)')!,
      attributes: ['*'],
      typesOnly: false,
      sizeLimit: 0,
    };
    assert.notEqual(
      answer(one, one.asker(person('root')), request),
      answer(other, other.asker(person('root')), request),
    );
    // A service reads everything, but not this.
    assert.equal(answer(one, one.asker(host('portal')), request), answer(other, other.asker(host('portal')), request));
  });

  it('to a comparison is the same too', () => {
    for (const site of [one, other]) {
      const type = site.type('employeeNumber');
      for (const dn of [person('carol'), person('alice'), host('portal')]) {
        const rights = site.rights(site.asker(dn), CONFIGURATION);
        assert.equal(rights.mayCompare(site.entry(person('eve')), type), false);
      }
    }
  });
});
