/** BER and DER both ways: vectors of X.690, limits, round trips, and the encoder of ldapts as a second opinion. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as ldapts from 'ldapts';
import {
  BerReader,
  type BerReaderOptions,
  BerWriter,
  berElementLength,
  decodeBer,
  decodeObjectIdentifier,
  encodeObjectIdentifier,
  Tag,
} from '../../src/x500/index.ts';
import { berValue, readBer, writeBer } from './ber-value.ts';

const written = (write: (writer: BerWriter) => void, capacity?: number): string => {
  const writer = new BerWriter(capacity);
  write(writer);
  return Buffer.from(writer.take()).toString('hex');
};
const read = <Value>(hex: string, reading: (reader: BerReader) => Value, options?: BerReaderOptions) =>
  decodeBer(Buffer.from(hex, 'hex'), reading, options);
const integer = (reader: BerReader) => reader.integer(Tag.integer);

const INTEGERS: readonly (readonly [number, string])[] = [
  [0, '020100'],
  [-0, '020100'],
  [1, '020101'],
  [-1, '0201ff'],
  [127, '02017f'],
  [128, '02020080'],
  [-128, '020180'],
  [-129, '0202ff7f'],
  [255, '020200ff'],
  [256, '02020100'],
  [32_767, '02027fff'],
  [32_768, '0203008000'],
  [2 ** 31 - 1, '02047fffffff'],
  [-(2 ** 31), '020480000000'],
  [2 ** 31, '02050080000000'],
  [2 ** 40, '0206010000000000'],
];

describe('BerWriter', () => {
  it('writes integers in as few octets as they need', () => {
    for (const [value, hex] of INTEGERS) {
      assert.equal(
        written((writer) => writer.integer(Tag.integer, value)),
        hex,
        `${value}`,
      );
      assert.equal(
        written((writer) => writer.integer(Tag.integer, BigInt(value))),
        hex,
        `${value}n`,
      );
    }
    assert.equal(
      written((writer) => writer.integer(Tag.integer, 2n ** 64n)),
      '0209010000000000000000',
    );
    assert.equal(
      written((writer) => writer.integer(Tag.integer, -(2n ** 63n))),
      '02088000000000000000',
    );
  });

  it('refuses a number that is no safe integer', () => {
    for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      assert.throws(() => new BerWriter().integer(Tag.integer, value), RangeError);
  });

  it('writes a minimal length around content of any size, whatever was expected', () => {
    for (const size of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 70_000]) {
      const content = Buffer.alloc(size, 0x55);
      const expected = new ldapts.BerWriter();
      expected.writeBuffer(content, 0x30);
      for (const guess of [0, size, 200, 1_000_000]) {
        const hex = written((writer) => {
          const mark = writer.open(Tag.sequence, guess);
          writer.raw(content);
          writer.close(mark);
        }, 16);
        assert.equal(hex, expected.buffer.toString('hex'), `${size} octets, ${guess} expected`);
      }
    }
  });

  it('writes text as UTF-8 of its true length, short and long', () => {
    for (const text of [
      '',
      'a',
      'Lučić',
      '€'.repeat(42),
      '€'.repeat(43),
      'x'.repeat(127),
      'x'.repeat(128),
      '𐍈ü'.repeat(99),
    ])
      assert.equal(
        written((writer) => writer.text(Tag.octetString, text), 16),
        written((writer) => writer.octets(Tag.octetString, Buffer.from(text))),
      );
  });

  it('puts the elements of a SET OF into the order of DER', () => {
    const hex = written((writer) => {
      const mark = writer.open(Tag.set);
      for (const text of ['b', 'abc', 'a'.repeat(200), 'a', '']) writer.text(Tag.octetString, text);
      writer.closeSetOf(mark);
    });
    assert.equal(hex, `3181d80400040161040162040361626304${'81c8'}${'61'.repeat(200)}`);
  });

  it('forgets what comes after a reset, and its view shows what is there', () => {
    const writer = new BerWriter();
    writer.boolean(Tag.boolean, true);
    const kept = writer.length;
    writer.text(Tag.octetString, 'gone');
    writer.reset(kept);
    assert.deepEqual([...writer.view()], [1, 1, 0xff]);
    writer.reset();
    assert.equal(writer.length, 0);
  });
});

describe('BerReader', () => {
  it('reads integers, the longer spellings of BER too but not of DER', () => {
    for (const [value, hex] of INTEGERS) {
      assert.equal(read(hex, integer, { der: true }), value === 0 ? 0 : value);
      assert.equal(
        read(hex, (reader) => reader.bigInteger(Tag.integer)),
        BigInt(value),
      );
    }
    for (const [hex, value] of [
      ['02020001', 1],
      ['0202ffff', -1],
      ['0281017f', 127],
      ['02840000000105', 5],
    ] as const) {
      assert.equal(read(hex, integer), value);
      assert.equal(read(hex, integer, { der: true }), undefined, hex);
    }
  });

  it('refuses what is no element of the expected kind', () => {
    for (const [hex, what] of [
      ['', 'nothing'],
      ['02', 'half a head'],
      ['0200', 'no octets'],
      ['0202ff', 'cut off'],
      ['028001000000', 'an indefinite length'],
      ['0285000000000101', 'five length octets'],
      ['02ff', 'the reserved length'],
      ['02ffffffffff01', 'a length of nonsense'],
      ['0284ffffffff01', 'four gigabytes'],
      ['040101', 'another tag'],
      ['02010100', 'something after it'],
      ['020701020304050607', 'more than six octets'],
    ] as const)
      assert.equal(read(hex, integer), undefined, what);
    assert.equal(
      read('1f0101', (reader) => reader.skip()),
      undefined,
      'a tag of several octets',
    );
    assert.equal(
      read('0101', (reader) => reader.boolean(Tag.boolean)),
      undefined,
    );
    assert.equal(
      read('01020000', (reader) => reader.boolean(Tag.boolean)),
      undefined,
    );
    assert.equal(
      read('0402c328', (reader) => reader.text(Tag.octetString)),
      undefined,
      'not UTF-8',
    );
    assert.equal(
      read(`0481c8${'ff'.repeat(200)}`, (reader) => reader.text(Tag.octetString)),
      undefined,
      'not UTF-8',
    );
    assert.equal(
      read('050100', (reader) => reader.null()),
      undefined,
    );
    assert.equal(
      read('0300', (reader) => reader.bitString(Tag.bitString)),
      undefined,
    );
    assert.equal(
      read('03020801', (reader) => reader.bitString(Tag.bitString)),
      undefined,
    );
    assert.equal(
      read('030107', (reader) => reader.bitString(Tag.bitString)),
      undefined,
    );
    assert.equal(
      read(`02821001${'01'.repeat(4097)}`, (reader) => reader.bigInteger(Tag.integer)),
      undefined,
    );
  });

  it('takes any octet but zero for TRUE, and only FF in DER', () => {
    const boolean = (reader: BerReader) => reader.boolean(Tag.boolean);
    assert.equal(read('010101', boolean), true);
    assert.equal(read('010100', boolean), false);
    assert.equal(read('0101ff', boolean, { der: true }), true);
    assert.equal(read('010101', boolean, { der: true }), undefined);
  });

  it('wants every element in a sequence to be read, unless a later version may have added some', () => {
    const half = (leave: 'leave' | 'leavePast') => (reader: BerReader) => {
      const outer = reader.enter(Tag.sequence);
      const value = integer(reader);
      reader[leave](outer);
      return value;
    };
    assert.equal(read('3006020101020102', half('leave')), undefined);
    assert.equal(read('3006020101020102', half('leavePast')), 1);
  });

  it('keeps an element within the one around it', () => {
    const inner = (reader: BerReader) => {
      const outer = reader.enter(Tag.sequence);
      const value = reader.octets(Tag.octetString);
      reader.leave(outer);
      return value;
    };
    assert.equal(read('300304026162', inner), undefined);
  });

  it('goes no deeper than it may', () => {
    const nested = (depth: number): string =>
      written((writer) => {
        const marks = Array.from({ length: depth }, () => writer.open(Tag.sequence));
        for (const mark of marks.reverse()) writer.close(mark);
      });
    const descend = (reader: BerReader): number => {
      const outer = reader.enter(Tag.sequence);
      const depth = reader.more ? descend(reader) : 0;
      reader.leave(outer);
      return depth + 1;
    };
    assert.equal(read(nested(128), descend), 128);
    assert.equal(read(nested(129), descend), undefined);
    assert.equal(read(nested(3), descend, { maxDepth: 2 }), undefined);
  });

  it('reads between two positions of larger octets', () => {
    const octets = Buffer.from('ffff0201050201ff', 'hex');
    const reader = new BerReader(octets, { start: 2, end: 5 });
    assert.equal(reader.integer(Tag.integer), 5);
    assert.equal(reader.more, false);
    assert.equal(reader.peek(), -1);
  });

  it('spans a content without a copy', () => {
    const reader = new BerReader(Buffer.from('0403616263', 'hex'));
    const start = reader.span(Tag.octetString);
    assert.deepEqual([start, reader.position], [2, 5]);
  });
});

describe('berElementLength', () => {
  it('knows the whole length from the first octets, and when it needs more of them', () => {
    const length = (hex: string) => berElementLength(Buffer.from(hex, 'hex'), 0, hex.length / 2);
    assert.equal(length(''), 'more');
    assert.equal(length('30'), 'more');
    assert.equal(length('3005'), 7);
    assert.equal(length('3082'), 'more');
    assert.equal(length('30820100'), 260);
    assert.equal(length('308400000005'), 11);
    assert.equal(length('3080'), undefined);
    assert.equal(length('3085'), undefined);
  });
});

describe('object identifiers', () => {
  it('are the octets that X.690 and others print', () => {
    for (const [text, hex] of [
      ['2.100.3', '813403'],
      ['1.2.840.113549', '2a864886f70d'],
      ['2.5.4.3', '550403'],
      ['0.9.2342.19200300.100.1.25', '0992268993f22c640119'],
      ['1.2.840.113556.1.4.1941', '2a864886f71401048f15'],
      ['2.25.329800735698586629295641978511506172918', '6983f09da7ebcfdee0c7a1a7b2c0948cc8f9d776'],
      ['2.999.1234', '88378952'],
    ] as const) {
      assert.equal(Buffer.from(encodeObjectIdentifier(text)!).toString('hex'), hex);
      assert.equal(decodeObjectIdentifier(Buffer.from(hex, 'hex')), text);
    }
  });

  it('are refused when they are none', () => {
    for (const text of ['', '1', '3.1', '1.40', '1.02', '1..2', '1.2.', ' 1.2', '1.-2', `1.2${'.1'.repeat(128)}`])
      assert.equal(encodeObjectIdentifier(text), undefined, text);
    for (const hex of ['', '80', '8001', '5580', `${'ff'.repeat(64)}01`, '01'.repeat(129)])
      assert.equal(decodeObjectIdentifier(Buffer.from(hex, 'hex')), undefined, hex);
  });

  it('come back from their octets', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0n, 1n, 2n),
        fc.array(fc.bigInt({ min: 0n, max: 2n ** 128n }), { minLength: 1, maxLength: 10 }),
        (root, [second = 0n, ...rest]) => {
          const text = [root, root < 2n ? second % 40n : second, ...rest].join('.');
          assert.equal(decodeObjectIdentifier(encodeObjectIdentifier(text)!), text);
        },
      ),
    );
  });
});

describe('BER as a whole', () => {
  it('comes back as it was written, and what is written is DER', () => {
    const writer = new BerWriter(16);
    fc.assert(
      fc.property(berValue, (value) => {
        writer.reset();
        writeBer(writer, value);
        assert.deepEqual(decodeBer(writer.view(), readBer, { der: true }), value);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused at every octet where it may be cut off', () => {
    fc.assert(
      fc.property(berValue, (value) => {
        const writer = new BerWriter();
        writeBer(writer, value);
        const octets = writer.take();
        const step = Math.ceil(octets.length / 100);
        for (let end = 0; end < octets.length; end += step)
          assert.equal(decodeBer(octets.subarray(0, end), readBer), undefined);
      }),
      { numRuns: 50 },
    );
  });

  it('is a value or refused when octets are changed, and a value stays what it is when written again', () => {
    fc.assert(
      fc.property(
        berValue,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (value, changes) => {
          const writer = new BerWriter();
          writeBer(writer, value);
          const octets = writer.take();
          for (const [at, octet] of changes) octets[at % octets.length] = octet;
          const again = decodeBer(octets, readBer, { der: true });
          if (again === undefined) return;
          writer.reset();
          writeBer(writer, again);
          assert.deepEqual(writer.take(), octets);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is what the client library writes and reads', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.boolean(),
        fc.uint8Array({ maxLength: 70_000 }),
        (number, text, flag, blob) => {
          const theirs = new ldapts.BerWriter();
          theirs.startSequence();
          theirs.writeInt(number);
          theirs.startSequence(0xa3);
          theirs.writeString(text);
          theirs.writeBoolean(flag);
          theirs.endSequence();
          theirs.writeBuffer(Buffer.from(blob), 0x04);
          theirs.writeNull();
          theirs.endSequence();
          const writer = new BerWriter();
          const outer = writer.open(Tag.sequence);
          writer.integer(Tag.integer, number);
          const inner = writer.open(0xa3);
          writer.text(Tag.octetString, text);
          writer.boolean(Tag.boolean, flag);
          writer.close(inner);
          writer.octets(Tag.octetString, blob);
          writer.null();
          writer.close(outer);
          const ours = Buffer.from(writer.take());
          assert.equal(
            decodeBer(theirs.buffer, (reader) => reader.element().length),
            theirs.buffer.length,
          );

          const reader = new ldapts.BerReader(ours);
          reader.readSequence();
          assert.equal(reader.readInt(), number);
          reader.readSequence();
          assert.equal(reader.readString(), text);
          assert.equal(reader.readBoolean(), flag);
          assert.deepEqual(reader.readString(0x04, true), Buffer.from(blob));
          if (Math.abs(number) < 2 ** 31) assert.equal(ours.toString('hex'), theirs.buffer.toString('hex'));
        },
      ),
      { numRuns: 100 },
    );
  });
});
