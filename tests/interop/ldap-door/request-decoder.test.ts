/** The decoder of requests (RFC 4511, 4; RELIABILITY S34 to S36). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LdapMessage } from '../../../src/ldap/door/codec/request.ts';
import { decodeMessage } from '../../../src/ldap/door/codec/request-decoder.ts';
import { formatDistinguishedName, formatFilter } from '../../../src/x500/index.ts';
import { BASE_MESSAGES } from '../../support/ldap-base-messages.ts';
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
  type WireControl,
} from '../../support/ldap-wire.ts';
import { Mutator } from '../../support/mutator.ts';

const DN = 'uid=alice,ou=People,dc=x';
const decode = (octets: Buffer) => decodeMessage(octets, 0, octets.length);

function read(operation: Buffer, controls: readonly WireControl[] = []): LdapMessage {
  const decoded = decode(message(5, operation, controls));
  if ('fault' in decoded) assert.fail(decoded.fault);
  assert.equal(decoded.id, 5);
  return decoded;
}

function faultOf(octets: Buffer): string {
  const decoded = decode(octets);
  if (!('fault' in decoded)) assert.fail(`read as ${decoded.request.op}`);
  return decoded.fault;
}

/** The code that a request is refused with. */
function refusal(operation: Buffer, controls: readonly WireControl[] = []): string {
  const { request } = read(operation, controls);
  if (request.op !== 'refused') assert.fail(`taken as ${request.op}`);
  assert.ok(request.result.message.length > 0);
  return request.result.code;
}

const any = filter.present('objectClass');
const searchWith = (scope: number, deref = 0, size = 0, time = 0, octets = any.octets) =>
  element(
    TAG.search,
    octetString('dc=x'),
    integer(scope, 0x0a),
    integer(deref, 0x0a),
    integer(size),
    integer(time),
    boolean(false),
    octets,
    element(0x30),
  );

