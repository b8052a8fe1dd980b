/** The standard schema: complete, linked, and what a site may put beside it (RFC 4512, 4519, 4524, 2798, 2307; BonFIRE 4.2). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { standardSchema } from '../../../src/directory/schema/standard-schema.ts';
import { subschemaEntry } from '../../../src/directory/schema/subschema-entry.ts';
import { parseDistinguishedName, parseSchema, type Schema } from '../../../src/x500/index.ts';

function standard(): Schema {
  const result = standardSchema();
  assert.equal(result.kind, 'parsed');
  assert.deepEqual(result.warnings, []);
  return result.schema;
}

const schema = standard();

describe('the standard schema', () => {
  it('knows people, groups, hosts and keys of the BonFIRE tree', () => {
    for (const name of ['inetOrgPerson', 'posixAccount', 'ldapPublicKey', 'applicationProcess', 'organizationalUnit']) {
      assert.ok(schema.objectClass(name), name);
    }
    const person = schema.objectClass('INETORGPERSON')!;
    assert.deepEqual([...person.allMust].map(({ name }) => name).sort(), ['cn', 'objectClass', 'sn']);
    assert.ok(person.allMay.has(schema.attributeType('userPassword')!));
    assert.deepEqual(
      [...person.lineage].map(({ name }) => name),
      ['inetOrgPerson', 'organizationalPerson', 'person', 'top'],
    );
    assert.equal(schema.objectClass('ldapPublicKey')?.must.length, 0);
    assert.equal(schema.attributeType('sshPublicKey')?.equality?.name, 'octetStringMatch');
  });

  it('has posixGroup as an auxiliary class that stands alone', () => {
    const group = schema.objectClass('posixGroup')!;
    assert.equal(group.kind, 'auxiliary');
    assert.equal(group.standsAlone, true);
    assert.equal(schema.objectClass('posixAccount')?.standsAlone, false);
    assert.equal(schema.objectClass('groupOfMembers')?.kind, 'structural');
    assert.ok(!schema.objectClass('groupOfNames')!.allMust.has(schema.attributeType('member')!));
  });

  it('finds types by any name, in any case, and by OID', () => {
    const cn = schema.attributeType('cn');
    assert.ok(cn);
    assert.equal(schema.attributeType('commonName'), cn);
    assert.equal(schema.attributeType('COMMONNAME'), cn);
    assert.equal(schema.attributeType('2.5.4.3'), cn);
    assert.equal(schema.attributeType('__proto__'), undefined);
    assert.equal(cn.superior?.name, 'name');
    assert.equal(cn.equality?.name, 'caseIgnoreMatch');
    assert.ok(schema.attributeType('name')!.subtypes.includes(cn));
    assert.deepEqual(cn.subtypes, [cn]);
  });

  it('numbers types densely', () => {
    assert.deepEqual(
      schema.attributeTypes.map(({ index }) => index),
      schema.attributeTypes.map((_, index) => index),
    );
  });

  it('knows operational attributes', () => {
    for (const name of [
      'entryUUID',
      'entryCSN',
      'entryDN',
      'memberOf',
      'pwdChangedTime',
      'hasSubordinates',
      'contextCSN',
    ]) {
      assert.equal(schema.attributeType(name)?.operational, true, name);
      assert.equal(schema.attributeType(name)?.noUserModification, true, name);
    }
  });

  it('shows itself in a subschema that reads back as itself', () => {
    const { attributeTypes, objectClasses } = schema.subschema();
    const again = parseSchema([{ name: 'subschema', attributeTypes, objectClasses }]);
    assert.equal(again.kind, 'parsed');
    assert.deepEqual(again.schema.subschema(), schema.subschema());
  });

  it('shows all of itself in the subschema subentry', () => {
    const entry = subschemaEntry(schema);
    assert.deepEqual(entry.get('cn'), ['Subschema']);
    for (const name of entry.keys()) assert.ok(schema.attributeType(name), name);
    for (const name of entry.get('objectClass')!) assert.ok(schema.objectClass(name), name);
    for (const [name, values] of entry) {
      const { syntax } = schema.attributeType(name)!;
      for (const value of values) assert.equal(syntax.fault(Buffer.from(value)), undefined, `${name}: ${value}`);
    }
    assert.equal(entry.get('attributeTypes')!.length, schema.attributeTypes.length);
    assert.ok(
      entry.get('matchingRuleUse')!.some((use) => use.startsWith("( 2.5.13.14 NAME 'integerMatch' APPLIES ( ")),
    );
  });

  it('has one key for all spellings of a name', () => {
    const key = (text: string) => schema.dnKey(parseDistinguishedName(text)!);
    const expected = key('uid=alice,ou=People,dc=example,dc=org');
    assert.equal(key('UserId = ALICE , 2.5.4.11=people,DC=Example,dc=ORG'), expected);
    assert.equal(key('uid=#0405616c696365,ou=people,dc=example,dc=org'), expected);
    assert.notEqual(key('uid=alice\\,ou=People,dc=example,dc=org'), expected);
    assert.equal(key('cn=b+uid=a'), key('uid=a+cn=b'));
    assert.equal(key('nobody=x,dc=example'), undefined);
    assert.equal(key(''), '');
  });
});
