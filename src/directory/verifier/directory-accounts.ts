/**
 * DirectoryAccounts is the directory as a login source of realms (`use: directory`): by login name, with the password verified by
 * what the realm hands in, so that one place counts what a login spent.
 */
import type { Instant, Secret } from '../../base/index.ts';
import type { Schema } from '../../x500/index.ts';
import { accountName, accountPrincipals, groupPrincipal } from '../rights/account-principals.ts';
import type { RightsView } from '../rights/rights-view.ts';
import type { AuthenticationRefusal, FormVerifier } from './authenticator.ts';
import type { Verifiers } from './verifiers.ts';

export interface DirectoryAccountsPorts {
  readonly schema: Schema;
  readonly view: Pick<RightsView, 'byUuid' | 'attribute' | 'dnText' | 'groupsOf' | 'holder'> & {
    uuid(entry: number): Uint8Array;
  };
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
  | { readonly kind: 'unknown-user' | 'wrong-credential' | 'disabled'; readonly detail: string };

const REFUSALS: Readonly<Record<AuthenticationRefusal, DirectoryAccountAnswer>> = {
  'unknown-user': { kind: 'unknown-user', detail: 'no account has this login name' },
  'no-password': { kind: 'disabled', detail: 'the account has no password that could match' },
  'wrong-password': { kind: 'wrong-credential', detail: 'the password is not the one of the account' },
  disabled: { kind: 'disabled', detail: 'the account is disabled' },
  expired: { kind: 'disabled', detail: 'the password has expired' },
};

const GROUP_CLASSES = ['groupOfNames', 'groupOfMembers', 'groupOfUniqueNames', 'posixGroup'];

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
    if (answer.limit === 'must-change') return { kind: 'disabled', detail: 'the password has to be changed first' };
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
    const type = schema.attributeType('objectClass');
    const names = new Set<string>();
    for (const name of GROUP_CLASSES) {
      const key = type?.equality?.normalize(Buffer.from(name));
      if (type === undefined || key === undefined) continue;
      for (const group of view.holder(type, key)) names.add(groupPrincipal(view, schema, group, now()).name);
    }
    return [...names];
  }
}
