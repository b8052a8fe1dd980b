/** A whole server with a directory and the LDAP and web doors, and what an operator types at it. */
import assert from 'node:assert/strict';
import { Client } from 'ldapts';
import type { Clock } from '../../src/base/index.ts';
import { freePort } from './free-port.ts';
import { type CommandRun, WholeServer } from './whole-server.ts';

export const SUFFIX = 'dc=example,dc=org';

export interface AccountSiteOptions {
  readonly clock?: Clock;
  /** Keys of `directory` besides the suffix, as YAML of one line. */
  readonly directory?: string;
  /** Further keys of the configuration. */
  readonly more?: string;
  readonly files?: Readonly<Record<string, string>>;
}

export class AccountSite {
  readonly whole: WholeServer;
  readonly ldapPort: number;

  private constructor(whole: WholeServer, ldapPort: number) {
    this.whole = whole;
    this.ldapPort = ldapPort;
  }

  static async start({ clock, directory = '', more = '', files = {} }: AccountSiteOptions = {}): Promise<AccountSite> {
    const ldapPort = await freePort();
    const whole = await WholeServer.start({
      files,
      ...(clock !== undefined && { clock }),
      configuration: `data: ./data
directory: { suffix: "${SUFFIX}"${directory === '' ? '' : `, ${directory}`} }
listen:
  web: { address: "127.0.0.1:PORT", publicUrl: "http://login.localhost:PORT" }
  ldap: { address: "127.0.0.1:${ldapPort}" }
${more}`,
    });
    return new AccountSite(whole, ldapPort);
  }

  /** A command that has to do what it is asked; resolves what it printed. */
  async run(...args: readonly string[]): Promise<string> {
    return said(args, await this.whole.command(...args));
  }

  /** The same with a password, or whatever else is read from standard input. */
  async runWith(input: string, ...args: readonly string[]): Promise<string> {
    return said(args, await this.whole.commandWith(input, ...args));
  }

  /** What a command answers to a program. */
  async ask<Answer>(...args: readonly string[]): Promise<Answer> {
    return JSON.parse(await this.run('--output', 'json', ...args)) as Answer;
  }

  /** A command that has to be refused; resolves what it said. */
  async refused(...args: readonly string[]): Promise<string> {
    return refusal(args, await this.whole.command(...args));
  }

  async refusedWith(input: string, ...args: readonly string[]): Promise<string> {
    return refusal(args, await this.whole.commandWith(input, ...args));
  }

  /** The directory as text: what `ldif export` prints. */
  export(...options: readonly string[]): Promise<string> {
    return this.run('ldif', 'export', '-', ...options);
  }

  /** Acts over LDAP, bound as an entry. */
  async ldap<Result>(dn: string, password: string, act: (client: Client) => Promise<Result>): Promise<Result> {
    const client = new Client({ url: `ldap://127.0.0.1:${this.ldapPort}` });
    try {
      await client.bind(dn, password);
      return await act(client);
    } finally {
      await client.unbind();
    }
  }

  /** `bound`, or the name of what the bind ends with. */
  bind(dn: string, password: string): Promise<string> {
    return this.ldap(dn, password, async () => 'bound').catch((error: Error) => error.name);
  }

  close(): Promise<void> {
    return this.whole.close();
  }
}

export function person(name: string): string {
  return `uid=${name},ou=People,${SUFFIX}`;
}

export function groupDn(name: string): string {
  return `cn=${name},ou=Groups,${SUFFIX}`;
}

/** The password that a command made. */
export function generatedIn(text: string): string {
  const [, password] = /^password: (\S+)$/m.exec(text) ?? assert.fail(text);
  return password!;
}

function said(args: readonly string[], { code, stdout, stderr }: CommandRun): string {
  assert.equal(code, 0, `${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

function refusal(args: readonly string[], { code, stdout, stderr }: CommandRun): string {
  assert.deepEqual([code, stdout], [1, ''], `${args.join(' ')}: ${stdout}${stderr}`);
  return stderr;
}
