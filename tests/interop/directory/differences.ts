/**
 * The classes of difference between the answers of slapd 2.5 and ours that are meant: each with the clause that allows or
 * asks for our answer. A difference that fits none of them is a fault of ours.
 */

import type { Difference } from '../../support/differential/compare.ts';
import type { GeneratedRequest } from '../../support/differential/request.ts';
import type { WireAnswer } from '../../support/ldap-wire-client.ts';

export interface ComparedRequest {
  readonly request: GeneratedRequest;
  readonly peer: WireAnswer | undefined;
  readonly ours: WireAnswer | undefined;
  readonly differences: readonly Difference[];
}

export interface DifferenceClass {
  readonly name: string;
  /** The clause, and what it says. */
  readonly clause: string;
  matches(compared: ComparedRequest): boolean;
}

export const MOST_CLASSES = 15;
/** Of all requests. */
export const MOST_DIFFERING = 0.02;

export const DIFFERENCE_CLASSES: readonly DifferenceClass[] = [];
