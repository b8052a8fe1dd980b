/** The OpenSSH-LPK schema as slapd.conf takes it; Debian ships none (spec: BonFIRE 4.2). */
export const LDAP_PUBLIC_KEY_SCHEMA = `attributetype ( 1.3.6.1.4.1.24552.500.1.1.1.13 NAME 'sshPublicKey'
  DESC 'OpenSSH public key' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
objectclass ( 1.3.6.1.4.1.24552.500.1.1.2.0 NAME 'ldapPublicKey' SUP top AUXILIARY
  DESC 'OpenSSH LPK' MAY ( sshPublicKey $ uid ) )`;
