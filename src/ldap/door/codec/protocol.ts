/** The tags and object identifiers of LDAP messages (RFC 4511, appendix B). */
import { applicationConstructedTag, applicationTag } from '../../../x500/index.ts';

/** Tags of protocol operations. */
export const Op = {
  bindRequest: applicationConstructedTag(0),
  bindResponse: applicationConstructedTag(1),
  unbindRequest: applicationTag(2),
  searchRequest: applicationConstructedTag(3),
  searchResultEntry: applicationConstructedTag(4),
  searchResultDone: applicationConstructedTag(5),
  modifyRequest: applicationConstructedTag(6),
  modifyResponse: applicationConstructedTag(7),
  addRequest: applicationConstructedTag(8),
  addResponse: applicationConstructedTag(9),
  deleteRequest: applicationTag(10),
  deleteResponse: applicationConstructedTag(11),
  renameRequest: applicationConstructedTag(12),
  renameResponse: applicationConstructedTag(13),
  compareRequest: applicationConstructedTag(14),
  compareResponse: applicationConstructedTag(15),
  abandonRequest: applicationTag(16),
  extendedRequest: applicationConstructedTag(23),
  extendedResponse: applicationConstructedTag(24),
} as const;

/** The largest message id (RFC 4511, 4.1.1.1); 0 is for what nobody asked. */
export const MAX_INT = 2_147_483_647;

export const ExtendedOperation = {
  cancel: '1.3.6.1.1.8',
  startTls: '1.3.6.1.4.1.1466.20037',
  whoAmI: '1.3.6.1.4.1.4203.1.11.3',
  passwordModify: '1.3.6.1.4.1.4203.1.11.1',
} as const;

/** The unsolicited notification that a connection is about to be closed (RFC 4511, 4.4.1). */
export const NOTICE_OF_DISCONNECTION = '1.3.6.1.4.1.1466.20036';

export const ControlType = {
  pagedResults: '1.2.840.113556.1.4.319',
  sortRequest: '1.2.840.113556.1.4.473',
  sortResponse: '1.2.840.113556.1.4.474',
  subtreeDelete: '1.2.840.113556.1.4.805',
  assertion: '1.3.6.1.1.12',
  preRead: '1.3.6.1.1.13.1',
  postRead: '1.3.6.1.1.13.2',
  passwordPolicy: '1.3.6.1.4.1.42.2.27.8.5.1',
  manageDsaIt: '2.16.840.1.113730.3.4.2',
} as const;
