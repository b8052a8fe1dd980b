/**
 * What the LDAP door is given: the directory and the parts of the process that it works with.
 */
import type { Clock, Logger } from '../../base/index.ts';
import type { Directory, SearchRun } from '../../directory/index.ts';
import type { BindAuthority } from './bind-authority.ts';
import type { ChangeAuthority } from './change-authority.ts';
import type { CertificateMap } from './tls/certificate-name.ts';

/** A search on its way, as the door pulls it. */
export type PulledSearch = Omit<SearchRun, 'entry'>;

/** The directory as the door reads it. */
export interface DirectoryPort
  extends Pick<Directory, 'schema' | 'namingContexts' | 'view' | 'rightsOf' | 'search' | 'compare'> {
  readonly logins: Pick<Directory['logins'], 'find'>;
}

export interface DoorPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directory: () => DirectoryPort;
  readonly binds: BindAuthority;
  readonly changes: ChangeAuthority;
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
