/** A tree of BER values of any kind, written by BerWriter and read back by BerReader: for round trips and fuzzing. */
import fc from 'fast-check';
import { type BerReader, type BerWriter, contextConstructedTag, Tag } from '../../src/x500/index.ts';

export type BerValue =
  | { readonly kind: 'octets'; readonly value: Uint8Array }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'bigInteger'; readonly value: bigint }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'sequence'; readonly values: readonly BerValue[] };

const node = <Model>(model: { [Key in keyof Model]: fc.Arbitrary<Model[Key]> }) =>
  fc.record(model, { noNullPrototype: true });

export const berValue: fc.Arbitrary<BerValue> = fc.letrec<{ value: BerValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    node({ kind: fc.constant('octets' as const), value: fc.uint8Array({ maxLength: 300 }) }),
    node({ kind: fc.constant('text' as const), value: fc.string({ unit: 'binary', maxLength: 200 }) }),
    node({ kind: fc.constant('integer' as const), value: fc.integer({ min: -(2 ** 47), max: 2 ** 47 - 1 }) }),
    node({ kind: fc.constant('bigInteger' as const), value: fc.bigInt({ min: -(2n ** 600n), max: 2n ** 600n }) }),
    node({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
    node({ kind: fc.constant('null' as const) }),
    node({ kind: fc.constant('sequence' as const), values: fc.array(tie('value'), { maxLength: 8 }) }),
  ),
})).value;

const BIG = 0x82;

export function writeBer(writer: BerWriter, value: BerValue): void {
  switch (value.kind) {
    case 'octets':
      return writer.octets(Tag.octetString, value.value);
    case 'text':
      return writer.text(Tag.utf8String, value.value);
    case 'integer':
      return writer.integer(Tag.integer, value.value);
    case 'bigInteger':
      return writer.integer(BIG, value.value);
    case 'boolean':
      return writer.boolean(Tag.boolean, value.value);
    case 'null':
      return writer.null();
    case 'sequence': {
      const mark = writer.open(contextConstructedTag(3));
      for (const inner of value.values) writeBer(writer, inner);
      return writer.close(mark);
    }
  }
}

export function readBer(reader: BerReader): BerValue {
  switch (reader.peek()) {
    case Tag.octetString:
      return { kind: 'octets', value: Uint8Array.from(reader.octets(Tag.octetString)) };
    case Tag.utf8String:
      return { kind: 'text', value: reader.text(Tag.utf8String) };
    case Tag.integer:
      return { kind: 'integer', value: reader.integer(Tag.integer) };
    case BIG:
      return { kind: 'bigInteger', value: reader.bigInteger(BIG) };
    case Tag.boolean:
      return { kind: 'boolean', value: reader.boolean(Tag.boolean) };
    case Tag.null:
      reader.null();
      return { kind: 'null' };
    default: {
      const outer = reader.enter(contextConstructedTag(3));
      const values: BerValue[] = [];
      while (reader.more) values.push(readBer(reader));
      reader.leave(outer);
      return { kind: 'sequence', values };
    }
  }
}
