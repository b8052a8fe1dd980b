/**
 * The root DSE (RFC 4512, 5.1) and the subschema subentry (RFC 4512, 4.4): what this server has and can do. Anybody may
 * read them: a client needs them before it can bind.
 */
import type { Instant } from '../../../base/index.ts';
import type { Schema } from '../../../x500/index.ts';
import { SUPPORTED_CONTROLS } from '../codec/controls.ts';
import { ExtendedOperation } from '../codec/protocol.ts';
import { MadeUpEntry } from './made-up-entry.ts';

export const SUBSCHEMA_NAME = 'cn=Subschema';

/**
 * RFC 3673 all operational attributes, RFC 4526 true and false filters, RFC 4525 modify-increment.
 */
const FEATURES = ['1.3.6.1.4.1.4203.1.5.1', '1.3.6.1.4.1.4203.1.5.3', '1.3.6.1.1.14'];

export interface RootDseParts {
  readonly schema: Schema;
  readonly namingContexts: readonly string[];
  readonly version: string;
  /** Whether StartTLS may be asked for now. */
  readonly startTls: boolean;
  /** What may be asked for on this connection. */
  readonly mechanisms: readonly string[];
}

export function rootDse({ schema, namingContexts, version, startTls, mechanisms }: RootDseParts): MadeUpEntry {
  const { startTls: startTlsName, ...others } = ExtendedOperation;
  return new MadeUpEntry('', schema, {
    objectClass: ['top'],
    namingContexts,
    subschemaSubentry: [SUBSCHEMA_NAME],
    supportedControl: SUPPORTED_CONTROLS,
    supportedExtension: [...Object.values(others), ...(startTls ? [startTlsName] : [])],
    supportedFeatures: FEATURES,
    supportedLDAPVersion: ['3'],
    supportedSASLMechanisms: mechanisms,
    vendorName: ['Realmgate'],
    vendorVersion: [version],
    entryDN: [''],
  });
}

/** `since` is when this schema came into force: clients keep what they read until it changes. */
export function subschemaSubentry(schema: Schema, since: Instant): MadeUpEntry {
  const time = new Date(since).toISOString().replace(/[-:T]|\.\d+/g, '');
  const { attributeTypes, objectClasses, matchingRules, matchingRuleUse, ldapSyntaxes } = schema.subschema();
  return new MadeUpEntry(SUBSCHEMA_NAME, schema, {
    objectClass: ['top', 'subentry', 'subschema', 'extensibleObject'],
    cn: ['Subschema'],
    structuralObjectClass: ['subentry'],
    createTimestamp: [time],
    modifyTimestamp: [time],
    ldapSyntaxes,
    matchingRules,
    matchingRuleUse,
    attributeTypes,
    objectClasses,
    entryDN: [SUBSCHEMA_NAME],
    subschemaSubentry: [SUBSCHEMA_NAME],
    hasSubordinates: ['FALSE'],
  });
}

/** Whether a base is the name of the subschema subentry, in whatever spelling. */
export function namesSubschema(base: Buffer): boolean {
  const last = base[base.length - 1];
  // Asked of each search for one entry: most names end otherwise.
  if (base.length > LONGEST_SPELLING || (last !== SMALL_A && last !== LARGE_A && last !== BLANK)) return false;
  return SUBSCHEMA_SPELLINGS.test(base.toString('latin1'));
}

const LONGEST_SPELLING = 64;
const SMALL_A = 0x61;
const LARGE_A = 0x41;
const BLANK = 0x20;
const SUBSCHEMA_SPELLINGS = /^ *(?:cn|commonName|2\.5\.4\.3) *= *subschema *$/i;
