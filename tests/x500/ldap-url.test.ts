/** LDAP URLs: the examples of RFC 4516, what is refused, and both ways. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  formatDistinguishedName,
  formatFilter,
  formatLdapUrl,
  type LdapUrl,
  parseDistinguishedName,
  parseFilter,
  parseLdapUrl,
} from '../../src/x500/index.ts';
import { filterOf } from './filter-value.ts';

/** A URL as its parts, in text. */
function parts(text: string): unknown {
  const url = parseLdapUrl(text);
  if (url === undefined) return undefined;
  const { dn, filter, ...rest } = url;
  return {
    ...rest,
    dn: formatDistinguishedName(dn),
    ...(filter === undefined ? {} : { filter: formatFilter(filter) }),
  };
}
const nothing = { scheme: 'ldap', host: '', dn: '', attributes: [], extensions: [] };

describe('parseLdapUrl', () => {
  it('reads the examples of RFC 4516', () => {
    const michigan = { ...nothing, dn: 'o=University of Michigan,c=US' };
    for (const [text, expected] of [
      ['ldap:///o=University%20of%20Michigan,c=US', michigan],
      ['ldap://ldap1.example.net/o=University%20of%20Michigan,c=US', { ...michigan, host: 'ldap1.example.net' }],
      [
        'ldap://ldap1.example.net/o=University%20of%20Michigan,c=US?postalAddress',
        { ...michigan, host: 'ldap1.example.net', attributes: ['postalAddress'] },
      ],
      [
        'ldap://ldap1.example.net:6666/o=University%20of%20Michigan,c=US??sub?(cn=Babs%20Jensen)',
        { ...michigan, host: 'ldap1.example.net', port: 6666, scope: 'subtree', filter: '(cn=Babs Jensen)' },
      ],
      [
        'LDAP://ldap1.example.com/c=GB?objectClass?ONE',
        { ...nothing, host: 'ldap1.example.com', dn: 'c=GB', attributes: ['objectClass'], scope: 'one' },
      ],
      [
        'ldap://ldap2.example.com/o=Question%3f,c=US?mail',
        { ...nothing, host: 'ldap2.example.com', dn: 'o=Question?,c=US', attributes: ['mail'] },
      ],
      [
        'ldap://ldap3.example.com/o=Babsco,c=US???(four-octet=%5c00%5c00%5c00%5c04)',
        { ...nothing, host: 'ldap3.example.com', dn: 'o=Babsco,c=US', filter: '(four-octet=\\00\\00\\00\\04)' },
      ],
      [
        'ldap://ldap.example.com/o=An%20Example%5C2C%20Inc.,c=US',
        { ...nothing, host: 'ldap.example.com', dn: 'o=An Example\\, Inc.,c=US' },
      ],
      ['ldap://ldap.example.net', { ...nothing, host: 'ldap.example.net' }],
      ['ldap://ldap.example.net/', { ...nothing, host: 'ldap.example.net' }],
      ['ldap://ldap.example.net/?', { ...nothing, host: 'ldap.example.net' }],
      [
        'ldap:///??sub??e-bindname=cn=Manager%2cdc=example%2cdc=com',
        {
          ...nothing,
          scope: 'subtree',
          extensions: [{ critical: false, type: 'e-bindname', value: 'cn=Manager,dc=example,dc=com' }],
        },
      ],
      [
        'ldap:///??sub??!e-bindname=cn=Manager%2cdc=example%2cdc=com',
        {
          ...nothing,
          scope: 'subtree',
          extensions: [{ critical: true, type: 'e-bindname', value: 'cn=Manager,dc=example,dc=com' }],
        },
      ],
    ] as const)
      assert.deepEqual(parts(text), expected, text);
  });

  it('reads addresses, sockets, several attributes and extensions', () => {
    assert.deepEqual(parts('ldaps://[::1]:636/'), { ...nothing, scheme: 'ldaps', host: '[::1]', port: 636 });
    assert.deepEqual(parts('ldapi://%2Frun%2Fslapd.sock/'), { ...nothing, scheme: 'ldapi', host: '/run/slapd.sock' });
    assert.deepEqual(parts('ldap:///?*,+,cn;lang-de,2.5.4.4,1.1??(%26)?!a,1.2.3=,b=%C3%A4'), {
      ...nothing,
      attributes: ['*', '+', 'cn;lang-de', '2.5.4.4', '1.1'],
      filter: '(&)',
      extensions: [
        { critical: true, type: 'a' },
        { critical: false, type: '1.2.3', value: '' },
        { critical: false, type: 'b', value: 'ä' },
      ],
    });
  });

  it('refuses what is none', () => {
    for (const text of [
      '',
      'ldap:',
      'ldap:/host',
      'http://host/',
      'ldap://ho st/',
      'ldap://user@host/',
      'ldap://host:0/',
      'ldap://host:65536/',
      'ldap://host:x/',
      'ldap://[::1/',
      'ldap://host?cn',
      'ldap:///nonsense',
      'ldap:///cn=%',
      'ldap:///cn=%zz',
      'ldap:///cn=%ff',
      'ldap:///?c%20n',
      'ldap:///?cn,,sn',
      'ldap:///??subtree',
      'ldap:///???cn=a',
      'ldap:///???(cn=a',
      'ldap:///????,',
      'ldap:///????!',
      'ldap:///????a=%',
      'ldap:///?????',
      'ldap:///cn=a\n',
      `ldap:///?${'cn,'.repeat(1000)}cn`,
      `ldap:///cn=${'a'.repeat(65_536)}`,
    ])
      assert.equal(parseLdapUrl(text), undefined, text.slice(0, 100));
  });
});

