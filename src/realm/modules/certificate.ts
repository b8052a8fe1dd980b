/**
 * The `certificate` login module: a client certificate whose chain the TLS layer has verified against `clientCaFile`
 * (spec: Geronimo 3.5, CertificateChain and CertificateProperties login modules, which trusted any chain).
 *
 * Who the user is comes from one subject alternative name, or, where that is configured, from the subject. Exactly
 * one name of the wanted kind must be there: of two names none is the user's. The leaf must be valid at the instant
 * of the login, and where it says what it may be used for, client authentication must be among that.
 */
import type { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Clock, Instant, Logger } from '../../base/index.ts';
import { path } from '../../config/index.ts';
import { type DistinguishedName, formatDistinguishedName, parseDistinguishedName } from '../../x500/index.ts';
import type { CertificateChainCallback } from '../callbacks.ts';
import type { LoginFailure, LoginModuleContext, LoginModuleDefinition, ModulePrincipal } from '../login-module.ts';
import { loginFailure } from '../phase-answer.ts';
import { type AlternativeNameKind, alternativeNames, subjectOf } from './certificate-names.ts';
import { groupPrincipals, groupsFile } from './group-properties.ts';
import type { LineFinding } from './line-splitter.ts';
import { type EntryReader, LONGEST_PROPERTY, PropertiesReader } from './properties-file.ts';
import { SourceFile } from './source-file.ts';
import { type Verified, VerifyingModule } from './verifying-module.ts';

export const certificateModuleSchema = z.strictObject({
  use: z.literal('certificate').describe('Client certificates that clientCaFile vouches for; needs TLS at the door.'),
  map: z
    .enum(['san-email', 'san-dns', 'san-uri', 'san-upn', 'subject'])
    .default('san-email')
    .describe(
      'What of the certificate names the user: its only subject alternative name of a kind (upn is the user principal name of Active Directory), or its subject.',
    ),
  users: path()
    .optional()
    .describe('Lines user=DN in the format of java.util.Properties, DN as in RFC 2253: names users by their subject.'),
  groupsFile: path()
    .optional()
    .describe('Lines group=user1,user2 in the same format: groups that are added to these users.'),
});

export type CertificateOptions = z.output<typeof certificateModuleSchema> & { readonly domain: string };

/** The check across keys; for `.superRefine` of the schema into which the keys were spread. */
export function checkCertificateOptions(
  options: z.output<typeof certificateModuleSchema>,
  context: z.RefinementCtx,
): void {
  if (options.users === undefined || options.map === 'subject') return;
  context.addIssue({ code: 'custom', path: ['users'], message: 'needs map: subject', input: undefined });
}

export interface CertificatePorts {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Extended key usage: id-kp-clientAuth (RFC 5280, 4.2.1.12). */
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

/** Makes the definition of a `certificate` module. */
export function certificateModule(
  options: CertificateOptions,
  { clock, logger }: CertificatePorts,
): LoginModuleDefinition {
  const users = options.users === undefined ? undefined : usersFile(options.users, clock, logger);
  const groups = options.groupsFile === undefined ? undefined : groupsFile(options.groupsFile, clock, logger);

  async function verify(context: LoginModuleContext): Promise<Verified | LoginFailure> {
    const callback: CertificateChainCallback = { kind: 'certificate-chain' };
    await context.handler([callback]);
    const leaf = callback.chain?.[0];
    if (leaf === undefined) return loginFailure('missing-credential', 'no verified client certificate was sent');
    const objection = objectionTo(leaf, context.now);
    if (objection !== undefined) return loginFailure('wrong-credential', objection);
    const groupsOf = groups === undefined ? new Map<string, readonly string[]>() : groups.content;
    if (groupsOf === undefined) return loginFailure('unavailable', 'groupsFile could never be read');
    const subject = subjectOf(leaf);
    const name = nameOf(leaf, subject, options.map, users);
    if (typeof name !== 'string') return name;
    const x500: ModulePrincipal[] =
      subject === undefined ? [] : [{ type: 'x500', name: formatDistinguishedName(subject) }];
    return {
      kind: 'verified',
      name,
      principals: [...x500, { type: 'user', name }, ...groupPrincipals(groupsOf, name)],
    };
  }

  return {
    use: 'certificate',
    domain: options.domain,
    verifies: true,
    create: (context) => new VerifyingModule(context, options.domain, verify),
    start: async () => void (await Promise.all([users?.start(), groups?.start()])),
    close: async () => {
      users?.close();
      groups?.close();
    },
  };
}

function objectionTo(leaf: X509Certificate, now: Instant): string | undefined {
  const [from, to] = [leaf.validFromDate.getTime(), leaf.validToDate.getTime()];
  if (!(now >= from && now <= to)) return 'the certificate is not valid at this time';
  // Node calls the extended key usage `keyUsage`; undefined when the certificate does not limit it.
  const usages: readonly string[] | undefined = leaf.keyUsage;
  if (usages?.includes(CLIENT_AUTHENTICATION) === false) return 'the certificate is not for client authentication';
  return undefined;
}

function nameOf(
  leaf: X509Certificate,
  subject: DistinguishedName | undefined,
  map: CertificateOptions['map'],
  users: SourceFile<UsersBySubject> | undefined,
): string | LoginFailure {
  if (map !== 'subject') {
    const names = alternativeNames(leaf, map.slice('san-'.length) as AlternativeNameKind);
    const [name, another] = names ?? [];
    if (name !== undefined && another === undefined) return name;
    return loginFailure('unknown-user', `the certificate does not have exactly one proper ${map}`);
  }
  if (subject === undefined) return loginFailure('unknown-user', 'the certificate has no subject');
  if (users === undefined) return formatDistinguishedName(subject);
  if (users.content === undefined) return loginFailure('unavailable', 'users could never be read');
  const user = users.content.get(subjectKey(subject));
  return user ?? loginFailure('unknown-user', 'users does not have the subject of the certificate');
}

/** The user of each subject, by `subjectKey`. */
type UsersBySubject = ReadonlyMap<string, string>;

/** Equal for the same types (in either case) with the same values to the letter. */
function subjectKey({ rdns }: DistinguishedName): string {
  const folded = rdns.map((rdn) =>
    rdn
      .map(({ type, value }) => ({ type: type.toLowerCase(), value }))
      .sort((one, other) => (one.type < other.type ? -1 : 1)),
  );
  return formatDistinguishedName({ rdns: folded });
}

function usersFile(path: string, clock: Clock, logger: Logger): SourceFile<UsersBySubject> {
  const reader = () => new PropertiesReader(new SubjectEntries());
  return new SourceFile({ path, reader, longestLine: LONGEST_PROPERTY, clock, logger });
}

class SubjectEntries implements EntryReader<UsersBySubject> {
  readonly #users = new Map<string, string>();

  take(user: string, text: string): LineFinding | undefined {
    const subject = parseDistinguishedName(text);
    if (user === '' || subject === undefined || subject.rdns.length === 0) {
      return { kind: 'broken', what: 'is not user=DN' };
    }
    const key = subjectKey(subject);
    if (this.#users.has(key)) return { kind: 'noted', what: 'repeats a subject; the first line decides' };
    this.#users.set(key, user);
    return undefined;
  }

  content(): UsersBySubject {
    return this.#users;
  }
}
