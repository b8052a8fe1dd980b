/** Filters on the wire, against the encoder of the client library as a second opinion (RFC 4511 section 4.5.1.7). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BerWriter, FilterParser } from 'ldapts';
import { WireFilter } from '../../../src/ldap/client/wire-filter.ts';
import { type Filter, parseFilter } from '../../../src/x500/index.ts';

function encode(filter: Filter): string {
  const writer = new BerWriter();
  new WireFilter(filter).write(writer);
  return writer.buffer.toString('hex');
}

describe('WireFilter', () => {
  it('writes what the library writes for the same text', () => {
    for (const text of [
      '(uid=alice)',
      '(objectClass=*)',
      '(&(objectClass=inetOrgPerson)(uid=alice))',
      '(|(cn=a)(!(sn=b))(uidNumber>=1000)(uidNumber<=2000)(cn~=alise))',
      '(cn=a*b*c*d)',
      '(cn=*b*)',
      '(cn=a*)',
      '(cn=*d)',
      '(cn:caseExactMatch:=Fred)',
      '(cn:dn:2.4.6.8.10:=Dino)',
      '(uid=\\2a\\28\\29\\5c\\00)',
      '(cn=Lučić)',
      `(|${'(member=uid=somebody,ou=People,dc=example,dc=org)'.repeat(100)})`,
    ]) {
      const writer = new BerWriter();
      FilterParser.parseString(text).write(writer);
      assert.equal(encode(parseFilter(text)!), writer.buffer.toString('hex'), text);
    }
  });

  it('writes octets that are no text, and the empty and and or', () => {
    assert.equal(encode(parseFilter('(x=\\ff\\fe)')!), 'a307040178' + '0402fffe');
    assert.equal(encode(parseFilter('(x=*\\ff*)')!), 'a408040178' + '3003' + '8101ff');
    assert.equal(encode(parseFilter('(x:=\\ff)')!), 'a906820178' + '8301ff');
    assert.equal(encode(parseFilter('(&)')!), 'a000');
    assert.equal(encode(parseFilter('(|)')!), 'a100');
  });
});
