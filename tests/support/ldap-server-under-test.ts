/**
 * LdapServerUnderTest: one LDAP server that real clients are pointed at. Realmgate is the one that the tests are about; slapd
 * answers the same tests, which shows that a test and the snippet that it runs are right about LDAP and not about us.
 *
 * REALMGATE_LDAP_UNDER_TEST names the servers, separated by commas: `realmgate` (the default), `slapd`.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BONFIRE_SUFFIX } from './bonfire-tree.ts';
import { INTEROP_TREE } from './interop-tree.ts';
import { type CertificateFiles, makeCertificate } from './openssl-certificates.ts';
import { startRealmgateDirectory } from './realmgate-directory.ts';
import { startSlapdDirectory } from './slapd-directory.ts';

export interface Account {
  readonly dn: string;
  readonly password: string;
}

export interface LdapServerUnderTest {
  readonly name: string;
  /** Plain and StartTLS. */
  readonly port: number;
  readonly tlsPort: number;
  /** PEM of the authority that signed the certificate of 127.0.0.1 (the tools of OpenLDAP take `localhost` for this machine's name). */
  readonly caFile: string;
  /** May write everything. */
  readonly administrator: Account;
  /** A folder of the test's, readable by everybody, removed at the end. */
  readonly folder: string;
  /** Writes a file into the folder and returns its path. */
  write(name: string, text: string, mode?: number): string;
  close(): Promise<void>;
}

/** What a server program is started with. */
export interface DirectorySite {
  readonly suffix: string;
  readonly ldif: string;
  readonly tls: CertificateFiles;
  /** The entry of the tree that may write everything, and read everything but passwords. */
  readonly administrator: Account;
  readonly folder: string;
}

/** A started program with the tree loaded. */
export interface DirectoryProgram {
  readonly port: number;
  readonly tlsPort: number;
  stop(): Promise<void>;
}

export interface Tree {
  readonly ldif: string;
  readonly administrator: Account;
}

export interface ServerKind {
  readonly name: string;
  start(tree?: Tree): Promise<LdapServerUnderTest>;
}

const PROGRAMS: Readonly<
  Record<string, { readonly name: string; start(site: DirectorySite): Promise<DirectoryProgram> }>
> = {
  realmgate: { name: 'Realmgate', start: startRealmgateDirectory },
  slapd: { name: 'slapd', start: startSlapdDirectory },
};

/** The servers that the tests of this run are about. */
export const SERVERS_UNDER_TEST: readonly ServerKind[] = (process.env['REALMGATE_LDAP_UNDER_TEST'] ?? 'realmgate')
  .split(',')
  .map(serverKind);

export function serverKind(key: string): ServerKind {
  const program = PROGRAMS[key];
  if (program === undefined) throw new Error(`no server ${key}; there are ${Object.keys(PROGRAMS).join(', ')}`);
  return { name: program.name, start: (tree = INTEROP_TREE) => startUnderTest(program, tree) };
}

async function startUnderTest({ name, start }: (typeof PROGRAMS)[string], tree: Tree): Promise<LdapServerUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'realmgate-ldap-'));
  // The clients of Debian give up root and must still reach their files.
  chmodSync(folder, 0o755);
  const write = (file: string, text: string, mode = 0o644) => {
    const path = join(folder, file);
    writeFileSync(path, text, { mode });
    return path;
  };
  try {
    makeCertificate(folder, { name: 'ca', commonName: 'test authority', authority: true });
    const tls = makeCertificate(folder, {
      name: 'server',
      commonName: 'localhost',
      alternativeNames: ['DNS:localhost', 'IP:127.0.0.1'],
      signedBy: 'ca',
    });
    const program = await start({ suffix: BONFIRE_SUFFIX, ...tree, tls, folder });
    return {
      name,
      port: program.port,
      tlsPort: program.tlsPort,
      administrator: tree.administrator,
      caFile: write('trusted.pem', readFileSync(join(folder, 'ca.pem'), 'utf8')),
      folder,
      write,
      async close() {
        await program.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
