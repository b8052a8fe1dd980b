/** Filters of every kind, for round trips and fuzzing. */
import fc from 'fast-check';
import type { Filter } from '../../src/x500/index.ts';

export const PLAIN_NAMES = ['cn', 'objectClass', 'x-y-1'] as const;
export const DESCRIPTIONS = [...PLAIN_NAMES, '2.5.4.3', 'userCertificate;binary', 'sn;lang-de;x-y'] as const;

const node = <Model>(model: { [Key in keyof Model]: fc.Arbitrary<Model[Key]> }) =>
  fc.record(model, { noNullPrototype: true });

/** Filters whose assertion values are of one kind. */
export function filterOf(
  value: fc.Arbitrary<Uint8Array>,
  names: readonly string[] = DESCRIPTIONS,
): fc.Arbitrary<Filter> {
  const attribute = fc.constantFrom(...names);
  const piece = value.filter(({ length }) => length > 0);
  const optional = <Name extends string>(name: Name, some: fc.Arbitrary<unknown>) =>
    fc.oneof(
      fc.constant({}),
      some.map((one) => ({ [name]: one })),
    );
  const substrings = fc
    .tuple(attribute, optional('initial', piece), fc.array(piece, { maxLength: 3 }), optional('final', piece))
    .map(
      ([name, initial, any, final]) => ({ kind: 'substrings', attribute: name, any, ...initial, ...final }) as Filter,
    )
    .filter((one) => one.kind === 'substrings' && (one.any.length > 0 || 'initial' in one || 'final' in one));
  const extensible = fc
    .tuple(
      fc.oneof(
        fc.constant({ rule: 'caseExactMatch' }),
        attribute.map((name) => ({ attribute: name })),
        attribute.map((name) => ({ rule: '1.2.3', attribute: name })),
      ),
      value,
      fc.boolean(),
    )
    .map(([which, octets, dnAttributes]): Filter => ({ kind: 'extensible', ...which, value: octets, dnAttributes }));
  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4 },
      node({
        kind: fc.constantFrom(
          'equality' as const,
          'greaterOrEqual' as const,
          'lessOrEqual' as const,
          'approx' as const,
        ),
        attribute,
        value,
      }),
      node({ kind: fc.constant('present' as const), attribute }),
      substrings,
      extensible,
      node({
        kind: fc.constantFrom('and' as const, 'or' as const),
        filters: fc.array(tie('filter'), { maxLength: 4 }),
      }),
      node({ kind: fc.constant('not' as const), filter: tie('filter') }),
    ),
  })).filter;
}

export const anyOctets: fc.Arbitrary<Uint8Array> = fc
  .uint8Array({ maxLength: 40 })
  .map((octets) => Buffer.from(octets));
