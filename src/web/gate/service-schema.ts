/**
 * The `services` section of the configuration. The descriptions are the reference documentation.
 */
import { z } from 'zod';
import { admissionShape, defaultPrincipalsSchema } from '../../access/index.ts';
import { duration, mapOf } from '../../config/index.ts';
import { HEADER_PRESETS, type HeaderPreset } from '../http/header-presets.ts';
import { canonicalHost } from '../http/host.ts';
import { parsePathPrefix } from '../http/target.ts';

const PLAIN_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/i;

/** Names of services and realms stand in cookies, headers, log lines and addresses, so they are kept plain. */
export function refuseUnplainNames(named: ReadonlyMap<string, unknown>, context: z.RefinementCtx): void {
  for (const name of named.keys()) {
    if (PLAIN_NAME.test(name)) continue;
    const message = 'is no name for this; use letters, digits and hyphens, at most 63';
    context.addIssue({ code: 'custom', path: [name], message });
  }
}

const origin = z
  .string()
  .refine(isOrigin, 'write scheme, host and port only, such as https://portal.example.org')
  .transform((text) => new URL(text).origin);

const upstreamUrl = z
  .string()
  .refine((text) => isOrigin(text) && text.startsWith('http:'), 'write http://host:port, without a path');

export const serviceSchema = z.strictObject({
  match: z
    .strictObject({
      host: z
        .string()
        .refine((text) => canonicalHost(text) !== undefined, 'is not a host name')
        .describe('Host name of the service, without port.'),
      path: z
        .string()
        .refine((text) => parsePathPrefix(text) !== undefined, 'must start with / and be without ambiguity')
        .default('/')
        .describe('The subtree of paths it covers. The longest match on a host decides.'),
    })
    .describe('Which requests are for this service.'),
  realm: z.string().describe('The security realm that logs its users in.'),
  ...admissionShape,
  defaultPrincipals: defaultPrincipalsSchema.optional(),
  assert: z
    .strictObject({
      preset: z
        .enum(Object.keys(HEADER_PRESETS) as HeaderPreset[])
        .default('remote')
        .describe('Which family of identity headers the back end gets.'),
      audience: z
        .string()
        .min(1)
        .max(256)
        .optional()
        .describe('The `aud` of the signed assertion; the name of the service by default.'),
      life: duration()
        .prefault('60s')
        .refine((life) => life >= 1_000 && life <= 600_000, 'must be from 1s to 10m')
        .describe('How long a signed assertion is valid, from 1s to 10m.'),
      qualified: z.boolean().default(false).describe('Tell the back end `domain\\name` instead of the bare name.'),
    })
    .prefault({})
    .describe('What the back end is told.'),
  upstream: upstreamUrl.optional().describe("The back end, when Realmgate's own proxy serves it."),
  url: origin
    .optional()
    .describe('Where browsers reach it; by default the scheme and port of listen.web.publicUrl with its own host.'),
  challenge: z
    .enum(['form', 'basic'])
    .default('form')
    .describe('How a browser that is not logged in is asked. Other clients are always asked by HTTP Basic.'),
  frontCache: z
    .boolean()
    .default(false)
    .describe(
      'Let nginx keep an allow for one second. As nginx counts whole seconds, a revocation then takes up to two seconds longer.',
    ),
  forwardAuthorization: z
    .boolean()
    .default(false)
    .describe('Pass the Authorization header that was the login on to the back end.'),
  connectTimeout: duration().prefault('5s').describe('How long a connection to the back end may take.'),
  responseTimeout: duration()
    .prefault('60s')
    .describe('How long the back end may take to begin its answer, or stay silent within it.'),
  connections: z.int().min(1).max(10_000).default(256).describe('Connections to the back end at most.'),
});

export type ServiceOptions = z.output<typeof serviceSchema>;

export const servicesSchema = mapOf(serviceSchema)
  .superRefine((services, context) => {
    const owners = new Map<string, string>();
    for (const [name, { match, url }] of services) {
      const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [name, key], message });
      const host = canonicalHost(match.host);
      const place = `${host}${parsePathPrefix(match.path)}`;
      const owner = owners.get(place);
      if (owner === undefined) owners.set(place, name);
      else refuse('match', `service ${owner} is at this host and path already; its rule would decide alone`);
      if (url !== undefined && canonicalHost(new URL(url).hostname) !== host) {
        refuse('url', `must have the host of match, ${match.host}: browsers come back there after a login`);
      }
    }
  })
  .superRefine(refuseUnplainNames)
  .describe('The guarded applications, by name.');

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    ['http:', 'https:'].includes(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === ''
  );
}
