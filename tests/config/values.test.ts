/** The kinds of value that rooms use in their schemas. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { Secret } from '../../src/base/index.ts';
import {
  address,
  byteSize,
  cidr,
  duration,
  mapOf,
  parseAddressRange,
  parseByteSize,
  parseDuration,
  parseListenAddress,
  path,
  secretShape,
} from '../../src/config/index.ts';

/** The messages of a refusal; fails when the value is accepted. */
function refusal(schema: z.ZodType, value: unknown): string[] {
  const result = schema.safeParse(value);
  assert.ok(!result.success, `${JSON.stringify(value)} was accepted`);
  return result.error.issues.map((issue) => issue.message);
}

describe('duration', () => {
  it('turns a number with a unit into milliseconds', () => {
    const spans = ['250ms', '90s', '5m', '12h', '1d', '0s'].map((text) => duration().parse(text));
    assert.deepEqual(spans, [250, 90_000, 300_000, 43_200_000, 86_400_000, 0]);
  });

  it('refuses what could be misread, with one piece of advice', () => {
    for (const text of [
      '5',
      '',
      'm',
      '5 m',
      '-5m',
      '1.5h',
      '5M',
      '5min',
      '5m ',
      '1h30m',
      '٥m',
      '1e3s',
      5,
      null,
      true,
    ]) {
      assert.deepEqual(refusal(duration(), text), ['must be a duration such as 250ms, 90s, 5m, 12h or 1d']);
    }
  });

  it('refuses more than a hundred years', () => {
    assert.equal(parseDuration('36525d'), 36_525 * 86_400_000);
    assert.equal(parseDuration('36526d'), undefined);
    assert.deepEqual(refusal(duration(), '9999999999d'), ['must not be longer than a hundred years']);
  });
});

describe('byteSize', () => {
  it('counts in powers of 1024', () => {
    const sizes = [512, '512', '512B', '64KiB', '10MiB', '2GiB', '1TiB'].map((size) => byteSize().parse(size));
    assert.deepEqual(sizes, [512, 512, 512, 65_536, 10_485_760, 2_147_483_648, 1_099_511_627_776]);
  });

  it('refuses decimal units, fractions, negatives and what a number cannot hold', () => {
    for (const text of ['10MB', '10kb', '1.5MiB', '-1', '', 'KiB', '1 KiB', '999999999999999TiB', -1, 1.5, true]) {
      assert.ok(!byteSize().safeParse(text).success, String(text));
    }
    assert.equal(parseByteSize('8191TiB'), 8191 * 1024 ** 4);
    assert.equal(parseByteSize('8192TiB'), undefined);
  });
});

describe('address', () => {
  it('reads IPv4, bracketed IPv6, names and every interface', () => {
    assert.deepEqual(address().parse('127.0.0.1:8080'), { host: '127.0.0.1', port: 8080 });
    assert.deepEqual(address().parse('[::1]:8080'), { host: '::1', port: 8080 });
    assert.deepEqual(address().parse('localhost:0'), { host: 'localhost', port: 0 });
    assert.deepEqual(address().parse(':65535'), { host: undefined, port: 65_535 });
  });

  it('refuses what is no address', () => {
    const wrong = [
      '8080',
      '127.0.0.1',
      '::1:8080',
      '[::1]',
      '[127.0.0.1]:1',
      '127.0.0.256:1',
      '1.2.3:1',
      'a:65536',
      'a..b:1',
    ];
    for (const text of [...wrong, '-a:1', 'a b:1', 'http://a:1', ':', '', '[::g]:1', ':-1', '*:80', 8080]) {
      assert.equal(typeof text === 'string' ? parseListenAddress(text) : undefined, undefined, String(text));
      assert.deepEqual(refusal(address(), text), ['must be an address such as 127.0.0.1:8080, [::1]:8080 or :8080']);
    }
  });
});

