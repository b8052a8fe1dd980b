/**
 * The attributes and classes of people, organizations, groups and devices (RFC 4519; certificates: RFC 4523; dc: RFC 2247;
 * labeledURI: RFC 2079; uidObject and X.521's classes as OpenLDAP's core.schema has them).
 */
import type { SchemaSource } from '../../x500/index.ts';

export const CORE_SCHEMA: SchemaSource = {
  name: 'core schema',
  text: `
attributetype ( 2.5.4.1 NAME ( 'aliasedObjectName' 'aliasedEntryName' ) DESC 'name of aliased object'
  EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE )
attributetype ( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'common name(s) for which the entity is known by' SUP name )
attributetype ( 0.9.2342.19200300.100.1.1 NAME ( 'uid' 'userid' ) DESC 'user identifier' EQUALITY caseIgnoreMatch
  SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.35 NAME 'userPassword' DESC 'password of user' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
attributetype ( 1.3.6.1.4.1.250.1.57 NAME 'labeledURI' DESC 'Uniform Resource Identifier with optional label'
  EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.13 NAME 'description' DESC 'descriptive information' EQUALITY caseIgnoreMatch
  SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.34 NAME 'seeAlso' DESC 'DN of related object' SUP distinguishedName )
attributetype ( 2.5.4.2 NAME 'knowledgeInformation' DESC 'knowledge information' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.4 NAME ( 'sn' 'surname' ) DESC 'last (family) name(s) for which the entity is known by'
  SUP name )
attributetype ( 2.5.4.5 NAME 'serialNumber' DESC 'serial number of the entity' EQUALITY caseIgnoreMatch
  SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.44 )
attributetype ( 2.5.4.6 NAME ( 'c' 'countryName' ) DESC 'two-letter ISO-3166 country code' SUP name
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.11 SINGLE-VALUE )
attributetype ( 2.5.4.7 NAME ( 'l' 'localityName' ) DESC 'locality which this object resides in' SUP name )
attributetype ( 2.5.4.8 NAME ( 'st' 'stateOrProvinceName' ) DESC 'state or province which this object resides in'
  SUP name )
attributetype ( 2.5.4.9 NAME ( 'street' 'streetAddress' ) DESC 'street address of this object'
  EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.10 NAME ( 'o' 'organizationName' ) DESC 'organization this object belongs to' SUP name )
attributetype ( 2.5.4.11 NAME ( 'ou' 'organizationalUnitName' ) DESC 'organizational unit this object belongs to'
  SUP name )
attributetype ( 2.5.4.12 NAME 'title' DESC 'title associated with the entity' SUP name )
attributetype ( 2.5.4.14 NAME 'searchGuide' DESC 'search guide, deprecated by enhancedSearchGuide'
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.25 )
attributetype ( 2.5.4.15 NAME 'businessCategory' DESC 'business category' EQUALITY caseIgnoreMatch
  SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.16 NAME 'postalAddress' DESC 'postal address' EQUALITY caseIgnoreListMatch
  SUBSTR caseIgnoreListSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.41 )
attributetype ( 2.5.4.17 NAME 'postalCode' DESC 'postal code' EQUALITY caseIgnoreMatch
  SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.18 NAME 'postOfficeBox' DESC 'Post Office Box' EQUALITY caseIgnoreMatch
  SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.19 NAME 'physicalDeliveryOfficeName' DESC 'Physical Delivery Office Name'
  EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.20 NAME 'telephoneNumber' DESC 'Telephone Number' EQUALITY telephoneNumberMatch
  SUBSTR telephoneNumberSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.50 )
attributetype ( 2.5.4.21 NAME 'telexNumber' DESC 'Telex Number' SYNTAX 1.3.6.1.4.1.1466.115.121.1.52 )
attributetype ( 2.5.4.22 NAME 'teletexTerminalIdentifier' DESC 'Teletex Terminal Identifier'
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.51 )
attributetype ( 2.5.4.23 NAME ( 'facsimileTelephoneNumber' 'fax' ) DESC 'Facsimile (Fax) Telephone Number'
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.22 )
attributetype ( 2.5.4.24 NAME 'x121Address' DESC 'X.121 Address' EQUALITY numericStringMatch
  SUBSTR numericStringSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.36 )
attributetype ( 2.5.4.25 NAME 'internationaliSDNNumber' DESC 'international ISDN number' EQUALITY numericStringMatch
  SUBSTR numericStringSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.36 )
attributetype ( 2.5.4.26 NAME 'registeredAddress' DESC 'registered postal address' SUP postalAddress
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.41 )
attributetype ( 2.5.4.27 NAME 'destinationIndicator' DESC 'destination indicator' EQUALITY caseIgnoreMatch
  SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.44 )
attributetype ( 2.5.4.28 NAME 'preferredDeliveryMethod' DESC 'preferred delivery method'
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.14 SINGLE-VALUE )
attributetype ( 2.5.4.29 NAME 'presentationAddress' DESC 'presentation address' EQUALITY presentationAddressMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.43 SINGLE-VALUE )
attributetype ( 2.5.4.30 NAME 'supportedApplicationContext' DESC 'supported application context'
  EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )
attributetype ( 2.5.4.31 NAME 'member' DESC 'member of a group' SUP distinguishedName )
attributetype ( 2.5.4.32 NAME 'owner' DESC 'owner (of the object)' SUP distinguishedName )
attributetype ( 2.5.4.33 NAME 'roleOccupant' DESC 'occupant of role' SUP distinguishedName )
attributetype ( 2.5.4.36 NAME 'userCertificate' DESC 'X.509 user certificate, use ;binary'
  EQUALITY certificateExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.8 )
attributetype ( 2.5.4.37 NAME 'cACertificate' DESC 'X.509 CA certificate, use ;binary'
  EQUALITY certificateExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.8 )
attributetype ( 2.5.4.38 NAME 'authorityRevocationList' DESC 'X.509 authority revocation list, use ;binary'
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.9 )
attributetype ( 2.5.4.39 NAME 'certificateRevocationList' DESC 'X.509 certificate revocation list, use ;binary'
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.9 )
attributetype ( 2.5.4.40 NAME 'crossCertificatePair' DESC 'X.509 cross certificate pair, use ;binary'
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.10 )
attributetype ( 2.5.4.42 NAME ( 'givenName' 'gn' ) DESC 'first name(s) for which the entity is known by' SUP name )
attributetype ( 2.5.4.43 NAME 'initials' DESC 'initials of some or all of names, but not the surname(s).' SUP name )
attributetype ( 2.5.4.44 NAME 'generationQualifier' DESC 'name qualifier indicating a generation' SUP name )
attributetype ( 2.5.4.45 NAME 'x500UniqueIdentifier' DESC 'X.500 unique identifier' EQUALITY bitStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.6 )
attributetype ( 2.5.4.46 NAME 'dnQualifier' DESC 'DN qualifier' EQUALITY caseIgnoreMatch
  ORDERING caseIgnoreOrderingMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.44 )
attributetype ( 2.5.4.47 NAME 'enhancedSearchGuide' DESC 'enhanced search guide'
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.21 )
attributetype ( 2.5.4.48 NAME 'protocolInformation' DESC 'protocol information' EQUALITY protocolInformationMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.42 )
attributetype ( 2.5.4.50 NAME 'uniqueMember' DESC 'unique member of a group' EQUALITY uniqueMemberMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.34 )
attributetype ( 2.5.4.51 NAME 'houseIdentifier' DESC 'house identifier' EQUALITY caseIgnoreMatch
  SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 2.5.4.52 NAME 'supportedAlgorithms' DESC 'supported algorithms' SYNTAX 1.3.6.1.4.1.1466.115.121.1.49
  )
attributetype ( 2.5.4.53 NAME 'deltaRevocationList' DESC 'delta revocation list; use ;binary'
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.9 )
attributetype ( 2.5.4.54 NAME 'dmdName' DESC 'name of DMD' SUP name )
attributetype ( 2.5.4.65 NAME 'pseudonym' DESC 'X.520(4th): pseudonym for the object' SUP name )
attributetype ( 0.9.2342.19200300.100.1.3 NAME ( 'mail' 'rfc822Mailbox' ) DESC 'RFC822 Mailbox'
  EQUALITY caseIgnoreIA5Match SUBSTR caseIgnoreIA5SubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )
attributetype ( 0.9.2342.19200300.100.1.25 NAME ( 'dc' 'domainComponent' ) DESC 'domain component'
  EQUALITY caseIgnoreIA5Match SUBSTR caseIgnoreIA5SubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 SINGLE-VALUE
  )
attributetype ( 0.9.2342.19200300.100.1.37 NAME 'associatedDomain' DESC 'domain associated with object'
  EQUALITY caseIgnoreIA5Match SUBSTR caseIgnoreIA5SubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )
attributetype ( 1.2.840.113549.1.9.1 NAME ( 'email' 'emailAddress' 'pkcs9email' )
  DESC 'legacy attribute for email addresses in DNs' EQUALITY caseIgnoreIA5Match SUBSTR caseIgnoreIA5SubstringsMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )
objectclass ( 2.5.6.1 NAME 'alias' DESC 'an alias' SUP top STRUCTURAL MUST aliasedObjectName )
objectclass ( 2.5.6.2 NAME 'country' DESC 'a country' SUP top STRUCTURAL MUST c MAY ( searchGuide $ description ) )
objectclass ( 2.5.6.3 NAME 'locality' DESC 'a locality' SUP top STRUCTURAL MAY ( street $ seeAlso $ searchGuide $ st
  $ l $ description ) )
objectclass ( 2.5.6.4 NAME 'organization' DESC 'an organization' SUP top STRUCTURAL MUST o MAY ( userPassword $
  searchGuide $ seeAlso $ businessCategory $ x121Address $ registeredAddress $ destinationIndicator $
  preferredDeliveryMethod $ telexNumber $ teletexTerminalIdentifier $ telephoneNumber $ internationaliSDNNumber $
  facsimileTelephoneNumber $ street $ postOfficeBox $ postalCode $ postalAddress $ physicalDeliveryOfficeName $ st $
  l $ description ) )
objectclass ( 2.5.6.5 NAME 'organizationalUnit' DESC 'an organizational unit' SUP top STRUCTURAL MUST ou MAY (
  userPassword $ searchGuide $ seeAlso $ businessCategory $ x121Address $ registeredAddress $ destinationIndicator $
  preferredDeliveryMethod $ telexNumber $ teletexTerminalIdentifier $ telephoneNumber $ internationaliSDNNumber $
  facsimileTelephoneNumber $ street $ postOfficeBox $ postalCode $ postalAddress $ physicalDeliveryOfficeName $ st $
  l $ description ) )
objectclass ( 2.5.6.6 NAME 'person' DESC 'a person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY ( userPassword $
  telephoneNumber $ seeAlso $ description ) )
objectclass ( 2.5.6.7 NAME 'organizationalPerson' DESC 'an organizational person' SUP person STRUCTURAL MAY ( title
  $ x121Address $ registeredAddress $ destinationIndicator $ preferredDeliveryMethod $ telexNumber $
  teletexTerminalIdentifier $ telephoneNumber $ internationaliSDNNumber $ facsimileTelephoneNumber $ street $
  postOfficeBox $ postalCode $ postalAddress $ physicalDeliveryOfficeName $ ou $ st $ l ) )
objectclass ( 2.5.6.8 NAME 'organizationalRole' DESC 'an organizational role' SUP top STRUCTURAL MUST cn MAY (
  x121Address $ registeredAddress $ destinationIndicator $ preferredDeliveryMethod $ telexNumber $
  teletexTerminalIdentifier $ telephoneNumber $ internationaliSDNNumber $ facsimileTelephoneNumber $ seeAlso $
  roleOccupant $ preferredDeliveryMethod $ street $ postOfficeBox $ postalCode $ postalAddress $
  physicalDeliveryOfficeName $ ou $ st $ l $ description ) )
objectclass ( 2.5.6.10 NAME 'residentialPerson' DESC 'an residential person' SUP person STRUCTURAL MUST l MAY (
  businessCategory $ x121Address $ registeredAddress $ destinationIndicator $ preferredDeliveryMethod $ telexNumber
  $ teletexTerminalIdentifier $ telephoneNumber $ internationaliSDNNumber $ facsimileTelephoneNumber $
  preferredDeliveryMethod $ street $ postOfficeBox $ postalCode $ postalAddress $ physicalDeliveryOfficeName $ st $
  l ) )
objectclass ( 2.5.6.11 NAME 'applicationProcess' DESC 'an application process' SUP top STRUCTURAL MUST cn MAY (
  seeAlso $ ou $ l $ description ) )
objectclass ( 2.5.6.12 NAME 'applicationEntity' DESC 'an application entity' SUP top STRUCTURAL MUST (
  presentationAddress $ cn ) MAY ( supportedApplicationContext $ seeAlso $ ou $ o $ l $ description ) )
objectclass ( 2.5.6.13 NAME 'dSA' DESC 'a directory system agent (a server)' SUP applicationEntity STRUCTURAL MAY
  knowledgeInformation )
objectclass ( 2.5.6.14 NAME 'device' DESC 'a device' SUP top STRUCTURAL MUST cn MAY ( serialNumber $ seeAlso $ owner
  $ ou $ o $ l $ description ) )
objectclass ( 2.5.6.15 NAME 'strongAuthenticationUser' DESC 'a strong authentication user' SUP top AUXILIARY MUST
  userCertificate )
objectclass ( 2.5.6.16 NAME 'certificationAuthority' DESC 'a certificate authority' SUP top AUXILIARY MUST (
  authorityRevocationList $ certificateRevocationList $ cACertificate ) MAY crossCertificatePair )
objectclass ( 2.5.6.18 NAME 'userSecurityInformation' DESC 'a user security information' SUP top AUXILIARY MAY (
  supportedAlgorithms ) )
objectclass ( 2.5.6.16.2 NAME 'certificationAuthority-V2' SUP certificationAuthority AUXILIARY MAY (
  deltaRevocationList ) )
objectclass ( 2.5.6.19 NAME 'cRLDistributionPoint' SUP top STRUCTURAL MUST ( cn ) MAY ( certificateRevocationList $
  authorityRevocationList $ deltaRevocationList ) )
objectclass ( 2.5.6.20 NAME 'dmd' SUP top STRUCTURAL MUST ( dmdName ) MAY ( userPassword $ searchGuide $ seeAlso $
  businessCategory $ x121Address $ registeredAddress $ destinationIndicator $ preferredDeliveryMethod $ telexNumber
  $ teletexTerminalIdentifier $ telephoneNumber $ internationaliSDNNumber $ facsimileTelephoneNumber $ street $
  postOfficeBox $ postalCode $ postalAddress $ physicalDeliveryOfficeName $ st $ l $ description ) )
objectclass ( 2.5.6.21 NAME 'pkiUser' DESC 'a PKI user' SUP top AUXILIARY MAY userCertificate )
objectclass ( 2.5.6.22 NAME 'pkiCA' DESC 'PKI certificate authority' SUP top AUXILIARY MAY ( authorityRevocationList
  $ certificateRevocationList $ cACertificate $ crossCertificatePair ) )
objectclass ( 2.5.6.23 NAME 'deltaCRL' DESC 'X.509 delta CRL' SUP top AUXILIARY MAY deltaRevocationList )
objectclass ( 1.3.6.1.4.1.250.3.15 NAME 'labeledURIObject' DESC 'object that contains the URI attribute type'
  SUP top AUXILIARY MAY ( labeledURI ) )
objectclass ( 0.9.2342.19200300.100.4.19 NAME 'simpleSecurityObject' DESC 'simple security object' SUP top AUXILIARY
  MUST userPassword )
objectclass ( 1.3.6.1.4.1.1466.344 NAME 'dcObject' DESC 'domain component object' SUP top AUXILIARY MUST dc )
objectclass ( 1.3.6.1.1.3.1 NAME 'uidObject' DESC 'uid object' SUP top AUXILIARY MUST uid )
`,
};
