/** Short ways to write policies, rules and subjects, from the configuration as an operator writes it. */
import assert from 'node:assert/strict';
import { z } from 'zod';
import {
  type AccessConfiguration,
  AccessPolicy,
  type AdmissionRule,
  admissionShape,
  compileAdmissionRule,
  domainsSchema,
  makeSubject,
  type Principal,
  type RealmDomains,
  rolesSchema,
  type Subject,
  type SubjectParts,
} from '../../src/access/index.ts';

export interface Written {
  readonly domains?: z.input<typeof domainsSchema>;
  readonly roles?: z.input<typeof rolesSchema>;
  readonly realms?: Record<string, RealmDomains>;
}

/** The realm of DESIGN's example: a local directory, a campus LDAP server and a file of guests. */
export const STAFF: RealmDomains = { loginDomains: ['local', 'campus', 'guests'], wrappingDomains: [] };

export function configurationOf({ domains = {}, roles = {}, realms = { staff: STAFF } }: Written): AccessConfiguration {
  return {
    domains: domainsSchema.parse(domains),
    roles: rolesSchema.parse(roles),
    realms: new Map(Object.entries(realms)),
  };
}

export function policyOf(written: Written = {}): AccessPolicy {
  const { policy, problems } = AccessPolicy.compile(configurationOf(written));
  assert.deepEqual(problems, []);
  return policy;
}

const admissionSchema = z.strictObject(admissionShape);

export type WrittenRule = z.input<typeof admissionSchema>;

export function admissionOf(written: WrittenRule) {
  return admissionSchema.parse(written);
}

export function ruleOf(written: WrittenRule, policy: AccessPolicy = policyOf(), realm = 'staff'): AdmissionRule {
  const compiled = compileAdmissionRule(policy, realm, admissionOf(written));
  assert.equal(compiled.kind, 'compiled', JSON.stringify(compiled.kind === 'refused' && compiled.problems));
  assert.ok(compiled.kind === 'compiled');
  return compiled.rule;
}

/** A group principal, written `domain\name`. */
export function group(text: string, aliases: readonly string[] = []): Principal {
  const split = text.indexOf('\\');
  const [domain, name] = [text.slice(0, split), text.slice(split + 1)];
  return { type: 'group', name, domain, module: '1:test', ...(aliases.length > 0 && { aliases }) };
}

/** Somebody of login domain `campus`, a member of groups written `domain\name`. */
export function memberOf(groups: readonly string[], parts: Partial<SubjectParts> = {}): Subject {
  return subjectWith(
    groups.map((text) => group(text)),
    parts,
  );
}

export function subjectWith(groups: readonly Principal[], parts: Partial<SubjectParts> = {}): Subject {
  const { domain = 'campus', name = 'alice' } = parts;
  const user: Principal = { type: 'user', name, domain, module: '1:test' };
  return makeSubject({ realm: 'staff', domain, name, principals: [user, ...groups], ...parts });
}
