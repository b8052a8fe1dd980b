/** Session is what a connection knows of its client: who it is, and what it has begun. */
import type { X509Certificate } from 'node:crypto';
import type { Asker } from '../../directory/index.ts';
import type { PagedSearches } from './paged-searches.ts';

export interface Session {
  /** Who bound; nobody before, during and after a bind that failed (RFC 4511, 4.2.1). */
  asker: Asker;
  /** Whether what is said is encrypted. */
  secure: boolean;
  /** The certificate of the client, when its chain was verified. */
  certificate: X509Certificate | undefined;
  /** The client's address. */
  readonly client: string;
  readonly pages: PagedSearches;
}
