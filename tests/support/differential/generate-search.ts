/** Generated searches and compares. */
import {
  compareRequest,
  filter,
  type ScopeName,
  searchRequest,
  type WireControl,
  type WireFilter,
} from '../ldap-wire.ts';
import type { Chance } from './chance.ts';
import { anyDn, attributeName, attributeValue } from './names-and-values.ts';
import type { GeneratedRequest } from './request.ts';
import { SUFFIX } from './tree.ts';

const RULES = [
  'caseExactMatch',
  'caseIgnoreMatch',
  'integerMatch',
  '2.5.13.2',
  'distinguishedNameMatch',
  'noSuchRule',
  'caseIgnoreSubstringsMatch',
];

export function generatedFilter(chance: Chance, depth = 0): WireFilter {
  const combining = depth < 3 ? 1 : 0;
  const kind = chance.weighed({
    equal: 40,
    substrings: 18,
    present: 14,
    atLeast: 6,
    atMost: 6,
    approximately: 0.3,
    extensible: 3,
    and: 12 * combining,
    or: 12 * combining,
    not: 8 * combining,
  });
  const parts = () => Array.from({ length: chance.below(4) }, () => generatedFilter(chance, depth + 1));
  switch (kind) {
    case 'and':
      return filter.and(...parts());
    case 'or':
      return filter.or(...parts());
    case 'not':
      return filter.not(generatedFilter(chance, depth + 1));
    case 'substrings':
      return generatedSubstrings(chance);
    case 'extensible':
      return generatedExtensible(chance);
    default: {
      const { name, family } = attributeName(chance);
      return kind === 'present' ? filter.present(name) : filter[kind](name, attributeValue(chance, family));
    }
  }
}

function generatedSubstrings(chance: Chance): WireFilter {
  const { name, family } = attributeName(chance);
  const value = attributeValue(chance, family) || 'x';
  const [from, to] = [chance.below(value.length), 1 + chance.below(value.length)];
  const piece = value.slice(Math.min(from, to - 1), to) || value.slice(0, 1);
  switch (chance.weighed({ initial: 5, final: 3, any: 3, both: 2, all: 1 })) {
    case 'initial':
      return filter.substrings(name, { initial: value.slice(0, to) });
    case 'final':
      return filter.substrings(name, { final: value.slice(from) });
    case 'any':
      return filter.substrings(name, { any: [piece] });
    case 'both':
      return filter.substrings(name, { initial: value.slice(0, 1), final: value.slice(-1) });
    case 'all':
      return filter.substrings(name, { initial: value.slice(0, 1), any: [piece, piece], final: value.slice(-1) });
  }
}

function generatedExtensible(chance: Chance): WireFilter {
  const { name, family } = attributeName(chance);
  const value = attributeValue(chance, family);
  switch (chance.weighed({ attribute: 3, rule: 5, dn: 2, ruleAlone: 1 })) {
    case 'attribute':
      return filter.extensible({ attribute: name, value });
    case 'rule':
      return filter.extensible({ attribute: name, rule: chance.pick(RULES), value });
    case 'dn':
      return filter.extensible({
        attribute: 'ou',
        value: chance.pick(['people', 'Groups', 'Alpha', 'x']),
        dnAttributes: true,
      });
    case 'ruleAlone':
      return filter.extensible({ rule: chance.pick(RULES), value });
  }
}

function asked(chance: Chance): readonly string[] {
  switch (chance.weighed({ all: 30, some: 40, none: 8, star: 8, computed: 8, odd: 6 })) {
    case 'all':
      return [];
    case 'some':
      return Array.from({ length: 1 + chance.below(4) }, () => attributeName(chance).name);
    case 'none':
      return ['1.1'];
    case 'star':
      return ['*', attributeName(chance).name];
    case 'computed':
      return [
        chance.pick([
          'hasSubordinates',
          'entryDN',
          'structuralObjectClass',
          'subschemaSubentry',
          'createTimestamp',
          'entryUUID',
        ]),
      ];
    case 'odd':
      return chance.pick([
        ['1.1', 'cn'],
        ['cn', 'CN', 'commonName'],
        ['cn;lang-de'],
        ['@person'],
        ['noSuch'],
        ['name'],
        [''],
      ]);
  }
}

export function generatedSearch(chance: Chance, controls: readonly WireControl[]): GeneratedRequest {
  const base = chance.happens(0.35) ? SUFFIX : anyDn(chance);
  const scope = chance.weighed<ScopeName>({ base: 3, one: 3, sub: 6 });
  const by = generatedFilter(chance);
  const attributes = asked(chance);
  const sizeLimit = chance.happens(0.05) ? 1 + chance.below(5) : 0;
  const typesOnly = chance.happens(0.05);
  const limits = `${sizeLimit === 0 ? '' : ` size ${sizeLimit}`}${typesOnly ? ' types' : ''}`;
  return {
    kind: 'search',
    operation: searchRequest({ base, scope, filter: by, attributes, sizeLimit, typesOnly }),
    controls,
    text: `search ${JSON.stringify(base)} ${scope} ${by.text} [${attributes.join(' ')}]${limits}`,
    touches: [],
    sizeLimit,
  };
}

export function generatedCompare(chance: Chance, controls: readonly WireControl[]): GeneratedRequest {
  const dn = anyDn(chance);
  const { name, family } = attributeName(chance);
  const value = attributeValue(chance, family);
  return {
    kind: 'compare',
    operation: compareRequest(dn, name, value),
    controls,
    text: `compare ${JSON.stringify(dn)} ${name} ${JSON.stringify(value)}`,
    touches: [],
    sizeLimit: 0,
  };
}