describe('a request', () => {
  it('is read with all that it says', () => {
    const search = read(
      searchRequest({
        base: DN,
        scope: 'one',
        filter: filter.and(filter.equal('uid', 'a*'), filter.not(filter.atLeast('cn', 'b'))),
        attributes: ['cn', '+'],
        typesOnly: true,
        sizeLimit: 3,
        timeLimit: 4,
      }),
    ).request;
    assert.ok(search.op === 'search');
    assert.equal(search.base.toString(), DN);
    assert.deepEqual([search.scope, search.sizeLimit, search.timeLimit, search.typesOnly], ['one', 3, 4, true]);
    assert.equal(formatFilter(search.filter), '(&(uid=a\\2a)(!(cn>=b)))');
    assert.deepEqual(search.attributes, ['cn', '+']);

    const bind = read(bindRequest(DN, 'secret')).request;
    assert.ok(bind.op === 'bind' && bind.credentials.kind === 'simple');
    assert.deepEqual([bind.name.toString(), bind.credentials.password.toString()], [DN, 'secret']);

    const compare = read(compareRequest(DN, 'cn', 'x')).request;
    assert.ok(compare.op === 'compare');
    assert.deepEqual([formatDistinguishedName(compare.dn), compare.attribute], [DN, 'cn']);
    assert.equal(compare.value.toString(), 'x');

    const add = read(addRequest(DN, [['cn', ['a', 'b']]])).request;
    assert.ok(add.op === 'add');
    assert.deepEqual(
      add.attributes.map(({ attribute, values }) => [attribute, values.map(String)]),
      [['cn', ['a', 'b']]],
    );

    const modify = read(modifyRequest(DN, [{ operation: 'increment', attribute: 'n', values: ['1'] }])).request;
    assert.ok(modify.op === 'modify');
    assert.deepEqual([modify.modifications[0]?.operation, modify.modifications[0]?.attribute], ['increment', 'n']);

    const rename = read(modifyDnRequest(DN, 'uid=b', true, 'ou=Hosts,dc=x')).request;
    assert.ok(rename.op === 'rename' && rename.newSuperior !== undefined);
    assert.equal(formatDistinguishedName(rename.newSuperior), 'ou=Hosts,dc=x');
    assert.deepEqual([rename.newRdn, rename.deleteOldRdn], [[{ type: 'uid', value: 'b' }], true]);

    const removal = read(deleteRequest(DN)).request;
    assert.ok(removal.op === 'delete');
    assert.equal(formatDistinguishedName(removal.dn), DN);

    assert.deepEqual(read(integer(77, TAG.abandon)).request, { op: 'abandon', target: 77 });
    assert.deepEqual(read(element(TAG.unbind)).request, { op: 'unbind' });
    const extended = read(extendedRequest('1.2.3', Buffer.from('v'))).request;
    assert.ok(extended.op === 'extended');
    assert.deepEqual([extended.name, extended.value?.toString()], ['1.2.3', 'v']);
  });

  it('is read where it lies: values are views of the message', () => {
    const octets = message(1, bindRequest(DN, 'secret'));
    const decoded = decode(octets);
    assert.ok(!('fault' in decoded) && decoded.request.op === 'bind' && decoded.request.credentials.kind === 'simple');
    octets.fill(0x78);
    assert.equal(decoded.request.credentials.password.toString(), 'xxxxxx');
  });

  it('may have elements of a later version at its end (RFC 4511, 4)', () => {
    const later = octetString('later', 0x85);
    const bind = element(TAG.bind, integer(3), octetString(''), octetString('', 0x80), later);
    assert.equal(read(bind).request.op, 'bind');
    assert.ok(!('fault' in decode(element(0x30, integer(1), bindRequest('', ''), later))));
  });

  it('that cannot be meant is refused, with the code of its fault', () => {
    assert.equal(refusal(searchWith(9)), 'protocolError');
    assert.equal(refusal(searchWith(-1)), 'protocolError');
    assert.equal(refusal(searchWith(0, 4)), 'protocolError');
    assert.equal(refusal(searchWith(0, 0, -1)), 'protocolError');
    assert.equal(refusal(searchWith(0, 0, 0, 2 ** 31)), 'protocolError');
    for (const version of [0, 1, 2, 4, 127]) assert.equal(refusal(bindRequest('', '', version)), 'protocolError');
    assert.equal(
      refusal(element(TAG.bind, integer(3), octetString(''), octetString('', 0x81))),
      'authMethodNotSupported',
    );
    assert.equal(refusal(deleteRequest('no name')), 'invalidDNSyntax');
    assert.equal(refusal(deleteRequest('cn=a\u0000')), 'invalidDNSyntax');
    assert.equal(refusal(octetStringOf(Buffer.from('636e3dff', 'hex'))), 'invalidDNSyntax');
    assert.equal(refusal(modifyDnRequest(DN, 'uid=a,ou=b', true)), 'invalidDNSyntax');
    assert.equal(refusal(modifyDnRequest(DN, '', true)), 'invalidDNSyntax');
    const unknown = element(0x30, integer(7, 0x0a), element(0x30, octetString('cn'), element(0x31)));
    assert.equal(refusal(element(TAG.modify, octetString(DN), element(0x30, unknown))), 'protocolError');
  });

  it('is no message at all when its id is none', () => {
    for (const id of [0, -1, 2 ** 31]) assert.match(faultOf(message(id, bindRequest('', ''))), /id/);
    assert.ok(!('fault' in decode(message(2 ** 31 - 1, bindRequest('', '')))));
    faultOf(element(0x30, element(0x02), bindRequest('', '')));
    faultOf(element(0x30, element(0x02, Buffer.alloc(9, 1)), bindRequest('', '')));
  });

  it('is no message when its operation is none that a client may send', () => {
    const requests = new Set<number>([
      ...[TAG.bind, TAG.unbind, TAG.search, TAG.modify, TAG.add, TAG.delete, TAG.modifyDn, TAG.compare],
      ...[TAG.abandon, TAG.extended],
    ]);
    for (let tag = 0; tag < 256; tag += 1) {
      if (!requests.has(tag)) faultOf(message(1, element(tag, Buffer.from('0a0100', 'hex'))));
    }
  });
});

function octetStringOf(octets: Buffer): Buffer {
  return octetString(octets, TAG.delete);
}

describe('a filter', () => {
  const nested = (depth: number, wrap: (inner: ReturnType<typeof filter.not>) => ReturnType<typeof filter.not>) => {
    let inner = any;
    for (let level = 1; level < depth; level += 1) inner = wrap(inner);
    return searchRequest({ base: '', scope: 'base', filter: inner });
  };

  it('has at most 64 levels, whatever it is made of (CVE-2020-12243)', () => {
    const wraps = [filter.not, (inner: Parameters<typeof filter.not>[0]) => filter.and(inner), filter.or];
    for (const wrap of wraps) {
      assert.equal(read(nested(64, wrap)).request.op, 'search');
      for (const depth of [65, 1000]) assert.equal(refusal(nested(depth, wrap)), 'adminLimitExceeded');
    }
  });

  it('of a hundred thousand levels or parts is refused at once', () => {
    // Lengths of all levels, from the inside out, without building each level on the one before.
    const heads: Buffer[] = [];
    let length = any.octets.length;
    for (let level = 0; level < 100_000; level += 1) {
      const head = Buffer.from([0xa2, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]);
      heads.push(head);
      length += head.length;
    }
    const deep = Buffer.concat([...heads.reverse(), any.octets]);
    const wide = element(0xa1, Buffer.concat(new Array<Buffer>(100_000).fill(any.octets)));
    for (const octets of [deep, wide]) {
      const request = message(5, searchWith(2, 0, 0, 0, octets));
      const decoded = decode(request);
      assert.ok(!('fault' in decoded) && decoded.request.op === 'refused');
      assert.equal(decoded.request.result.code, 'adminLimitExceeded');
    }
  });
});

