/** Where directories are measured: a folder, the load generator, and the servers that were started, all gone at the end. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bonfireLdif, type TreeOptions } from './bonfire-people.ts';
import {
  buildLoad,
  type LoadOptions,
  type LoadReport,
  type LoadRequest,
  runLoad,
  writeLoadRequests,
} from './ldap-load.ts';
import type { DirectoryServer } from './server.ts';

export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'realmgate-bench-directory-'));
  readonly load = buildLoad(this.folder);
  readonly #servers: DirectoryServer[] = [];
  #files = 0;

  /** Writes the tree as LDIF; returns the file. */
  async ldif(tree: TreeOptions): Promise<string> {
    const file = join(this.folder, `${tree.people}${tree.everybody ? '-everybody' : ''}.ldif`);
    await pipeline(Readable.from(bonfireLdif(tree)), createWriteStream(file));
    return file;
  }

  /** Ends with the lab. */
  async open<Server extends DirectoryServer>(server: Promise<Server>): Promise<Server> {
    const opened = await server;
    this.#servers.push(opened);
    return opened;
  }

  /** Sends requests to a server, each connection bound by `preamble` first. */
  run(
    server: DirectoryServer,
    requests: readonly LoadRequest[],
    preamble: readonly LoadRequest[],
    options: Omit<LoadOptions, 'port' | 'requests' | 'preamble'>,
  ): Promise<LoadReport> {
    const file = (some: readonly LoadRequest[]) => {
      this.#files += 1;
      return writeLoadRequests(join(this.folder, `requests-${this.#files}`), some);
    };
    return runLoad(this.load, {
      ...options,
      port: server.port,
      requests: file(requests),
      ...(preamble.length === 0 ? {} : { preamble: file(preamble) }),
    });
  }

  async close(): Promise<void> {
    for (const server of this.#servers) await server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A note for whoever watches. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
