/** What the inputs of several account acts share. */
import { z } from 'zod';

export const text = z.string().min(1).max(1024);

/** A login name as Unix tools and LDAP filters take it, or a distinguished name. */
export const accountName = text;

export const dryRun = z.boolean().optional();

/** How a new password is given: as text, or made by the act. */
export const passwordInput = {
  password: z.string().min(1).max(4096).optional(),
  generate: z.boolean().optional(),
  /** Takes a password although the policy would not let its owner choose it. */
  force: z.boolean().optional(),
};

export const named = z.strictObject({ name: accountName });
export const namedChange = z.strictObject({ name: accountName, dryRun });
export const nothing = z.strictObject({});
