/**
 * DirectoryClient is what the `ldap` module needs of LDAP servers; src/ldap implements it.
 *
 * The answers are closed unions: "the server did not answer" is a value of its own and never looks like
 * "no such entry" or "wrong password". Questions are put to one server at a time, because an entry found on
 * one replica and a password checked on another say nothing together.
 */
import type { Secret } from '../../base/index.ts';
import type { Filter } from '../../x500/index.ts';

export interface DirectoryClient {
  /** Reads what it needs from files; a failure refuses the new configuration. Asks no server. */
  start(): Promise<void>;
  /** The servers in the order in which to ask them: the configured order, those that failed last moved to the end. */
  servers(): readonly DirectoryServer[];
  close(): Promise<void>;
}

export interface DirectoryServer {
  /** The URL of the configuration, for messages. */
  readonly url: string;
  /** Searches as the service account (or anonymously when none is configured). Never follows a referral. */
  search(request: DirectorySearch, signal: AbortSignal): Promise<SearchAnswer>;
  /**
   * Asks whether `password` is the one of `dn`, on a connection that is used for nothing else.
   * The caller has refused empty passwords and names: an LDAP server says "success" to them (RFC 4513 section 5.1.2).
   */
  verifyBind(dn: string, password: Secret, signal: AbortSignal): Promise<BindAnswer>;
}

export interface DirectorySearch {
  readonly base: string;
  readonly scope: 'base' | 'one' | 'subtree';
  readonly filter: Filter;
  /** Attributes to return; never empty. */
  readonly attributes: readonly string[];
  /** The most entries to return, at least 1. */
  readonly sizeLimit: number;
}

export type SearchAnswer =
  | {
      readonly kind: 'found';
      readonly entries: readonly DirectoryEntry[];
      /** False when a limit of ours or of the server's cut the answer short. */
      readonly complete: boolean;
    }
  /** The base of the search does not exist, or the service account may not see it. */
  | { readonly kind: 'no-base' }
  | { readonly kind: 'unavailable'; readonly detail: string };

export interface DirectoryEntry {
  /** As the server spells it. */
  readonly dn: string;
  /** Values by lower-case attribute description; values that are not UTF-8 are left out. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

export type BindAnswer =
  | { readonly kind: 'verified' }
  | { readonly kind: 'wrong-credential'; readonly detail: string }
  /** The server refuses this account whatever the password: locked, disabled or expired. */
  | { readonly kind: 'disabled'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string };
