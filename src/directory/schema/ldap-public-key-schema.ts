/**
 * SSH keys of people: the openssh-lpk schema. Its class once insisted on a key and a uid; like most directories, this one
 * does not, so that an account may be given the class before it has a key.
 */
import type { SchemaSource } from '../../x500/index.ts';

export const LDAP_PUBLIC_KEY_SCHEMA: SchemaSource = {
  name: 'ldapPublicKey schema',
  text: `
attributetype ( 1.3.6.1.4.1.24552.500.1.1.1.13 NAME 'sshPublicKey' DESC 'a line of authorized_keys'
  EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
objectclass ( 1.3.6.1.4.1.24552.500.1.1.2.0 NAME 'ldapPublicKey' DESC 'an account with SSH keys' SUP top AUXILIARY
  MAY ( sshPublicKey $ uid ) )
`,
};
