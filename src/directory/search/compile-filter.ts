/**
 * Compiles a filter for a search: whatever no entry could make true or false is found out here, once.
 *
 * Undefined is what cannot be told (RFC 4511, 4.5.1.7): an attribute or a rule that nobody knows, a value that is not of the
 * syntax, an order or pieces where the type has no rule for them.
 */
import type { AttributeType, Filter, MatchingRule } from '../../x500/index.ts';
import type { AttributeTarget } from '../view/attribute-target.ts';
import type { ViewContent } from '../view/view-content.ts';
import { FALSE, type FilterNode, type Lookup, TRUE, UNDEFINED } from './filter-node.ts';
import { MembershipLeaf } from './membership-leaf.ts';
import { EqualityTest, OrderTest, RuleTest, SubstringsTest, type ValueTest } from './value-test.ts';

const UNKNOWN: FilterNode = { kind: 'constant', truth: UNDEFINED };
const NEVER: FilterNode = { kind: 'constant', truth: FALSE };
const ALWAYS: FilterNode = { kind: 'constant', truth: TRUE };

/** An item with an attribute and a value. */
interface Comparison {
  readonly attribute: string;
  readonly value: Uint8Array;
}

type FilterOfKind<Kind extends Filter['kind']> = Extract<Filter, { readonly kind: Kind }>;

export function compileFilter(content: ViewContent, filter: Filter): FilterNode {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return compileList(content, filter);
    case 'not': {
      const node = compileFilter(content, filter.filter);
      if (node.kind !== 'constant') return { kind: 'not', node };
      return node.truth === UNDEFINED ? UNKNOWN : node.truth === TRUE ? NEVER : ALWAYS;
    }
    case 'present': {
      const target = targetOf(content, filter.attribute);
      return target === undefined || target.types.length === 0 ? UNKNOWN : { kind: 'present', target };
    }
    case 'equality':
    case 'approx':
      return compileEquality(content, filter);
    case 'greaterOrEqual':
    case 'lessOrEqual': {
      const type = content.descriptions.requested.of(filter.attribute)?.type;
      const normal = type?.ordering && assertionForm(type.ordering, filter.value);
      if (type?.ordering === undefined || normal === undefined) return UNKNOWN;
      const test = new OrderTest(content.descriptions.formOf(type.ordering), filter.kind, normal);
      return valueNode(targetOf(content, filter.attribute), test, 'order');
    }
    case 'substrings':
      return compileSubstrings(content, filter);
    case 'extensible':
      return compileExtensible(content, filter);
  }
}

/** Drops what does not count, and gives up early where the rest does not matter. */
function compileList(content: ViewContent, { kind, filters }: FilterOfKind<'and' | 'or'>): FilterNode {
  const decides = kind === 'and' ? FALSE : TRUE;
  const nodes: FilterNode[] = [];
  for (const filter of filters) {
    const node = compileFilter(content, filter);
    if (node.kind !== 'constant' || node.truth === UNDEFINED) nodes.push(node);
    else if (node.truth === decides) return node;
  }
  if (nodes.length === 0) return kind === 'and' ? ALWAYS : NEVER;
  return nodes.length === 1 ? nodes[0]! : { kind, nodes };
}

function compileEquality(content: ViewContent, { attribute, value }: Comparison): FilterNode {
  const description = content.descriptions.requested.of(attribute);
  const rule = description?.type.equality;
  if (description === undefined || rule === undefined) return UNKNOWN;
  const { type, options } = description;
  if (options.length === 0 && type === content.objectClass) {
    const objectClass = content.schema.objectClass(asBuffer(value).toString('latin1'));
    if (objectClass !== undefined) return { kind: 'class', type, key: content.descriptions.classKey(objectClass) };
  }
  const leaf = options.length === 0 ? membershipLeaf(content, type, rule, value, false) : undefined;
  if (leaf !== undefined) return { kind: 'membership', type, leaf };
  const normal = assertionForm(rule, value);
  if (normal === undefined) return UNKNOWN;
  if (options.length === 0 && type === content.objectClass) return { kind: 'class', type, key: undefined };
  const test = new EqualityTest(content.descriptions.formOf(rule), normal);
  return valueNode(targetOf(content, attribute), test, 'equality');
}

