/** Makes a Service of its section in the configuration. */
import { type AdmissionRule, anonymousSubject } from '../../access/index.ts';
import { type Clock, CodedError } from '../../base/index.ts';
import { canonicalHost } from '../http/host.ts';
import { parsePathPrefix } from '../http/target.ts';
import { createUpstream } from '../proxy/upstream.ts';
import type { Service } from './service.ts';
import type { ServiceOptions } from './service-schema.ts';

export interface ServicePorts {
  readonly clock: Clock;
  /** Scheme, host and port of the login page; gives scheme and port to services without a `url`. */
  readonly publicOrigin: string;
}

/** `options` has been validated by the schema, so host and path are canonical. */
export function buildService(name: string, options: ServiceOptions, rule: AdmissionRule, ports: ServicePorts): Service {
  const host = canonicalHost(options.match.host) ?? never('host');
  const publicUrl = new URL(ports.publicOrigin);
  return {
    name,
    host,
    path: parsePathPrefix(options.match.path) ?? never('path'),
    origin: options.url ?? `${publicUrl.protocol}//${host}${publicUrl.port === '' ? '' : `:${publicUrl.port}`}`,
    realm: options.realm,
    rule,
    visitor: options.defaultPrincipals && anonymousSubject(options.realm, options.defaultPrincipals),
    preset: options.assert.preset,
    audience: options.assert.audience ?? name,
    assertionLife: options.assert.life,
    qualified: options.assert.qualified,
    challenge: options.challenge,
    frontCache: options.frontCache,
    forwardAuthorization: options.forwardAuthorization,
    upstream:
      options.upstream === undefined
        ? undefined
        : createUpstream({
            url: options.upstream,
            clock: ports.clock,
            maxSockets: options.connections,
            connectTimeout: options.connectTimeout,
            responseTimeout: options.responseTimeout,
          }),
  };
}

function never(key: string): never {
  throw new CodedError('WEB_SERVICE', `match.${key} was not validated`);
}
