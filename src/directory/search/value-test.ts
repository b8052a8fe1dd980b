/**
 * ValueTest is what a filter item asks of one value.
 */
import type { MatchingRule } from '../../x500/index.ts';
import { hasPattern, type SubstringPattern } from '../view/substring-pattern.ts';
import type { ValueForm } from '../view/value-form.ts';

export interface ValueTest {
  /** Whether the value between two positions matches; a value without normal form does not. */
  matches(octets: Buffer, from: number, to: number): boolean;
}

export class EqualityTest implements ValueTest {
  readonly form: ValueForm;
  readonly normal: Uint8Array;

  constructor(form: ValueForm, normal: Uint8Array) {
    this.form = form;
    this.normal = normal;
  }

  matches(octets: Buffer, from: number, to: number): boolean {
    return this.form.matches(octets, from, to, this.normal) === true;
  }
}

/** `before` is what an ordering rule means in an extensible match (RFC 4517, 4.2.3). */
export type Order = 'greaterOrEqual' | 'lessOrEqual' | 'before';

export class OrderTest implements ValueTest {
  readonly order: Order;
  readonly normal: Uint8Array;
  readonly #form: ValueForm;

  constructor(form: ValueForm, order: Order, normal: Uint8Array) {
    this.#form = form;
    this.order = order;
    this.normal = normal;
  }

  matches(octets: Buffer, from: number, to: number): boolean {
    const own = this.#form.normalize(octets, from, to);
    if (own === undefined) return false;
    const order = Buffer.compare(own, this.normal);
    return this.order === 'greaterOrEqual' ? order >= 0 : this.order === 'lessOrEqual' ? order <= 0 : order < 0;
  }
}

export class SubstringsTest implements ValueTest {
  readonly pattern: SubstringPattern;
  readonly #form: ValueForm;

  constructor(form: ValueForm, pattern: SubstringPattern) {
    this.#form = form;
    this.pattern = pattern;
  }

  matches(octets: Buffer, from: number, to: number): boolean {
    const own = this.#form.normalize(octets, from, to);
    return own !== undefined && hasPattern(own, 0, own.length, this.pattern);
  }
}

/** A rule that is no equality of normal forms: bits, words. */
export class RuleTest implements ValueTest {
  readonly #matches: NonNullable<MatchingRule['matches']>;
  readonly #assertion: Uint8Array;

  constructor(matches: NonNullable<MatchingRule['matches']>, assertion: Uint8Array) {
    this.#matches = matches;
    this.#assertion = assertion;
  }

  matches(octets: Buffer, from: number, to: number): boolean {
    return this.#matches(octets.subarray(from, to), this.#assertion) === true;
  }
}

/** Any value will do. */
export const ANY_VALUE: ValueTest = { matches: () => true };
