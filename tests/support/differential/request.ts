/** A generated request: what goes over the wire, and what a comparison of its answers needs to know about it. */
import type { WireControl } from '../ldap-wire.ts';

export type RequestKind = 'search' | 'compare' | 'add' | 'modify' | 'delete' | 'modifyDn' | 'bind' | 'extended';

export interface GeneratedRequest {
  readonly kind: RequestKind;
  readonly operation: Buffer;
  readonly controls: readonly WireControl[];
  /** For whoever reads a difference. */
  readonly text: string;
  /** DNs whose entries a write may have changed. */
  readonly touches: readonly string[];
  /** A search of which only so many entries may come: which ones is not the same everywhere. */
  readonly sizeLimit: number;
}
