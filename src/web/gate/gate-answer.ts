/**
 * GateAnswer is what the gate decided about one request; each door writes it in its own protocol, once.
 *
 * INVARIANT: a `pass` exists only with the complete list of identity headers; there is no other way to a back end.
 */
import type { Subject } from '../../access/index.ts';
import type { IdentityHeaderList } from './identity-issuer.ts';
import type { Service } from './service.ts';

export interface PassAnswer {
  readonly kind: 'pass';
  readonly service: Service;
  readonly subject: Subject;
  /** Every header of the service's preset and the signed assertion, empty values included. */
  readonly headers: IdentityHeaderList;
  /** The id of the decision that let it pass, or of the earlier one that it repeats. */
  readonly id: string;
  /** The browser session behind it: its end closes what was opened under it. */
  readonly session: string | undefined;
}

export type GateAnswer =
  | PassAnswer
  /** Nobody is logged in, or the credential that was sent did not do (then with the id of the attempt): ask. */
  | { readonly kind: 'login'; readonly service: Service; readonly id: string | undefined }
  | { readonly kind: 'forbidden'; readonly service: Service; readonly id: string }
  /** It could not be found out whether to let the request pass. */
  | { readonly kind: 'unavailable'; readonly id: string | undefined }
  | { readonly kind: 'unknown-service' };
