/**
 * What the LDAP door is given: the directory and the parts of the process that it works with.
 */
import type { Clock, Instant, Logger } from '../../base/index.ts';
import type {
  Asker,
  ChangeOptions,
  Directory,
  DirectoryChange,
  DirectoryResult,
  ResultName,
  Rights,
} from '../../directory/index.ts';
import type { BerWriter, Filter } from '../../x500/index.ts';
import type { BindAuthority } from './bind-authority.ts';
import type { SortKey } from './codec/controls.ts';
import type { LdapResult } from './codec/result-code.ts';
import type { CertificateMap } from './tls/certificate-name.ts';

export interface DirectorySearch {
  /** A name, or its text in UTF-8 as it came. */
  readonly base: Uint8Array;
  readonly scope: 'base' | 'one' | 'subtree';
  readonly filter: Filter;
  readonly attributes: readonly string[];
  readonly typesOnly: boolean;
  /** 0: without. */
  readonly sizeLimit: number;
  readonly sort?: readonly SortKey[];
}

/** A search on its way, which survives any change of the directory. */
export interface SearchRun {
  /** Writes name and attributes of the next entry; `more` when it has worked for a while and found none yet. */
  next(out: BerWriter): 'entry' | 'more' | 'end';
  /** Whether `next` will answer another entry. */
  peek(): 'entry' | 'more' | 'end';
  /** How it ended, after `end`. */
  readonly outcome: LdapResult;
  /** Why it is not sorted as asked; known at once. */
  readonly sortRefusal?: { readonly code: ResultName; readonly attribute: string } | undefined;
  /** Goes on with the rights of now. */
  renew(rights: Rights, now: Instant): void;
}

/** The directory as the door needs it; in a worker, writes are made by the primary process. */
export interface DirectoryPort extends Pick<Directory, 'schema' | 'namingContexts' | 'view' | 'rightsOf' | 'compare'> {
  readonly logins: Pick<Directory['logins'], 'find'>;
  search(request: DirectorySearch, asker: Asker): SearchRun;
  apply(change: DirectoryChange, asker: Asker, options?: ChangeOptions): Promise<DirectoryResult>;
}

export interface DoorPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directory: () => DirectoryPort;
  readonly binds: BindAuthority;
  /** Runs `act` once what has come over other connections was looked at: `setImmediate`. */
  readonly soon: (act: () => void) => void;
}

export interface DoorSettings {
  /** For the root DSE. */
  readonly version: string;
  /** Whether passwords are refused over connections that are not encrypted. */
  readonly requireTls: boolean;
  /** Who a client certificate says its holder is. */
  readonly certificateMap: CertificateMap;
  readonly offersStartTls: boolean;
}
