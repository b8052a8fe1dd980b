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

export async function slapdPeer(parent: string, name = 'slapd'): Promise<DirectoryServer> {
  const folder = join(parent, name);
  const configuration = join(folder, 'slapd.conf');
  const log = join(folder, 'slapd.log');
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeFileSync(configuration, slapdConf(folder));
  const port = await freePort();
  let program: RunningProgram | undefined;
  return {
    name: 'slapd 2.5, back-mdb',
    port,
    writer: WRITER,
    async import(ldif) {
      const began = performance.now();
      await new RunningProgram('/usr/sbin/slapadd', ['-q', '-f', configuration, '-l', ldif], log).done();
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

function slapdConf(folder: string): string {
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
    'database mdb',
    `suffix "${BONFIRE_SUFFIX}"`,
    `directory ${folder}/data`,
    `maxsize ${MAP_OCTETS}`,
    'index objectClass,uid,cn,memberUid,member,uidNumber,gidNumber,entryUUID,entryCSN eq',
    'index mail eq,sub',
    `access to attrs=userPassword by dn.exact="${WRITER.dn}" =w by anonymous auth by * none`,
    `access to * by dn.exact="${WRITER.dn}" write by dn.exact="${PORTAL_DN}" read by self read by * none`,
    '',
  ].join('\n');
}
