/**
 * MatchingRule says when two values of an attribute are the same, which comes first, and what a piece of one is
 * (RFC 4512, 4.1.3; RFC 4517, 4).
 *
 * A rule works by normal forms: octets such that two values match exactly when their normal forms are equal, that
 * memcmp puts in the rule's order, and in which a piece of a value is found by searching its octets. So an
 * index needs no rule while it is read: hash, compare and search are those of plain octets.
 */

/** Where a piece of a substrings assertion stands: `initial*any*any*final`. */
export type PiecePosition = 'initial' | 'any' | 'final';

export interface MatchingRule {
  readonly oid: string;
  /** The name that is shown; `names` holds it and what else the rule is called by. */
  readonly name: string;
  readonly names: readonly string[];
  readonly use: 'equality' | 'ordering' | 'substrings';
  /** Object identifier of the syntax that an assertion has; it may be another than the attribute's. */
  readonly assertionSyntax: string;
  /**
   * The normal form of a value; undefined when the value has none (it is not of the rule's syntax), and then it
   * matches nothing: a filter is Undefined for it.
   *
   * INVARIANT: normal forms of the rules that one attribute has are the same octets, whichever rule made them, so
   * that one index serves equality, order and pieces.
   */
  normalize(value: Uint8Array): Uint8Array | undefined;
  /**
   * The normal form of an assertion where it is not made as a value's is (`objectIdentifierFirstComponentMatch` is asked
   * with an OID and looks into descriptions). Absent: `normalize`.
   */
  normalizeAssertion?(assertion: Uint8Array): Uint8Array | undefined;
  /**
   * The normal form of a piece. An initial piece is at the start of the value's normal form, a final one at its end, and
   * none overlaps another. Only rules whose attributes may be searched by substrings have it.
   */
  normalizePiece?(piece: Uint8Array, position: PiecePosition): Uint8Array | undefined;
  /**
   * Whether a stored value matches, for rules that are no equality of normal forms (bits of an integer, a word of
   * a text); undefined when it cannot be told. Where it is there, no index answers for the rule.
   */
  matches?(value: Uint8Array, assertion: Uint8Array): boolean | undefined;
  /**
   * What the normal form of visible ASCII without a blank is, where it is that text between two spaces: in lower case, or as it
   * stands. Names are made of little else, and need no octets to be compared.
   */
  readonly plainForm?: 'lower' | 'same';
  /**
   * The rule is answered by following names through the whole directory (1.2.840.113556.1.4.1941), which a rule that
   * sees one value cannot do: the search does it. `normalize` is the one of a name.
   */
  readonly followsNames?: boolean;
}
