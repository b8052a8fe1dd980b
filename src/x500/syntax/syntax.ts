/**
 * Syntax says which octets are a value of an attribute (RFC 4512, 4.1.5; RFC 4517, 3).
 */
export interface Syntax {
  readonly oid: string;
  /** What the standard calls it, such as `Directory String`. */
  readonly description: string;
  /** Values are no text that can be shown as it is. */
  readonly binary: boolean;
  /** What is wrong with a value, as a sentence that says what the syntax wants; undefined when nothing is. */
  fault(value: Uint8Array): string | undefined;
}