describe('formatLdapUrl', () => {
  it('writes nothing that is absent, and encodes what would be read otherwise', () => {
    const url = { scheme: 'ldap', host: 'h', dn: { rdns: [] }, attributes: [], extensions: [] } as const;
    assert.equal(formatLdapUrl(url), 'ldap://h/');
    assert.equal(
      formatLdapUrl({
        ...url,
        port: 3890,
        dn: parseDistinguishedName('o=Question?\\, a#[b]%,c=US')!,
        filter: parseFilter('(cn=a? b*)')!,
        extensions: [{ critical: true, type: 'x', value: 'a,b?' }],
      }),
      'ldap://h:3890/o=Question%3F%5C,%20a%23%5Bb%5D%25,c=US???(cn=a%3F%20b*)?!x=a%2Cb%3F',
    );
  });

  it('comes back as it was', () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    const optional = <Name extends string, Value>(name: Name, value: fc.Arbitrary<Value>) =>
      fc.oneof(
        fc.constant({}),
        value.map((one) => ({ [name]: one })),
      );
    const extension = fc
      .tuple(fc.boolean(), fc.constantFrom('bindname', '1.2.3'), optional('value', text))
      .map(([critical, type, value]) => ({ critical, type, ...value }));
    const url = fc
      .tuple(
        fc.constantFrom('ldap' as const, 'ldaps' as const),
        fc.constantFrom('', 'example.org', '127.0.0.1', '[::1]'),
        optional('port', fc.integer({ min: 1, max: 65_535 })),
        fc.array(text, { maxLength: 3 }),
        fc.array(fc.constantFrom('cn', '*', '+', 'ou;lang-de', '1.1'), { maxLength: 3 }),
        optional('scope', fc.constantFrom('base', 'one', 'subtree')),
        optional('filter', filterOf(text.map((value) => Buffer.from(value)))),
        fc.array(extension, { maxLength: 2 }),
      )
      .map(([scheme, host, port, names, attributes, scope, filter, extensions]): LdapUrl => {
        const dn = { rdns: names.map((value) => [{ type: 'cn', value }]) };
        return { scheme, host, ...port, dn, attributes, ...scope, ...filter, extensions };
      });
    fc.assert(
      fc.property(url, (value) => {
        const written = formatLdapUrl(value);
        assert.match(written, /^[!-~]*$/);
        assert.deepEqual(parseLdapUrl(written), value);
      }),
      { numRuns: 500 },
    );
  });

  it('is a URL or refused when characters are changed, and a URL stays what it is when written again', () => {
    const whole = 'ldap://h:1/cn=a%2C,c=b?cn,sn?sub?(|(cn=%5c2a)(a:dn:1.2:=x))?!x=1,y';
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.constantFrom(...'%?/,=!()*:[] a\\'), fc.nat(2), (at, put, drop) => {
        const url = parseLdapUrl(whole.slice(0, at) + put + whole.slice(at + drop));
        if (url !== undefined) assert.deepEqual(parseLdapUrl(formatLdapUrl(url)), url);
      }),
      { numRuns: 2000 },
    );
  });
});
