/**
 * The `properties` login module: Geronimo's PropertiesFileLoginModule (spec: Geronimo 3.5). A users file
 * `name=password` and a groups file `group=user1,user2`, both in the format of java.util.Properties.
 *
 * Names are exact. An empty stored password never logs in. With `digest` the stored password is the digest of the
 * password's UTF-8 octets: hex without regard to case, base64 to the letter. The sealed forms that Geronimo writes
 * over plain text (`{Simple}` and its kin) are Java objects under a key that everybody knows; they are refused.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { type Clock, type Logger, Secret } from '../../base/index.ts';
import { path } from '../../config/index.ts';
import type { LoginFailure, LoginModuleContext, LoginModuleDefinition } from '../login-module.ts';
import { loginFailure } from '../phase-answer.ts';
import { groupPrincipals, groupsFile } from './group-properties.ts';
import type { LineFinding } from './line-splitter.ts';
import { type EntryReader, LONGEST_PROPERTY, PropertiesReader } from './properties-file.ts';
import { SourceFile } from './source-file.ts';
import { typedLogin } from './typed-login.ts';
import { type Verified, VerifyingModule } from './verifying-module.ts';

export const propertiesModuleSchema = z.strictObject({
  use: z.literal('properties').describe('Users and groups of two .properties files, as in a Geronimo realm.'),
  usersFile: path().describe('Lines name=password, in the format of java.util.Properties, read as UTF-8.'),
  groupsFile: path().describe('Lines group=user1,user2, in the same format.'),
  digest: z
    .enum(['md5', 'sha-1', 'sha-256', 'sha-512'])
    .optional()
    .describe('The digest that the passwords of usersFile are stored as. Without it they are plain text.'),
  encoding: z.enum(['hex', 'base64']).default('hex').describe('How a digest is written.'),
});

export type PropertiesOptions = z.output<typeof propertiesModuleSchema> & { readonly domain: string };

export interface PropertiesPorts {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Makes the definition of a `properties` module. It derives no keys. */
export function propertiesModule(
  options: PropertiesOptions,
  { clock, logger }: PropertiesPorts,
): LoginModuleDefinition {
  const reader = () => new PropertiesReader(new PasswordEntries());
  const users = new SourceFile({ path: options.usersFile, reader, longestLine: LONGEST_PROPERTY, clock, logger });
  const groups = groupsFile(options.groupsFile, clock, logger);

  async function verify(context: LoginModuleContext): Promise<Verified | LoginFailure> {
    const typed = await typedLogin(context.handler);
    if (typed.kind === 'failure') return typed;
    const { name, password } = typed;
    const [passwordOf, groupsOf] = [users.content, groups.content];
    if (passwordOf === undefined) return loginFailure('unavailable', 'usersFile could never be read');
    if (groupsOf === undefined) return loginFailure('unavailable', 'groupsFile could never be read');
    const stored = passwordOf.get(name);
    if (stored === undefined) return loginFailure('unknown-user', 'usersFile has no such name');
    if (stored === 'empty') return loginFailure('disabled', 'the stored password is empty, which never logs in');
    if (stored === 'sealed') return loginFailure('disabled', `the stored password is ${SEALED_BY_GERONIMO}`);
    if (!matches(stored, password, options)) return loginFailure('wrong-credential', 'the password is another one');
    return { kind: 'verified', name, principals: [{ type: 'user', name }, ...groupPrincipals(groupsOf, name)] };
  }

  return {
    use: 'properties',
    domain: options.domain,
    verifies: true,
    create: (context) => new VerifyingModule(context, options.domain, verify),
    knownGroups: () => [...new Set([...(groups.content?.values() ?? [])].flat())],
    start: async () => void (await Promise.all([users.start(), groups.start()])),
    close: async () => {
      users.close();
      groups.close();
    },
  };
}

function matches(stored: Secret, password: Secret, { digest, encoding }: PropertiesOptions): boolean {
  if (digest === undefined) return stored.equals(password);
  const written = hash(digest.replace('sha-', 'sha'), Buffer.from(password.reveal()), encoding);
  return new Secret(encoding === 'hex' ? stored.reveal().toLowerCase() : stored.reveal()).equals(new Secret(written));
}

const SEALED = /^\{(?:Simple|Standard|Configured)\}/;
const SEALED_BY_GERONIMO = 'sealed by Geronimo; write it anew as plain text or with digest';

type StoredPassword = Secret | 'empty' | 'sealed';

export class PasswordEntries implements EntryReader<ReadonlyMap<string, StoredPassword>> {
  readonly #passwordOf = new Map<string, StoredPassword>();

  take(name: string, password: string): LineFinding | undefined {
    if (name === '') return { kind: 'broken', what: 'has no user name' };
    const repeated = this.#passwordOf.has(name);
    const stored = password === '' ? 'empty' : SEALED.test(password) ? 'sealed' : new Secret(password);
    this.#passwordOf.set(name, stored);
    if (stored === 'sealed') return { kind: 'noted', what: `has a password that is ${SEALED_BY_GERONIMO}` };
    if (stored === 'empty') return { kind: 'broken', what: 'has no password and never logs in' };
    return repeated ? { kind: 'noted', what: 'repeats a name; the last line decides' } : undefined;
  }

  content(): ReadonlyMap<string, StoredPassword> {
    return this.#passwordOf;
  }
}
