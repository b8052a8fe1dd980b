/**
 * ldap, floor 6: the LDAP adapters: the door that serves the directory, and the client that asks the directories of a site
 * for the `ldap` login module.
 */
export {
  createDirectoryClient,
  type DirectoryClientOptions,
  type DirectoryClientPorts,
} from './client/directory-client.ts';
export type { BindAttempt, BindAuthority, BindName, BindOutcome } from './door/bind-authority.ts';
export {
  type AskedChange,
  type ChangeAnswer,
  type ChangeAuthority,
  createDirectoryChanges,
} from './door/change-authority.ts';
export {
  type BindDirectory,
  type BindRealm,
  createDirectoryBinds,
  type DirectoryBindsPorts,
} from './door/directory-binds.ts';
export {
  type LdapListenSettings,
  type LdapsListenSettings,
  ldapListenSchema,
  ldapsListenSchema,
} from './door/door-schema.ts';
export { LdapDoor, type LdapDoorOptions, type LdapListenOptions } from './door/ldap-door.ts';
export type { DirectoryPort, DoorPorts } from './door/ports.ts';
export type { CertificateMap } from './door/tls/certificate-name.ts';
export { type OwnCertificate, type OwnCertificateOptions, openOwnCertificate } from './door/tls/own-certificate.ts';
export type { LdapTls } from './door/tls/tls-upgrade.ts';
