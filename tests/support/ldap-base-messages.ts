/** Forty well-formed LDAP requests, one of each kind and form that a server has to read: what malformed ones are made of. */
import {
  addRequest,
  bindRequest,
  boolean,
  compareRequest,
  deleteRequest,
  element,
  extendedRequest,
  filter,
  integer,
  message,
  modifyDnRequest,
  modifyRequest,
  octetString,
  searchRequest,
  TAG,
} from './ldap-wire.ts';

const SUFFIX = 'dc=bonfire-project,dc=eu';
const ALICE = `uid=alice,ou=People,${SUFFIX}`;
const any = filter.present('objectClass');
const search = (each: Parameters<typeof searchRequest>[0]['filter'], more: object = {}) =>
  searchRequest({ base: SUFFIX, scope: 'sub', filter: each, ...more });
const sasl = (mechanism: string, ...credentials: readonly Buffer[]) =>
  element(TAG.bind, integer(3), octetString(''), element(0xa3, octetString(mechanism), ...credentials));
const paged = element(0x30, integer(10), octetString(''));
const sort = element(0x30, element(0x30, octetString('cn'), octetString('2.5.13.3', 0x80), boolean(true, 0x81)));
const attributes = element(0x30, octetString('cn'), octetString('*'));

const OPERATIONS: readonly Buffer[] = [
  bindRequest('', ''),
  bindRequest(ALICE, 'alice-secret'),
  sasl('EXTERNAL'),
  sasl('PLAIN', octetString('\0alice\0alice-secret')),
  element(TAG.unbind),
  search(any),
  search(filter.equal('uid', 'alice'), { attributes: ['cn', 'mail;lang-en', '+', '1.1'], typesOnly: true }),
  search(filter.and(any, filter.or(filter.equal('uid', 'a'), filter.not(filter.equal('uid', 'b'))), filter.and())),
  search(filter.substrings('cn', { initial: 'a', any: ['b', 'c'], final: 'd' })),
  search(filter.substrings('cn', { any: ['x'] })),
  search(filter.atLeast('uidNumber', '10')),
  search(filter.atMost('uidNumber', '10')),
  search(filter.approximately('cn', 'alice')),
  search(
    filter.extensible({ rule: '1.2.840.113556.1.4.1941', attribute: 'memberOf', value: ALICE, dnAttributes: true }),
  ),
  search(filter.extensible({ attribute: 'cn', value: 'alice' })),
  search(any, { scope: 'base', base: '', sizeLimit: 5, timeLimit: 5 }),
  search(any, { scope: 'one', base: `ou=People,${SUFFIX}` }),
  compareRequest(ALICE, 'cn', 'alice'),
  addRequest(`uid=new,ou=People,${SUFFIX}`, [
    ['objectClass', ['inetOrgPerson']],
    ['cn', ['new', 'another']],
    ['sn', ['new']],
  ]),
  addRequest(`uid=empty,ou=People,${SUFFIX}`, []),
  modifyRequest(ALICE, [{ operation: 'replace', attribute: 'cn', values: ['x'] }]),
  modifyRequest(ALICE, [
    { operation: 'add', attribute: 'mail', values: ['a@b.example', 'c@d.example'] },
    { operation: 'delete', attribute: 'mail', values: [] },
    { operation: 'increment', attribute: 'uidNumber', values: ['1'] },
  ]),
  deleteRequest(ALICE),
  modifyDnRequest(ALICE, 'uid=alicia', true),
  modifyDnRequest(ALICE, 'uid=alice', false, `ou=Hosts,${SUFFIX}`),
  integer(7, TAG.abandon),
  extendedRequest('1.3.6.1.4.1.4203.1.11.3'),
  extendedRequest('1.3.6.1.1.8', element(0x30, integer(7))),
  extendedRequest('1.3.6.1.4.1.1466.20037'),
  extendedRequest(
    '1.3.6.1.4.1.4203.1.11.1',
    element(0x30, octetString(ALICE, 0x80), octetString('old', 0x81), octetString('new', 0x82)),
  ),
  extendedRequest('1.2.3.4.5', octetString('whatever')),
];

const CONTROLLED: readonly (readonly [Buffer, string, Buffer?])[] = [
  [search(any), '1.2.840.113556.1.4.319', paged],
  [search(any), '1.2.840.113556.1.4.473', sort],
  [search(any), '2.16.840.1.113730.3.4.2'],
  [compareRequest(ALICE, 'cn', 'alice'), '1.3.6.1.1.12', filter.equal('cn', 'alice').octets],
  [deleteRequest(ALICE), '1.2.840.113556.1.4.805'],
  [deleteRequest(ALICE), '1.3.6.1.1.13.1', attributes],
  [modifyDnRequest(ALICE, 'uid=alicia', true), '1.3.6.1.1.13.2', attributes],
  [bindRequest(ALICE, 'alice-secret'), '1.3.6.1.4.1.42.2.27.8.5.1'],
  [search(any), '1.2.3.4.5', octetString('unknown')],
];

/** Whole messages. */
export const BASE_MESSAGES: readonly Buffer[] = [
  ...OPERATIONS.map((operation, index) => message(index + 1, operation)),
  ...CONTROLLED.map(([operation, oid, value], index) =>
    message(100_000 + index, operation, [{ oid, critical: index % 2 === 0, ...(value !== undefined && { value }) }]),
  ),
];