describe('cidr', () => {
  const holds = (range: string, ip: string) => cidr().parse(range).contains(ip);

  it('contains what lies inside, at every length', () => {
    assert.ok(holds('10.0.0.0/8', '10.255.0.1') && !holds('10.0.0.0/8', '11.0.0.0'));
    assert.ok(holds('192.168.16.0/20', '192.168.31.255') && !holds('192.168.16.0/20', '192.168.32.0'));
    assert.ok(holds('127.0.0.1', '127.0.0.1') && !holds('127.0.0.1/32', '127.0.0.2'));
    assert.ok(holds('0.0.0.0/0', '255.255.255.255') && !holds('0.0.0.0/0', '::1'));
    assert.ok(holds('2001:db8::/33', '2001:DB8:7fff::1') && !holds('2001:db8::/33', '2001:db8:8000::'));
    assert.ok(holds('fe80::/10', 'fe80::1%eth0') && holds('::1', '0:0:0:0:0:0:0:1') && !holds('::/0', '10.0.0.1'));
  });

  it('takes an IPv4-mapped address for the IPv4 address it carries', () => {
    assert.ok(holds('10.0.0.0/8', '::ffff:10.1.2.3') && holds('10.0.0.0/8', '::FFFF:0a01:0203'));
    assert.ok(holds('::ffff:10.0.0.0/104', '10.1.2.3') && !holds('::ffff:10.0.0.0/104', '11.1.2.3'));
    assert.equal(cidr().parse('::ffff:10.0.0.0/104').text, '10.0.0.0/8');
    assert.equal(cidr().parse('::ffff:10.0.0.1').text, '10.0.0.1/32');
    assert.ok(!holds('10.0.0.0/8', '::10.1.2.3'), 'an IPv4-compatible address is another address');
  });

  it('never contains what is no IP address', () => {
    for (const ip of [
      '',
      'localhost',
      '10.0.0',
      '10.0.0.1/32',
      '010.0.0.1',
      '10.0.0.1 ',
      '10.0.0.1:80',
      '::ffff:10.0.0.256',
    ]) {
      assert.ok(!holds('0.0.0.0/0', ip) && !holds('::/0', ip), ip);
    }
  });

  it('says what to write when bits are set beyond the length', () => {
    assert.deepEqual(refusal(cidr(), '10.1.2.3/8'), ['has bits set beyond its length; write 10.0.0.0/8']);
    assert.deepEqual(refusal(cidr(), '2001:db8::1/32'), ['has bits set beyond its length; write 2001:db8::/32']);
  });

  it('refuses what is no range', () => {
    for (const text of [
      '',
      '10.0.0.0/33',
      '::/129',
      '10.0.0.0/',
      '10.0.0.0/-1',
      '10/8',
      'x',
      '1.2.3.4/8/8',
      '::%1/64',
      '::/08 ',
      7,
    ]) {
      const [message] = refusal(cidr(), text);
      assert.equal(message, 'must be an address range such as 10.0.0.0/8, 2001:db8::/32 or 127.0.0.1', String(text));
    }
  });

  it('agrees with arithmetic on any IPv4 range and address', () => {
    const dotted = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 }), (a, b, bits) => {
        const size = 2 ** (32 - bits);
        const base = Math.floor(a / size) * size;
        const near = (base + (b % (size * 2))) % 2 ** 32;
        const range = parseAddressRange(`${dotted(base)}/${bits}`);
        for (const ip of [b, near]) assert.equal(range?.contains(dotted(ip)), ip >= base && ip < base + size);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe('mapOf', () => {
  it('finds nothing that is not there, and keeps names of object members as data', () => {
    const services = mapOf(z.number()).parse(JSON.parse('{"constructor": 1, "toString": 2}'));
    assert.deepEqual(
      [...services],
      [
        ['constructor', 1],
        ['toString', 2],
      ],
    );
    assert.equal(mapOf(z.number()).parse({}).get('constructor'), undefined);
  });
});

describe('path', () => {
  it('refuses empty text and control characters', () => {
    assert.deepEqual(refusal(path(), ''), ['must be a file path, not empty text']);
    assert.deepEqual(refusal(path(), 'a\0b'), ['must be a file path without control characters']);
    assert.deepEqual(refusal(path(), 5), ['must be a file path']);
  });
});

describe('secretShape', () => {
  const schema = z.strictObject(secretShape('bindPassword', 'the password'));

  it('yields a Secret that does not print', () => {
    const { bindPassword } = schema.parse({ bindPassword: 'hunter2' });
    assert.ok(bindPassword instanceof Secret);
    assert.equal(bindPassword.reveal(), 'hunter2');
    assert.doesNotMatch(JSON.stringify(schema.parse({ bindPassword: 'hunter2' })), /hunter2/);
  });

  it('leaves both keys out when neither is given', () => {
    assert.deepEqual(schema.parse({}), {});
  });

  it('refuses an empty secret, a number, and a file that no loader has read', () => {
    assert.deepEqual(refusal(schema, { bindPassword: '' }), ['must be text that is not empty; put it in quotes']);
    assert.deepEqual(refusal(schema, { bindPassword: 12345 }), ['must be text that is not empty; put it in quotes']);
    assert.equal(refusal(schema, { bindPasswordFile: '/run/secrets/x' }).length, 1);
  });
});
