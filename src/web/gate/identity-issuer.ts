/**
 * IdentityIssuer writes down who a subject is for one service: the plain headers of its preset and the signed assertion.
 *
 * Signing costs about as much as the rest of a decision many times over, so the list is kept a session and service of
 * one configuration generation, and made anew at half of the assertion's life. Expired by the caller's key: a new login
 * has a new key, so a kept list never says more than its own session may.
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

/** At one service. */
const MOST_KEPT = 200_000;

export class IdentityIssuer {
  readonly #keys: Pick<KeyRing, 'signer'>;
  readonly #clock: Clock;
  /** A Service belongs to one configuration generation, and what was kept at it goes with it. */
  readonly #kept = new WeakMap<Service, Map<string, Kept>>();

  constructor(keys: Pick<KeyRing, 'signer'>, clock: Clock) {
    this.#keys = keys;
    this.#clock = clock;
  }

  /** The kept list when it is still good; undefined means: ask `issue`. */
  kept(holder: string, service: Service): IdentityHeaderList | undefined {
    const kept = this.#kept.get(service)?.get(holder);
    if (kept === undefined) return undefined;
    const now = this.#clock.now();
    // A clock set back makes a list look too young: it is renewed, not used for longer.
    return now < kept.renewAt && now >= kept.renewAt - service.assertionLife / 2 ? kept.headers : undefined;
  }

  /** Makes and keeps the list. `holder` is the public name of the session, or stands for a credential sent each time. */
  async issue(
    holder: string,
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
    const kept = this.#keptAt(service);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(holder, { renewAt: now + service.assertionLife / 2, headers });
    return headers;
  }

  #keptAt(service: Service): Map<string, Kept> {
    const known = this.#kept.get(service);
    if (known !== undefined) return known;
    const kept = new Map<string, Kept>();
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
