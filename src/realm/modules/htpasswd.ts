/**
 * The `htpasswd` login module: users and password hashes in a file of Apache's htpasswd(1).
 *
 * Lines are read as mod_authn_file reads them: `name:hash`, the first line with exactly the name decides, `#` begins
 * a comment, what follows a second colon does not matter (spec: BonFIRE 4.3). There is no plain text among the forms.
 */
import { z } from 'zod';
import type { Clock, Logger } from '../../base/index.ts';
import { path } from '../../config/index.ts';
import { decoyOf, schemeOf } from '../../password/index.ts';
import type { LoginFailure, LoginModuleContext, LoginModuleDefinition } from '../login-module.ts';
import { loginFailure } from '../phase-answer.ts';
import type { LineFinding, LineReader } from './line-splitter.ts';
import { SourceFile } from './source-file.ts';
import { typedLogin } from './typed-login.ts';
import { type Verified, VerifyingModule } from './verifying-module.ts';

export const htpasswdModuleSchema = z.strictObject({
  use: z.literal('htpasswd').describe('Users of a file made with htpasswd of Apache.'),
  file: path().describe(
    'The htpasswd file: lines name:hash (bcrypt, argon2, apr1, SHA, crypt). A change is taken once the file has been still for a second.',
  ),
});

export type HtpasswdOptions = z.output<typeof htpasswdModuleSchema> & { readonly domain: string };

export interface HtpasswdPorts {
  readonly clock: Clock;
  readonly logger: Logger;
}

const LONGEST_LINE = 8 * 1024;
/** How passwd(5) and its kin write an account that may not log in. */
const LOCKED = /^(?:[!*]|x$)/;

/** Makes the definition of an `htpasswd` module. */
export function htpasswdModule(options: HtpasswdOptions, { clock, logger }: HtpasswdPorts): LoginModuleDefinition {
  const reader = () => new HtpasswdReader();
  const source = new SourceFile({ path: options.file, reader, longestLine: LONGEST_LINE, clock, logger });
  return {
    use: 'htpasswd',
    domain: options.domain,
    verifies: true,
    create: (context) => new VerifyingModule(context, options.domain, (asked) => verify(source.content, asked)),
    costlySample: () => source.content?.costliest,
    knownGroups: () => [],
    start: () => source.start(),
    close: async () => source.close(),
  };
}

async function verify(file: HtpasswdFile | undefined, context: LoginModuleContext): Promise<Verified | LoginFailure> {
  const typed = await typedLogin(context.handler);
  if (typed.kind === 'failure') return typed;
  const { name, password } = typed;
  if (file === undefined) return loginFailure('unavailable', 'the file could never be read');
  const stored = file.accounts.get(name);
  if (stored === undefined) return loginFailure('unknown-user', 'no line of the file has this name');
  switch (await context.passwords.verify(stored, password)) {
    case 'match':
      return { kind: 'verified', name, principals: [{ type: 'user', name }] };
    case 'mismatch':
      return loginFailure('wrong-credential', 'the password is not the one of the line');
    case 'unusable':
      return loginFailure('disabled', 'the hash of the line is locked, broken or of an unknown kind');
  }
}

export interface HtpasswdFile {
  /** The stored form of each name. */
  readonly accounts: ReadonlyMap<string, string>;
  /** A decoy of the stored form that costs most to verify. */
  readonly costliest: string | undefined;
}

export class HtpasswdReader implements LineReader<HtpasswdFile> {
  readonly #accounts = new Map<string, string>();
  #costliest: string | undefined;
  #greatestCost = -1;

  take(text: string): LineFinding | undefined {
    const line = text.trim();
    if (line === '' || line.startsWith('#')) return undefined;
    const [name = '', stored] = line.split(':', 2);
    if (name === '' || stored === undefined) return { kind: 'broken', what: 'is not name:hash' };
    if (/\p{Cc}/u.test(name)) return { kind: 'broken', what: 'has a control character in the name' };
    if (this.#accounts.has(name)) return { kind: 'noted', what: 'repeats a name; the first line decides' };
    // Kept whatever its hash is: a locked user is not an unknown one, whom the next source might be asked about.
    this.#accounts.set(name, stored);
    const scheme = schemeOf(stored);
    if (scheme === undefined) {
      return LOCKED.test(stored)
        ? { kind: 'noted', what: 'is locked' }
        : { kind: 'broken', what: 'has a hash that is cut, too costly or of an unknown kind' };
    }
    if (scheme.cost > this.#greatestCost) {
      this.#greatestCost = scheme.cost;
      this.#costliest = decoyOf(stored);
    }
    return undefined;
  }

  content(): HtpasswdFile {
    return { accounts: this.#accounts, costliest: this.#costliest };
  }
}
