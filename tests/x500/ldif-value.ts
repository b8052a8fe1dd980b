/** LDIF records of every kind, for round trips and fuzzing. */
import fc from 'fast-check';
import type { DistinguishedName, LdifText } from '../../src/x500/index.ts';

const node = <Model>(model: { [Key in keyof Model]: fc.Arbitrary<Model[Key]> }) =>
  fc.record(model, { noNullPrototype: true });
const octets = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 200 }).map((text) => Buffer.from(text)),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 120 }).map((value) => Buffer.from(value)),
);
const description = fc.constantFrom(
  'cn',
  'objectClass',
  'ou;lang-ja',
  '2.5.4.4',
  'userCertificate;binary',
  'jpegPhoto',
);
const rdn = fc
  .tuple(
    fc.constantFrom('cn', 'uid', 'ou', '2.5.4.3'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    fc.boolean(),
  )
  .map(([type, value, two]) => [{ type, value }, ...(two ? [{ type: 'sn', value: 'x' }] : [])]);
const dn: fc.Arbitrary<DistinguishedName> = node({ rdns: fc.array(rdn, { minLength: 1, maxLength: 4 }) });
const values = (minLength: number) => fc.array(octets, { minLength, maxLength: 4 });
const attributes = fc
  .uniqueArray(description, { minLength: 1, maxLength: 6 })
  .chain((names) =>
    fc.tuple(...names.map((attribute) => node({ attribute: fc.constant(attribute), values: values(1) }))),
  );
const control = fc
  .tuple(fc.constantFrom('1.2.3', '2.16.840.1.113730.3.4.2'), fc.boolean(), fc.option(octets, { nil: undefined }))
  .map(([oid, critical, value]) => ({ oid, critical, ...(value === undefined ? {} : { value }) }));
const controls = fc.array(control, { maxLength: 2 });
const modification = node({
  operation: fc.constantFrom('add' as const, 'delete' as const, 'replace' as const, 'increment' as const),
  attribute: description,
  values: values(0),
});
const rename = fc
  .tuple(dn, controls, rdn, fc.boolean(), fc.option(dn, { nil: undefined }))
  .map(([name, sent, newRdn, deleteOldRdn, newSuperior]): LdifText => {
    const superior = newSuperior === undefined ? {} : { newSuperior };
    return { kind: 'rename', dn: name, controls: sent, newRdn, deleteOldRdn, ...superior };
  });

export const ldifText: fc.Arbitrary<LdifText> = fc.oneof(
  node({ kind: fc.constant('entry' as const), dn, attributes }),
  node({ kind: fc.constant('add' as const), dn, controls, attributes }),
  node({ kind: fc.constant('delete' as const), dn, controls }),
  node({ kind: fc.constant('modify' as const), dn, controls, modifications: fc.array(modification, { maxLength: 4 }) }),
  rename,
);
