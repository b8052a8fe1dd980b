/**
 * The schema of the whole configuration file: every room's section under its key. The composition root and the
 * command line read it; the JSON Schema for editors is generated from it (docs/realmgate.schema.json).
 */
import { z } from 'zod';
import { domainsSchema, rolesSchema } from '../access/index.ts';
import { auditSchema } from '../audit/index.ts';
import { address, cidr, duration, mapOf, path } from '../config/index.ts';
import { directoryConfigurationSchema, LDAP_SERVICE } from '../directory/index.ts';
import { ldapListenSchema, ldapsListenSchema } from '../ldap/index.ts';
import { moduleSchemas, realmSchema } from '../realm/index.ts';
import { refuseUnplainNames, servicesSchema } from '../web/index.ts';

const tlsFiles = {
  certificateFile: path().describe('PEM file with the certificate, its chain after it.'),
  keyFile: path().describe('PEM file with the private key.'),
};

const publicUrl = z
  .string()
  .refine(isOrigin, 'write scheme, host and port only, such as https://login.example.org')
  .transform((text) => new URL(text).origin);

const listenSchema = z
  .strictObject({
    ldap: ldapListenSchema.optional(),
    ldaps: ldapsListenSchema.optional(),
    web: z
      .strictObject({
        address: address().describe('Where the gate, the login page and the answers to front proxies listen.'),
        publicUrl: publicUrl.describe('Where browsers reach the login page: scheme, host and port.'),
        tls: z
          .strictObject({
            ...tlsFiles,
            clientCaFile: path()
              .optional()
              .describe('PEM file of the authorities whose client certificates are verified.'),
          })
          .optional()
          .describe('Serves https; without it plain http, for loopback or behind a front proxy.'),
      })
      .optional(),
    admin: z
      .strictObject({ address: address().describe('Health and metrics; keep it off public networks.') })
      .optional(),
  })
  .describe('Where the server listens.');

export const configurationSchema = z.strictObject({
  data: path()
    .prefault('./var')
    .describe('The folder of the embedded store, the keys, the audit trail and the control socket.'),
  store: z.string().default('sqlite').describe('Where records are kept: `sqlite`, in the data folder.'),
  workers: z.int().min(1).max(64).default(1).describe('How many processes share the ports.'),
  listen: listenSchema.prefault({}),
  trustedProxies: z
    .array(cidr())
    .max(1_000)
    .default([])
    .describe('Front proxies whose forwarded headers are believed. Everybody else has them dropped.'),
  domains: domainsSchema.prefault({}),
  directory: directoryConfigurationSchema.optional(),
  realms: mapOf(realmSchema(moduleSchemas))
    .superRefine(refuseUnplainNames)
    .prefault({})
    .describe('Security realms, by name.'),
  roles: rolesSchema.prefault({}),
  services: servicesSchema.superRefine(refuseReservedName).prefault({}),
  audit: auditSchema.prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error'])
        .default('info')
        .describe('The least severe messages that are written.'),
    })
    .prefault({})
    .describe('Operational messages, to standard error as JSON lines.'),
  shutdownGrace: duration().prefault('10s').describe('How long requests under way may take after SIGTERM.'),
});

/** An app-bound password for the LDAP door would otherwise open a service of the web too. */
function refuseReservedName(services: ReadonlyMap<string, unknown>, context: z.RefinementCtx): void {
  if (!services.has(LDAP_SERVICE)) return;
  const message = 'is the LDAP door itself as app-bound passwords know it; give the service another name';
  context.addIssue({ code: 'custom', path: [LDAP_SERVICE], message });
}

export type Configuration = z.output<typeof configurationSchema>;

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash, username } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && pathname === '/' && search === '' && hash === '' && username === '';
}