describe('controls', () => {
  const search = searchWith(0);
  const page = (size: number) => element(0x30, integer(size), octetString('c'));

  it('are read for the operations that they belong to', () => {
    const { controls } = read(search, [
      { oid: '1.2.840.113556.1.4.319', critical: true, value: page(7) },
      { oid: '1.2.840.113556.1.4.473', value: element(0x30, element(0x30, octetString('cn'), boolean(true, 0x81))) },
      { oid: '1.3.6.1.1.12', value: any.octets },
    ]);
    assert.deepEqual([controls.pagedResults?.size, controls.pagedResults?.critical], [7, true]);
    assert.deepEqual(controls.sort?.keys, [{ attribute: 'cn', reverse: true }]);
    assert.deepEqual(controls.assertion, { kind: 'present', attribute: 'objectClass' });
    const removal = read(deleteRequest(DN), [
      { oid: '1.2.840.113556.1.4.805', critical: true },
      { oid: '1.3.6.1.1.13.1', value: element(0x30, octetString('*')) },
    ]).controls;
    assert.deepEqual([removal.subtreeDelete, removal.preRead], [true, ['*']]);
  });

  it('that are not known, or belong to another operation, refuse when they are critical and only then', () => {
    const foreign: WireControl[] = [{ oid: '1.2.3.4' }, { oid: '1.2.840.113556.1.4.805' }, { oid: '__proto__' }];
    for (const control of foreign) {
      assert.equal(read(search, [control]).request.op, 'search');
      assert.equal(refusal(search, [{ ...control, critical: true }]), 'unavailableCriticalExtension');
      assert.equal(read(integer(3, TAG.abandon), [{ ...control, critical: true }]).request.op, 'abandon');
      assert.equal(read(element(TAG.unbind), [{ ...control, critical: true }]).request.op, 'unbind');
    }
  });

  it('whose value is missing, too much or nonsense are refused', () => {
    const paged = '1.2.840.113556.1.4.319';
    assert.equal(refusal(search, [{ oid: paged }]), 'protocolError');
    assert.equal(refusal(search, [{ oid: paged, value: Buffer.from('xyz') }]), 'protocolError');
    assert.equal(refusal(search, [{ oid: paged, value: page(-1) }]), 'protocolError');
    assert.equal(
      refusal(search, [
        { oid: paged, value: page(1) },
        { oid: paged, value: page(1) },
      ]),
      'protocolError',
    );
    assert.equal(
      refusal(deleteRequest(DN), [{ oid: '1.2.840.113556.1.4.805', value: Buffer.from('x') }]),
      'protocolError',
    );
    assert.equal(refusal(search, [{ oid: '1.2.840.113556.1.4.473', value: element(0x30) }]), 'protocolError');
    const many = Array.from({ length: 33 }, (_, index) => ({ oid: `1.2.3.${index}` }));
    assert.equal(refusal(search, many), 'protocolError');
    let deep = any;
    for (let level = 0; level < 100; level += 1) deep = filter.not(deep);
    assert.equal(refusal(search, [{ oid: '1.3.6.1.1.12', value: deep.octets }]), 'adminLimitExceeded');
  });
});

describe('octets that are no request', () => {
  it('are a fault at whatever octet a message is cut off', () => {
    for (const octets of BASE_MESSAGES) {
      for (let end = 0; end < octets.length; end += 1) faultOf(octets.subarray(0, end));
    }
  });

  it('never make the decoder throw, however a message was changed', () => {
    const mutator = new Mutator(1);
    const seen = { message: 0, refused: 0, fault: 0 };
    for (let round = 0; round < 100_000; round += 1) {
      const octets = mutator.mutate(BASE_MESSAGES[round % BASE_MESSAGES.length]!);
      const decoded = decode(octets);
      if ('fault' in decoded) seen.fault += 1;
      else if (decoded.request.op === 'refused') seen.refused += 1;
      else seen.message += 1;
    }
    // The mutations reach all ways out, or they would prove nothing.
    for (const count of Object.values(seen)) assert.ok(count > 1000, JSON.stringify(seen));
  });
});
