/**
 * Characters for texts that nobody chose: of ASCII, of Latin 1, of the rest of the basic plane, of the others.
 * Surrogates stand only in pairs.
 *
 * fast-check has a unit for this, but building its tables takes most of a second in each process that uses it.
 */
import fc from 'fast-check';

const between = (first: number, last: number) =>
  fc.integer({ min: first, max: last }).map((point) => String.fromCodePoint(point));

/** For `fc.string({ unit: anyCharacter })`. */
export const anyCharacter: fc.Arbitrary<string> = fc.oneof(
  between(0, 0x7f),
  between(0x80, 0xff),
  between(0x100, 0xd7ff),
  between(0xe000, 0xffff),
  between(0x1_0000, 0x10_ffff),
);
