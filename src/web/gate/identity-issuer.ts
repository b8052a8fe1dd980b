/**
 * IdentityIssuer writes down who a subject is for one service: the plain headers of its preset and the signed assertion.
 *
 * Signing costs about as much as the rest of a decision many times over, so the list is kept and made anew at half of
 * the assertion's life.
 * INVARIANT: a kept list says what this very Subject says. It is kept by the Subject itself: a session has one for its
 * life, every login makes a new one, so a group that was taken away meanwhile is never asserted from memory.
 */
import type { Subject } from '../../access/index.ts';
import type { Clock, Instant } from '../../base/index.ts';
import type { KeyRing } from '../../pki/index.ts';
import { type AssertedIdentity, assertedHeaders } from '../http/header-presets.ts';
import type { Service } from './service.ts';

/** Name, value, name, value. */
export type IdentityHeaderList = readonly string[];

interface Kept {
  readonly renewAt: Instant;
  readonly headers: IdentityHeaderList;
}

export class IdentityIssuer {
  readonly #keys: Pick<KeyRing, 'signer'>;
  readonly #clock: Clock;
  /** A Service belongs to one configuration generation, and what was kept at it goes with it. */
  readonly #kept = new WeakMap<Service, WeakMap<Subject, Kept>>();

  constructor(keys: Pick<KeyRing, 'signer'>, clock: Clock) {
    this.#keys = keys;
    this.#clock = clock;
  }

  /** The kept list when it is still good; undefined means: ask `issue`. */
  kept(subject: Subject, service: Service): IdentityHeaderList | undefined {
    const kept = this.#kept.get(service)?.get(subject);
    if (kept === undefined) return undefined;
    const now = this.#clock.now();
    // A clock set back makes a list look too young: it is renewed, not used for longer.
    return now < kept.renewAt && now >= kept.renewAt - service.assertionLife / 2 ? kept.headers : undefined;
  }

  /** Makes and keeps the list. */
  async issue(
    subject: Subject,
    roles: readonly string[],
    service: Service,
    issuer: string,
  ): Promise<IdentityHeaderList> {
    const now = this.#clock.now();
    const identity = { ...identityOf(subject, service), assertion: '' };
    const assertion = await this.#keys.signer.signJws({
      iss: issuer,
      sub: identity.user,
      aud: service.audience,
      iat: Math.floor(now / 1000),
      nbf: Math.floor(now / 1000),
      exp: Math.floor((now + service.assertionLife) / 1000),
      realm: subject.realm,
      domain: subject.domain,
      groups: identity.groups,
      roles,
    });
    const headers = assertedHeaders(service.preset, { ...identity, assertion }).flat();
    this.#keptAt(service).set(subject, { renewAt: now + service.assertionLife / 2, headers });
    return headers;
  }

  #keptAt(service: Service): WeakMap<Subject, Kept> {
    const known = this.#kept.get(service);
    if (known !== undefined) return known;
    const kept = new WeakMap<Subject, Kept>();
    this.#kept.set(service, kept);
    return kept;
  }
}

function identityOf(subject: Subject, service: Service): Omit<AssertedIdentity, 'assertion'> {
  const groups: string[] = [];
  for (const { type, name, domain } of subject.principals) {
    if (type === 'group') groups.push(service.qualified ? `${domain}\\${name}` : name);
  }
  const user = service.qualified ? `${subject.domain}\\${subject.name}` : subject.name;
  return { user, groups, name: subject.name, email: '' };
}
