/**
 * The peer: slapd of Debian with back-mdb, set up as a careful operator would for this tree: every index that the questions
 * need, no logging, no size limit, commits that are durable (its default), and a map that is resident before it counts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BONFIRE_SUFFIX, PORTAL_DN } from '../../tests/support/bonfire-tree.ts';
import { freePort } from '../../tests/support/free-port.ts';
import { LDAP_PUBLIC_KEY_SCHEMA } from '../../tests/support/ldap-public-key.ts';
import { WRITER } from './bonfire-people.ts';
import { type DirectoryServer, RunningProgram } from './server.ts';

/** Larger than the tree of 1,000,000 people. */
const MAP_OCTETS = 8 * 1024 ** 3;

export interface SlapdOptions {
  /** Keeps a record of every bind (slapo-accesslog), which no commit waits for, as our trail does. */
  readonly trail: boolean;
}

export async function slapdPeer(
  parent: string,
  name = 'slapd',
  { trail }: SlapdOptions = { trail: false },
): Promise<DirectoryServer> {
  const folder = join(parent, name);
  const configuration = join(folder, 'slapd.conf');
  const log = join(folder, 'slapd.log');
  for (const database of ['data', 'trail']) mkdirSync(join(folder, database), { recursive: true });
  writeFileSync(configuration, slapdConf(folder, trail));
  const port = await freePort();
  let program: RunningProgram | undefined;
  return {
    name: 'slapd 2.5, back-mdb',
    port,
    writer: WRITER,
    async import(ldif) {
      const began = performance.now();
      await new RunningProgram(
        '/usr/sbin/slapadd',
        ['-q', '-b', BONFIRE_SUFFIX, '-f', configuration, '-l', ldif],
        log,
      ).done();
      return (performance.now() - began) / 1000;
    },
    async start() {
      const began = performance.now();
      const args = ['-d', '0', '-h', `ldap://127.0.0.1:${port}`, '-f', configuration];
      program = new RunningProgram('/usr/sbin/slapd', args, log);
      await program.answering(port, WRITER);
      return (performance.now() - began) / 1000;
    },
    async stop() {
      await program?.stop();
      program = undefined;
    },
    residentMegabytes: () => program!.residentMegabytes(),
    processorSeconds: () => program!.processorSeconds(),
  };
}

const TRAIL_SUFFIX = 'cn=trail';

/** The database of the records; `dbnosync`, because our trail is flushed after the answer too. */
const trailDatabase = (folder: string) => [
  'database mdb',
  `suffix "${TRAIL_SUFFIX}"`,
  `directory ${folder}/trail`,
  `maxsize ${MAP_OCTETS}`,
  'dbnosync',
  'checkpoint 0 1',
  'index reqStart eq',
];

function slapdConf(folder: string, trail: boolean): string {
  return [
    ...['core', 'cosine', 'nis', 'inetorgperson'].map((schema) => `include /etc/ldap/schema/${schema}.schema`),
    LDAP_PUBLIC_KEY_SCHEMA,
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    `pidfile ${folder}/slapd.pid`,
    'loglevel 0',
    'sizelimit unlimited',
    'threads 16',
    'tool-threads 2',
    ...(trail ? ['moduleload accesslog', ...trailDatabase(folder)] : []),
    'database mdb',
    `suffix "${BONFIRE_SUFFIX}"`,
    `directory ${folder}/data`,
    `maxsize ${MAP_OCTETS}`,
    'index objectClass,uid,cn,memberUid,member,uidNumber,gidNumber,entryUUID,entryCSN eq',
    'index mail eq,sub',
    `access to attrs=userPassword by dn.exact="${WRITER.dn}" =w by anonymous auth by * none`,
    `access to * by dn.exact="${WRITER.dn}" write by dn.exact="${PORTAL_DN}" read by self read by * none`,
    ...(trail ? ['overlay accesslog', `logdb "${TRAIL_SUFFIX}"`, 'logops session'] : []),
    '',
  ].join('\n');
}
