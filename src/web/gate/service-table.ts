/**
 * ServiceTable finds the service that a request is for: the exact host, then the longest path that is a
 * whole-segment prefix of the canonical path. Both come in canonical form (security rule 4), so that no other
 * spelling of the same place reaches another rule.
 */
import type { CanonicalHost } from '../http/host.ts';
import { type CanonicalPath, pathMatches } from '../http/target.ts';
import type { Service } from './service.ts';

export class ServiceTable {
  readonly #byHost = new Map<CanonicalHost, Service[]>();
  readonly #byName = new Map<string, Service>();

  constructor(services: readonly Service[]) {
    for (const service of services) {
      this.#byName.set(service.name, service);
      const sameHost = this.#byHost.get(service.host) ?? [];
      sameHost.push(service);
      sameHost.sort((a, b) => b.path.length - a.path.length);
      this.#byHost.set(service.host, sameHost);
    }
  }

  /** The service for a host and path, or undefined where none is set up. */
  find(host: CanonicalHost, path: CanonicalPath): Service | undefined {
    return this.#byHost.get(host)?.find((service) => pathMatches(service.path, path));
  }

  named(name: string): Service | undefined {
    return this.#byName.get(name);
  }

  /** The services of one host, longest path first. */
  at(host: CanonicalHost): readonly Service[] {
    return this.#byHost.get(host) ?? [];
  }

  get all(): readonly Service[] {
    return [...this.#byName.values()];
  }
}
