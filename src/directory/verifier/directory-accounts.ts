/**
 * DirectoryAccounts is the directory as a login source of realms (`use: directory`): by login name, with the password verified by
 * what the realm hands in, so that one place counts what a login spent.
 */
import type { Instant, Secret } from '../../base/index.ts';
import { BerWriter, type Schema } from '../../x500/index.ts';
import { accountName, accountPrincipals, groupPrincipal } from '../rights/account-principals.ts';
import { EVERYTHING } from '../search/search-request.ts';
import { search } from '../search/search-run.ts';
import type { DirectoryView } from '../view/directory-view.ts';
import type { AuthenticationRefusal, FormVerifier } from './authenticator.ts';
import type { Verifiers } from './verifiers.ts';

export interface DirectoryAccountsPorts {
  readonly schema: Schema;
  readonly view: DirectoryView;
  readonly logins: { find(name: string): number | undefined };
  readonly verifiers: Pick<Verifiers, 'verify' | 'costlySample'>;
  readonly now: () => Instant;
}

export interface DirectoryAccountRequest {
  readonly passwords: FormVerifier;
  readonly now: Instant;
  readonly service?: string | undefined;
}

export type DirectoryAccountAnswer =
  | {
      readonly kind: 'verified';
      /** The one name that the account goes by, whatever was typed. */
      readonly name: string;
      readonly groups: readonly { readonly name: string; readonly aliases: readonly string[] }[];
    }
  | { readonly kind: 'unknown-user' | 'wrong-credential' | 'disabled' | 'must-change'; readonly detail: string };

const REFUSALS: Readonly<Record<AuthenticationRefusal, DirectoryAccountAnswer>> = {
  'unknown-user': { kind: 'unknown-user', detail: 'no account has this login name' },
  'no-password': { kind: 'disabled', detail: 'the account has no password that could match' },
  'wrong-password': { kind: 'wrong-credential', detail: 'the password is not the one of the account' },
  disabled: { kind: 'disabled', detail: 'the account is disabled' },
  expired: { kind: 'must-change', detail: 'the password has expired' },
};

/** Matches every group, of whichever class. */
const ANY_GROUP = { kind: 'equality', attribute: 'objectClass', value: Buffer.from('groupOfNames') } as const;

export class DirectoryAccounts {
  readonly #ports: DirectoryAccountsPorts;

  constructor(ports: DirectoryAccountsPorts) {
    this.#ports = ports;
  }

  /** Rejects with PASSWORD_BUSY when too many derivations wait; never means that the password was wrong. */
  async verify(name: string, password: Secret, request: DirectoryAccountRequest): Promise<DirectoryAccountAnswer> {
    const { view, logins, verifiers, schema } = this.#ports;
    const { passwords, now, service } = request;
    const found = logins.find(name);
    const owner = found === undefined ? undefined : view.uuid(found);
    const answer = await verifiers.verify(owner, password, {
      passwords,
      now,
      ...(service !== undefined && { service }),
    });
    if (answer.kind === 'refused') return REFUSALS[answer.reason];
    if (answer.limit === 'must-change') return { kind: 'must-change', detail: 'the password has to be changed first' };
    // Looked up again: a number may be another entry's by now.
    const entry = owner === undefined ? undefined : view.byUuid(owner);
    if (entry === undefined) return REFUSALS['unknown-user'];
    const called = accountName(view, schema, entry, now);
    if (called === undefined) return { kind: 'unknown-user', detail: 'the account has no name to be called by' };
    const groups = accountPrincipals(view, schema, entry, now).filter(({ type }) => type === 'group');
    return { kind: 'verified', name: called, groups };
  }

  /** The stored form that costs most to verify. */
  costlySample(): string {
    return this.#ports.verifiers.costlySample;
  }

  /** The name of every group. */
  knownGroups(): readonly string[] {
    const { view, schema, now } = this.#ports;
    const names = new Set<string>();
    const out = new BerWriter();
    for (const context of view.namingContexts()) {
      const run = search(
        view,
        {
          base: Buffer.from(view.dnText(context)),
          scope: 'subtree',
          filter: ANY_GROUP,
          attributes: ['1.1'],
          typesOnly: true,
          sizeLimit: 0,
        },
        EVERYTHING,
        now(),
      );
      for (let step = run.next(out); step !== 'end'; step = run.next(out)) {
        if (step === 'entry') names.add(groupPrincipal(view, schema, run.entry, now()).name);
        out.reset();
      }
    }
    return [...names];
  }
}
