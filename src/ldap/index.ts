/**
 * ldap, floor 6: the LDAP doors: the client that asks the directories of a site, for the `ldap` login module.
 */
export {
  createDirectoryClient,
  type DirectoryClientOptions,
  type DirectoryClientPorts,
} from './client/directory-client.ts';
