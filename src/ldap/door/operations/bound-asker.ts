/** BoundAsker is who bound, as the directory asks for it. */
import type { EntryAsker } from '../../../directory/index.ts';
import { type DistinguishedName, parseDistinguishedName } from '../../../x500/index.ts';
import type { BindOutcome } from '../bind-authority.ts';

/** Most operations never ask for the name: it is read when one does. */
export class BoundAsker implements EntryAsker {
  readonly kind = 'entry';
  readonly uuid: Uint8Array;
  readonly limit?: 'must-change' | 'app-password';
  readonly #name: string;
  #dn: DistinguishedName | undefined;

  constructor({ uuid, dn, limit }: BindOutcome & { kind: 'bound' }) {
    this.uuid = uuid;
    this.#name = dn;
    if (limit !== undefined) this.limit = limit;
  }

  get dn(): DistinguishedName {
    this.#dn ??= parseDistinguishedName(this.#name) ?? { rdns: [] };
    return this.#dn;
  }
}
