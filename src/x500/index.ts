/**
 * x500, floor 1: the values of X.500 directories (distinguished names, filters, DER): parsing, encoding,
 * comparing. No I/O.
 */
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
export { parseFilter } from './filter-parser.ts';
export { type FilterTemplate, fillFilter, filterTemplate } from './filter-template.ts';
