/**
 * DefaultPrincipals are the principals of somebody who did not log in: several, such as one user and two groups
 * (Geronimo's seed). Without them there is no anonymous subject.
 *
 * Being a subject is not being authenticated: an empty allow list does not admit it; an authorized group or required
 * roles must name its principals. Where a name says no login domain, the principal is of the domain `anonymous`.
 */
import { z } from 'zod';
import { parseGroupName } from './group-name.ts';
import type { Principal } from './principal.ts';
import { makeSubject, type Subject } from './subject.ts';

/** The login domain of default principals whose name says none. */
export const ANONYMOUS_DOMAIN = 'anonymous';

const name = z
  .string()
  .trim()
  .min(1)
  .refine((text) => parseGroupName(text, { fold: (domain) => domain }) !== undefined, {
    message: 'write a name, or DOMAIN\\name',
  });

export const defaultPrincipalsSchema = z
  .strictObject({
    user: name.optional().describe('The user that a visitor who did not log in stands for: `guest` or `local\\guest`.'),
    groups: z.array(name).max(100).default([]).describe('The groups that such a visitor belongs to.'),
  })
  .refine(({ user, groups }) => user !== undefined || groups.length > 0, {
    message: 'name a user or a group, or leave out the key: then nobody enters without logging in',
  })
  .describe('The principals of a visitor who did not log in. A rule must name them to admit such a visitor.');

export type DefaultPrincipalsConfiguration = z.output<typeof defaultPrincipalsSchema>;

/** The subject of somebody who did not log in to `realm`. */
export function anonymousSubject(realm: string, { user, groups }: DefaultPrincipalsConfiguration): Subject {
  const users = user === undefined ? [] : [defaultPrincipal('user', user)];
  return makeSubject({
    realm,
    domain: users[0]?.domain ?? ANONYMOUS_DOMAIN,
    name: users[0]?.name ?? '',
    principals: [...users, ...groups.map((group) => defaultPrincipal('group', group))],
    anonymous: true,
  });
}

/** The name keeps its spelling; only its domain is taken off. */
function defaultPrincipal(type: 'user' | 'group', text: string): Principal {
  const [, domain, bare] = /^([^\\]+)\\(.+)$/s.exec(text) ?? [];
  return domain !== undefined && bare !== undefined
    ? { type, name: bare, domain, module: 'default' }
    : { type, name: text, domain: ANONYMOUS_DOMAIN, module: 'default' };
}
