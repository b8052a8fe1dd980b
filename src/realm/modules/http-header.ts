/**
 * The `http-header` login module: the user whom a trusted proxy names in a header, as Geronimo's header modules and
 * single-sign-on gateways do (spec: Geronimo 3.5).
 *
 * Whether a header may be believed is the door's matter: it hands over a value only when the peer is a trusted proxy
 * and sent the header exactly once. Without a value nobody is verified. A configured `groupsHeader` has to be sent
 * too, be it empty: groups that were left out or sent twice are unknown, and a deny list would be passed by.
 */
import { z } from 'zod';
import type { Clock, Logger } from '../../base/index.ts';
import { path } from '../../config/index.ts';
import type { HeaderCallback } from '../callbacks.ts';
import type { LoginFailure, LoginModuleContext, LoginModuleDefinition, ModulePrincipal } from '../login-module.ts';
import { loginFailure } from '../phase-answer.ts';
import { groupPrincipals, groupsFile } from './group-properties.ts';
import { type Verified, VerifyingModule } from './verifying-module.ts';

const headerName = () =>
  z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, { error: 'must be a header name such as X-Remote-User' })
    .transform((name) => name.toLowerCase());

export const httpHeaderModuleSchema = z.strictObject({
  use: z.literal('http-header').describe('The user whom a trusted proxy names in a header; needs trustedProxies.'),
  header: headerName().describe('The header that holds the user name.'),
  groupsHeader: headerName()
    .optional()
    .describe('The header that holds the groups, separated by commas. The proxy must send it, be it empty.'),
  groupsFile: path()
    .optional()
    .describe('Lines group=user1,user2 in the format of java.util.Properties: groups that are added to these users.'),
});

export type HttpHeaderOptions = z.output<typeof httpHeaderModuleSchema> & { readonly domain: string };

export interface HttpHeaderPorts {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Characters. */
const LONGEST_NAME = 256;
const LONGEST_GROUP_LIST = 16 * 1024;
const MOST_GROUPS = 1024;

/** Makes the definition of an `http-header` module. */
export function httpHeaderModule(
  options: HttpHeaderOptions,
  { clock, logger }: HttpHeaderPorts,
): LoginModuleDefinition {
  const file = options.groupsFile === undefined ? undefined : groupsFile(options.groupsFile, clock, logger);

  async function verify(context: LoginModuleContext): Promise<Verified | LoginFailure> {
    const user: HeaderCallback = { kind: 'header', header: options.header };
    const groups: HeaderCallback | undefined =
      options.groupsHeader === undefined ? undefined : { kind: 'header', header: options.groupsHeader };
    await context.handler(groups === undefined ? [user] : [user, groups]);
    const name = user.value?.trim() ?? '';
    if (name === '') return loginFailure('missing-credential', `no trusted proxy sent exactly one ${options.header}`);
    if (!isPlain(name, LONGEST_NAME)) return loginFailure('unknown-user', `${options.header} is no user name`);
    const sent = groups === undefined ? [] : groupNames(groups);
    if (!Array.isArray(sent)) return sent;
    const filed = file === undefined ? new Map<string, readonly string[]>() : file.content;
    if (filed === undefined) return loginFailure('unavailable', 'groupsFile could never be read');
    return { kind: 'verified', name, principals: [{ type: 'user', name }, ...sent, ...groupPrincipals(filed, name)] };
  }

  return {
    use: 'http-header',
    domain: options.domain,
    verifies: true,
    loginHeader: options.header,
    headers: [options.header, ...(options.groupsHeader === undefined ? [] : [options.groupsHeader])],
    create: (context) => new VerifyingModule(context, options.domain, verify),
    start: async () => file?.start(),
    close: async () => file?.close(),
  };
}

function groupNames({ header, value }: HeaderCallback): ModulePrincipal[] | LoginFailure {
  if (value === undefined) return loginFailure('missing-credential', `no trusted proxy sent exactly one ${header}`);
  const names = new Set(value.split(',').map((name) => name.trim()));
  names.delete('');
  if (!(value === '' || isPlain(value, LONGEST_GROUP_LIST)) || names.size > MOST_GROUPS) {
    return loginFailure('wrong-credential', `${header} is no list of groups`);
  }
  return [...names].map((name) => ({ type: 'group', name }));
}

/** Short enough, and without control characters, line separators and halves of surrogate pairs. */
function isPlain(text: string, longest: number): boolean {
  return text.length <= longest && !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text);
}
