/** The ldap module of the BonFIRE portal before slapds with the BonFIRE tree; everything opened is closed together. */
import { Secret, silentLogger, systemClock } from '../../src/base/index.ts';
import { createDirectoryClient } from '../../src/ldap/index.ts';
import { checkLdapOptions, type LoginModuleDefinition, ldapModule, ldapModuleSchema } from '../../src/realm/index.ts';
import { BONFIRE_LDIF, BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from './bonfire-tree.ts';
import type { CertificateFiles } from './openssl-certificates.ts';
import { Slapd } from './slapd.ts';
import { TcpRelay } from './tcp-relay.ts';

export class PortalDirectories {
  readonly #opened: { close?(): Promise<void> }[] = [];

  /** A started module for the given URLs with the options of the seed, and further ones. */
  async module(urls: readonly string[], more: Record<string, unknown> = {}): Promise<LoginModuleDefinition> {
    const options = ldapModuleSchema.superRefine(checkLdapOptions).parse({
      use: 'ldap',
      urls,
      bindDn: PORTAL_DN,
      bindPassword: new Secret(PORTAL_PASSWORD),
      userBase: `ou=People,${BONFIRE_SUFFIX}`,
      ...more,
    });
    const client = createDirectoryClient(options, { clock: systemClock, logger: silentLogger });
    const definition = ldapModule({ domain: 'campus', options, client });
    await definition.start?.();
    this.#opened.push(definition);
    return definition;
  }

  async slapd(tls?: CertificateFiles): Promise<Slapd> {
    const options = { suffix: BONFIRE_SUFFIX, ldif: BONFIRE_LDIF, readers: [PORTAL_DN] };
    const slapd = await Slapd.start(tls === undefined ? options : { ...options, tls });
    this.#opened.push(slapd);
    return slapd;
  }

  /** A relay before the given loopback port. */
  async relay(port: number): Promise<TcpRelay> {
    const relay = await TcpRelay.start(port);
    this.#opened.push(relay);
    return relay;
  }

  async close(): Promise<void> {
    for (const resource of this.#opened.splice(0).reverse()) await resource.close?.();
  }
}
