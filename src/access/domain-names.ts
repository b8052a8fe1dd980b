/**
 * DomainNames knows the spellings of login domains: `SCX`, `scx` and `scx.example.org` are one domain when the
 * configuration says so (`domains: { SCX: { dns: scx.example.org } }`). A domain that is not configured has one
 * spelling, its name, in any case.
 */
import { z } from 'zod';
import { mapOf } from '../config/index.ts';
import { prepareCaseIgnore } from '../x500/index.ts';

const domainSchema = z.strictObject({
  dns: z
    .string()
    .trim()
    .min(1)
    .describe('The DNS name of the domain: `group@dns.name` then means the same group as `DOMAIN\\group`.'),
});

/** The key `domains`. */
export const domainsSchema = mapOf(domainSchema)
  .superRefine((domains, context) => {
    const owners = new Map([...domains.keys()].map((name) => [prepareCaseIgnore(name), name]));
    if (owners.size < domains.size) context.addIssue('two domains differ only in case');
    for (const [name, { dns }] of domains) {
      const owner = owners.get(prepareCaseIgnore(dns)) ?? name;
      owners.set(prepareCaseIgnore(dns), name);
      if (owner === name) continue;
      context.addIssue({ code: 'custom', path: [name, 'dns'], message: `${dns} is already a spelling of ${owner}` });
    }
  })
  .describe('Login domains that have more than one spelling, by their short (NetBIOS) name.');

export type DomainsConfiguration = z.output<typeof domainsSchema>;

export interface DomainNames {
  /** The one folded name of a domain, from any of its spellings. */
  fold(spelling: string): string;
}

export function domainNames(configuration: DomainsConfiguration): DomainNames {
  const byDns = new Map([...configuration].map(([name, { dns }]) => [prepareCaseIgnore(dns), prepareCaseIgnore(name)]));
  return {
    fold(spelling) {
      const folded = prepareCaseIgnore(spelling);
      return byDns.get(folded) ?? folded;
    },
  };
}