/** The item on a membership that an equality is; undefined when the type is none of those, or the value not of its syntax. */
function membershipLeaf(
  content: ViewContent,
  type: AttributeType,
  rule: MatchingRule,
  value: Uint8Array,
  nested: boolean,
): MembershipLeaf | undefined {
  const form = content.computed.of(type)?.name;
  if (form !== 'member' && form !== 'memberOf' && form !== 'memberUid') return undefined;
  const octets = asBuffer(value);
  // The name of an entry, spelled as it is stored, need not be read to be known as a name.
  if (form !== 'memberUid' && content.names.findSpelled(octets) >= 0) {
    return new MembershipLeaf(form, { name: octets }, nested);
  }
  const normal = assertionForm(rule, value);
  if (normal === undefined) return undefined;
  return new MembershipLeaf(form, form === 'memberUid' ? { uid: octets, normal } : { name: octets }, nested);
}

function compileSubstrings(content: ViewContent, filter: FilterOfKind<'substrings'>): FilterNode {
  const rule = content.descriptions.requested.of(filter.attribute)?.type.substrings;
  if (rule?.normalizePiece === undefined) return UNKNOWN;
  const initial = filter.initial && rule.normalizePiece(filter.initial, 'initial');
  const final = filter.final && rule.normalizePiece(filter.final, 'final');
  if ((filter.initial && !initial) || (filter.final && !final)) return UNKNOWN;
  const any: Uint8Array[] = [];
  for (const piece of filter.any) {
    const normal = rule.normalizePiece(piece, 'any');
    if (normal === undefined) return UNKNOWN;
    any.push(normal);
  }
  if (initial === undefined && final === undefined && any.length === 0) return UNKNOWN;
  const test = new SubstringsTest(content.descriptions.formOf(rule), { initial, any, final });
  return valueNode(targetOf(content, filter.attribute), test, 'substrings');
}

function compileExtensible(content: ViewContent, filter: FilterOfKind<'extensible'>): FilterNode {
  const { attribute, value, dnAttributes } = filter;
  const named = filter.rule === undefined ? undefined : content.schema.matchingRule(filter.rule);
  if (filter.rule !== undefined && named === undefined) return UNKNOWN;
  const description = attribute === undefined ? undefined : content.descriptions.requested.of(attribute);
  if (attribute !== undefined && description === undefined) return UNKNOWN;
  const type = description?.type;
  const rule = named ?? type?.equality;
  if (rule === undefined || (type !== undefined && named !== undefined && !applies(named, type))) return UNKNOWN;
  if (named === undefined && attribute !== undefined && !dnAttributes) {
    return compileEquality(content, { attribute, value });
  }
  if (rule.followsNames === true) {
    const follows = type !== undefined && description?.options.length === 0 && !dnAttributes;
    const leaf = follows ? membershipLeaf(content, type, rule, value, true) : undefined;
    return type === undefined || leaf === undefined || leaf.form === 'memberUid'
      ? UNKNOWN
      : { kind: 'membership', type, leaf };
  }
  const made = ruleTest(content, rule, value);
  if (made === undefined) return UNKNOWN;
  const { test, lookup } = made;
  const target =
    attribute === undefined ? content.targets.where((each) => applies(rule, each)) : targetOf(content, attribute);
  return valueNode(target, test, lookup, dnAttributes);
}

/** What a rule named in an extensible match asks; undefined when the value is not of its syntax, or nothing can be asked by it. */
function ruleTest(
  content: ViewContent,
  rule: MatchingRule,
  value: Uint8Array,
): { readonly test: ValueTest; readonly lookup: Lookup } | undefined {
  const normal = assertionForm(rule, value);
  if (normal === undefined || rule.use === 'substrings') return undefined;
  if (rule.matches !== undefined) return { test: new RuleTest(rule.matches, value), lookup: 'presence' };
  const form = content.descriptions.formOf(rule);
  return rule.use === 'ordering'
    ? { test: new OrderTest(form, 'before', normal), lookup: 'presence' }
    : { test: new EqualityTest(form, normal), lookup: 'equality' };
}

/** Whether a rule may be asked of a type: it is one of its own, or compares its syntax (RFC 4512, 4.1.4). */
function applies(rule: MatchingRule, type: AttributeType): boolean {
  return (
    type.equality === rule ||
    type.ordering === rule ||
    type.substrings === rule ||
    (rule.use !== 'substrings' && type.syntax.oid === rule.assertionSyntax)
  );
}

function targetOf(content: ViewContent, attribute: string): AttributeTarget | undefined {
  const description = content.descriptions.requested.of(attribute);
  return description && content.targets.of(description);
}

function valueNode(target: AttributeTarget | undefined, test: ValueTest, lookup: Lookup, inName = false): FilterNode {
  return target === undefined || target.types.length === 0 ? UNKNOWN : { kind: 'value', target, test, lookup, inName };
}

function assertionForm(rule: MatchingRule, value: Uint8Array): Uint8Array | undefined {
  return rule.normalizeAssertion === undefined ? rule.normalize(value) : rule.normalizeAssertion(value);
}

function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.length);
}
