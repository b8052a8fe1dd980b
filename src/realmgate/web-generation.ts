/**
 * Builds what the web doors use of one configuration generation. The process that has the login modules hands in its
 * realms, a worker hands in realms that ask that process.
 */
import type { GuardedService } from '../admin/index.ts';
import type { Clock } from '../base/index.ts';
import {
  buildService,
  gateCookies,
  type LoginRealm,
  protectNames,
  ServiceTable,
  trustedProxies,
  type WebGeneration,
} from '../web/index.ts';
import type { Configuration } from './configuration.ts';

export interface WebGenerationParts {
  readonly number: number;
  readonly configuration: Configuration;
  readonly services: ReadonlyMap<string, GuardedService>;
  readonly realms: ReadonlyMap<string, LoginRealm>;
  readonly clock: Clock;
  /** How many processes share the connections that a back end is allowed. */
  readonly processes?: number;
}

export interface BuiltWebGeneration {
  readonly generation: WebGeneration;
  /** Closes the connections to back ends; those in use when their exchange is done. */
  close(): void;
}

export function buildWebGeneration(parts: WebGenerationParts): BuiltWebGeneration {
  const { number, configuration, realms, clock, processes = 1 } = parts;
  const publicOrigin = configuration.listen.web?.publicUrl ?? 'http://127.0.0.1';
  const services = [...parts.services].map(([name, { rule }]) => {
    const options = configuration.services.get(name)!; // the services were compiled from this configuration
    const connections = Math.max(1, Math.floor(options.connections / processes));
    return buildService(name, { ...options, connections }, rule, { clock, publicOrigin });
  });
  return {
    generation: {
      number,
      services: new ServiceTable(services),
      realms,
      trusted: trustedProxies(configuration.trustedProxies),
      protectedNames: protectNames([...realms.values()].flatMap(({ headers }) => headers)),
      publicOrigin,
      cookies: gateCookies(realms.keys(), publicOrigin.startsWith('https:')),
    },
    close() {
      for (const { upstream } of services) upstream?.close();
    },
  };
}
