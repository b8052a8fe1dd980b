/**
 * The key `directory`: the tree of this server and what holds in it.
 */
import { z } from 'zod';
import { byteSize, path } from '../config/index.ts';
import { type DistinguishedName, parseDistinguishedName } from '../x500/index.ts';
import { passwordPolicySchema } from './policy/password-policy.ts';
import { accessConfigurationSchema } from './rights/access-configuration.ts';
import { disabledWhenSchema } from './verifier/account-status.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

const suffix = z.string().transform((text, context): DistinguishedName => {
  const parsed = parseDistinguishedName(text);
  if (parsed !== undefined && parsed.rdns.length > 0) return parsed;
  context.addIssue('must be a distinguished name such as dc=example,dc=org');
  return z.NEVER;
});

export const directoryConfigurationSchema = z
  .strictObject({
    suffix: suffix.describe('The top of the tree, such as dc=example,dc=org. Every entry is at or below it.'),
    schemaFiles: z
      .array(path())
      .max(100)
      .default([])
      .describe(
        "Files with a site's own attribute types and object classes, as OpenLDAP writes them (.schema or .ldif), in order. Read at the start.",
      ),
    unique: z
      .array(z.string().min(1))
      .max(20)
      .default([])
      .describe(
        'Attributes whose values only one entry may have, such as uidNumber, gidNumber or mail; gidNumber among groups. Login names always are.',
      ),
    limits: z
      .strictObject({
        entry: byteSize()
          .pipe(
            z
              .int()
              .min(64 * KIB)
              .max(15 * MIB),
          )
          .prefault('4MiB')
          .describe('The most one entry may come to, without its members. 64KiB to 15MiB.'),
      })
      .prefault({})
      .describe('What may be written.'),
    server: z
      .int()
      .min(0)
      .max(4095)
      .default(0)
      .describe('The number of this server in its change sequence numbers; another one on each that is written to.'),
    access: accessConfigurationSchema.prefault({}),
    passwords: passwordPolicySchema.prefault({}),
    disabledWhen: disabledWhenSchema,
  })
  .describe('The directory of this server.');

export type DirectoryConfiguration = z.output<typeof directoryConfigurationSchema>;
