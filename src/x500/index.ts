/**
 * x500, floor 1: the values of X.500 directories (BER and DER, distinguished names, filters, LDIF, LDAP URLs, schema
 * text, matching rules): parsing, encoding, comparing. No I/O.
 */
export { BerFault, BerReader, type BerReaderOptions, berElementLength, decodeBer } from './ber/ber-reader.ts';
export { BerWriter } from './ber/ber-writer.ts';
export { decodeObjectIdentifier, encodeObjectIdentifier } from './ber/object-identifier.ts';
export {
  applicationConstructedTag,
  applicationTag,
  CONSTRUCTED,
  contextConstructedTag,
  contextTag,
  Tag,
} from './ber/tag.ts';
export {
  type AttributeTypeAndValue,
  type DistinguishedName,
  distinguishedNameKey,
  escapeDnValue,
  formatDistinguishedName,
  parseDistinguishedName,
  prepareCaseIgnore,
  type RelativeDistinguishedName,
} from './distinguished-name.ts';
export { type Filter, type FilterOf, formatFilter } from './filter.ts';
export { decodeFilter, encodeFilter } from './filter-ber.ts';
export { parseFilter } from './filter-parser.ts';
export { type FilterTemplate, fillFilter, filterTemplate } from './filter-template.ts';
export { formatLdapUrl, type LdapUrl, type LdapUrlExtension, parseLdapUrl } from './ldap-url.ts';
export { formatLdif, LDIF_VERSION, type LdifText } from './ldif/format-ldif.ts';
export type {
  LdifAttribute,
  LdifChange,
  LdifControl,
  LdifEntry,
  LdifFault,
  LdifModification,
  LdifRecord,
} from './ldif/ldif-record.ts';
export { type LdifOptions, LdifParser, parseLdif } from './ldif/parse-ldif.ts';
export type { ValueOfUrl } from './ldif/value-spec.ts';
export type { MatchingRule, PiecePosition } from './matching/matching-rule.ts';
export { lintSchema } from './schema/lint-schema.ts';
export { parseSchema } from './schema/parse-schema.ts';
export type {
  AttributeType,
  AttributeUsage,
  DefinitionOrigin,
  ObjectClass,
  Schema,
  SchemaProblem,
  SchemaResult,
  SchemaSource,
  SubschemaDescriptions,
} from './schema/schema.ts';
export type { Syntax } from './syntax/syntax.ts';
