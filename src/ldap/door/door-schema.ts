/** The keys of `listen.ldap` and `listen.ldaps`. */
import { z } from 'zod';
import { address, duration, path } from '../../config/index.ts';
import { CERTIFICATE_MAPS } from './tls/certificate-name.ts';

const tls = z
  .strictObject({
    certificateFile: path().describe('PEM file with the certificate, its chain after it.'),
    keyFile: path().describe('PEM file with the private key.'),
    clientCaFile: path()
      .optional()
      .describe('PEM file of the authorities whose client certificates are verified, for SASL EXTERNAL.'),
  })
  .optional();

const common = {
  realm: z
    .string()
    .optional()
    .describe('The realm that binds count for: its lockout, its name in the audit trail. The one with the directory.'),
  certificateMap: z
    .enum(CERTIFICATE_MAPS)
    .default('san-email')
    .describe(
      'Whom a client certificate binds (SASL EXTERNAL): the holder of its only mail address, of its only other alternative name as login name, or the entry that is its subject.',
    ),
  idle: duration().prefault('15m').describe('For how long a client that has bound may say nothing.'),
  connectionsPerAddress: z
    .int()
    .min(1)
    .max(10_000)
    .default(1_000)
    .describe('Connections of one address at a time; more are closed at once.'),
};

export const ldapListenSchema = z.strictObject({
  address: address().describe('Where LDAP listens, in clear and with StartTLS.'),
  tls: tls.describe('The certificate for StartTLS; without it that of `ldaps`, or one that the server makes itself.'),
  requireTls: z
    .boolean()
    .default(false)
    .describe('Refuses passwords over a connection that is not encrypted (confidentialityRequired).'),
  ...common,
});

export const ldapsListenSchema = z.strictObject({
  address: address().describe('Where LDAP over TLS listens.'),
  tls: tls.describe('The certificate; without it one that the server makes itself at its first start.'),
  ...common,
});

export type LdapListenSettings = z.output<typeof ldapListenSchema>;
export type LdapsListenSettings = z.output<typeof ldapsListenSchema>;
