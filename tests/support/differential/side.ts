/** One of the two servers of a differential run: its connections, its tree, made new as often as needed. */

import type { Account } from '../ldap-server-under-test.ts';
import { addRequest, deleteRequest, filter, searchRequest, type WireEntry } from '../ldap-wire.ts';
import { type WireAnswer, WireClient } from '../ldap-wire-client.ts';
import { dnKey } from './dn-key.ts';
import type { GeneratedRequest } from './request.ts';
import { KEPT_DNS, SUFFIX, TREE } from './tree.ts';

const ANYTHING = filter.present('objectClass');
const KEPT = new Set(KEPT_DNS.map(dnKey));

export class Side {
  readonly #port: number;
  readonly #account: Account;
  #client: WireClient;

  private constructor(port: number, account: Account, client: WireClient) {
    this.#port = port;
    this.#account = account;
    this.#client = client;
  }

  static async connect(port: number, account: Account): Promise<Side> {
    const side = new Side(port, account, await WireClient.connect(port));
    await side.#client.bind(account.dn, account.password);
    return side;
  }

  /** Undefined when the server closed the connection; the next request has a new one. */
  async ask({ kind, operation, controls }: GeneratedRequest): Promise<WireAnswer | undefined> {
    if (kind === 'bind') {
      const client = await WireClient.connect(this.#port);
      try {
        return await client.ask(operation, controls);
      } finally {
        client.close();
      }
    }
    const answer = await this.#client.ask(operation, controls);
    if (answer === undefined) {
      this.#client = await WireClient.connect(this.#port);
      await this.#client.bind(this.#account.dn, this.#account.password);
    }
    return answer;
  }

  /** The entry with its user attributes, or nothing. */
  async entry(dn: string): Promise<readonly WireEntry[]> {
    const answer = await this.#client.ask(searchRequest({ base: dn, scope: 'base', filter: ANYTHING }));
    return answer?.entries ?? [];
  }

  async wholeTree(attributes: readonly string[] = []): Promise<readonly WireEntry[]> {
    const answer = await this.#client.ask(searchRequest({ base: SUFFIX, scope: 'sub', filter: ANYTHING, attributes }));
    return answer?.entries ?? [];
  }

  /** Makes the tree what it was at first. */
  async renew(): Promise<void> {
    const names = (await this.wholeTree(['1.1'])).map(({ dn }) => dn);
    const depth = (dn: string) => dnKey(dn).split(',').length;
    for (const dn of names.toSorted((a, b) => depth(b) - depth(a))) {
      if (!KEPT.has(dnKey(dn))) await this.#must(deleteRequest(dn), `delete ${dn}`);
    }
    for (const [dn, attributes] of TREE) {
      if (!KEPT.has(dnKey(dn))) await this.#must(addRequest(dn, Object.entries(attributes)), `add ${dn}`);
    }
  }

  close(): void {
    this.#client.close();
  }

  async #must(operation: Buffer, text: string): Promise<void> {
    const answer = await this.#client.ask(operation);
    if (answer?.result.code !== 0) throw new Error(`${text}: ${answer?.result.code} ${answer?.result.message}`);
  }
}
