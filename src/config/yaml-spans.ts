/** Where the parts of a YAML document begin and end in its text, for edits that leave every other octet alone. */
import {
  type CST,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** A stretch of text to be replaced. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type Collection = YAMLMap.Parsed | YAMLSeq.Parsed;
export type ParsedPair = Pair<ParsedNode, ParsedNode | null>;
/** A member of a map or a list. */
export type Member = ParsedPair | ParsedNode;

/** One member and the tokens that introduce it. */
export interface Span {
  /** Offset of the key, or of the dash of a block list's item, or of a flow list's item. */
  readonly start: number;
  /** Offset after `:` or `-`; where a value without text would begin. Undefined for an item of a flow list and a lone key. */
  readonly afterIndicator: number | undefined;
  readonly value: ParsedNode | undefined;
  /** Offset after the last character of the member, without comments and line end. */
  readonly end: number;
}

export function membersOf(collection: Collection): readonly Member[] {
  return collection.items as Member[];
}

/** The span of member `index` of `collection`. */
export function spanOf(text: string, collection: Collection, index: number): Span {
  const member = membersOf(collection)[index]!;
  if (isPair(member)) return pairSpan(text, member as ParsedPair);
  const value = hasText(member as ParsedNode) ? (member as ParsedNode) : undefined;
  const dash = dashesOf(collection)[index];
  if (dash === undefined) {
    const node = member as ParsedNode;
    return { start: node.range[0], afterIndicator: undefined, value, end: endOf(text, node) };
  }
  return { start: dash, afterIndicator: dash + 1, value, end: value === undefined ? dash + 1 : endOf(text, value) };
}

function pairSpan(text: string, pair: ParsedPair): Span {
  const { start, sep } = pair.srcToken as CST.CollectionItem;
  const first = start.find((token) => !['space', 'comment', 'newline', 'comma'].includes(token.type));
  const colon = sep?.find((token) => token.type === 'map-value-ind');
  const afterIndicator = colon === undefined ? undefined : colon.offset + 1;
  const value = pair.value !== null && hasText(pair.value) ? pair.value : undefined;
  const end = value === undefined ? (afterIndicator ?? endOf(text, pair.key)) : endOf(text, value);
  return { start: first?.offset ?? pair.key.range[0], afterIndicator, value, end };
}

function dashesOf(collection: Collection): readonly number[] {
  const { srcToken } = collection;
  if (srcToken?.type !== 'block-seq') return [];
  return srcToken.items.flatMap(({ start }) =>
    start.filter((token) => token.type === 'seq-item-ind').map(({ offset }) => offset),
  );
}

/** Offset after the last character of `node`: trailing comments and line ends are not its own. */
export function endOf(text: string, node: ParsedNode): number {
  if (isCollection(node) && node.flow !== true && node.items.length > 0) {
    return spanOf(text, node as Collection, node.items.length - 1).end;
  }
  let end = node.range[1];
  const isBlock = isScalar(node) && (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED);
  while (isBlock && end > node.range[0] && /[\r\n]/.test(text[end - 1]!)) end -= 1;
  return end;
}

function hasText(node: ParsedNode): boolean {
  return !isScalar(node) || node.source !== '' || node.type !== Scalar.PLAIN;
}

export function isFlow(collection: Collection): boolean {
  return collection.flow === true;
}

export function collectionOf(node: ParsedNode | null | undefined): Collection | undefined {
  return isMap(node) || isSeq(node) ? (node as Collection) : undefined;
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset of the line after the one of `offset`; the length of the text in its last line. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** Spaces before `offset` as if what stands before it on its line were blank. */
export function indentOf(text: string, offset: number): string {
  return ' '.repeat(offset - lineStart(text, offset));
}

/** True when only blanks stand before `offset` on its line. */
export function beginsLine(text: string, offset: number): boolean {
  return /^[ \ufeff]*$/.test(text.slice(lineStart(text, offset), offset));
}

export function lineEndOf(text: string): '\n' | '\r\n' {
  return /\r\n/.test(text) ? '\r\n' : '\n';
}

/** `text` with all `splices`, which do not overlap, made. */
export function spliced(text: string, splices: readonly Splice[]): string {
  const lastFirst = [...splices].sort((a, b) => b.start - a.start || b.end - a.end);
  return lastFirst.reduce(
    (result, { start, end, text: part }) => result.slice(0, start) + part + result.slice(end),
    text,
  );
}
