/**
 * The certificate that a directory without a configured one makes for itself at its first start: self-signed, ECDSA on P-256,
 * for the names of this machine. Clients trust it by its fingerprint, or by its file.
 *
 * Its octets are DER of RFC 5280; the signature is made by node:crypto.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { CodedError, type Instant, type Milliseconds, messageOf, type Random } from '../../../base/index.ts';
import { BerWriter, Tag } from '../../../x500/index.ts';
import type { LdapTls } from './tls-upgrade.ts';

export interface OwnCertificate {
  readonly tls: LdapTls;
  /** SHA-256 of the certificate, in the form `AB:CD:...`. */
  readonly fingerprint: string;
  readonly file: string;
  /** True when it was made just now. */
  readonly isNew: boolean;
}

export interface OwnCertificateOptions {
  /** Where certificate and key are kept; made with mode 0700 when missing. */
  readonly folder: string;
  /** Host names and addresses that clients use; the first is the subject. */
  readonly names: readonly [string, ...string[]];
  readonly now: Instant;
  readonly random: Random;
}

const CERTIFICATE_FILE = 'ldap-self-signed.pem';
const KEY_FILE = 'ldap-self-signed.key';
const LIFE: Milliseconds = 10 * 365 * 86_400_000;
/** A certificate that begins an hour ago is valid also for a client whose clock is late. */
const EARLY: Milliseconds = 3_600_000;
const SERIAL_OCTETS = 16;

const Oid = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
} as const;

/** Opens the certificate in the folder, or makes one. @throws CodedError LDAP_OWN_CERTIFICATE when it cannot be read or kept. */
export function openOwnCertificate(options: OwnCertificateOptions): OwnCertificate {
  const { folder } = options;
  const file = join(folder, CERTIFICATE_FILE);
  const keyFile = join(folder, KEY_FILE);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const isNew = !existsSync(file) || !existsSync(keyFile);
    if (isNew) {
      const made = makeSelfSigned(options);
      // The certificate last: with it both are there.
      writePrivate(keyFile, made.key);
      writePrivate(file, made.certificate);
    }
    const tls = { certificate: readFileSync(file, 'utf8'), key: readFileSync(keyFile, 'utf8') };
    return { tls, fingerprint: new X509Certificate(tls.certificate).fingerprint256, file, isNew };
  } catch (cause) {
    throw new CodedError('LDAP_OWN_CERTIFICATE', `cannot use ${file}: ${messageOf(cause)}`, { cause });
  }
}

/** PEM texts of a key and a certificate for it. */
export function makeSelfSigned({ names, now, random }: Omit<OwnCertificateOptions, 'folder'>): LdapTls {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signed = toBeSigned(publicKey, names, now, random);
  const out = new BerWriter();
  const certificate = out.open(Tag.sequence);
  out.raw(signed);
  algorithm(out);
  out.bitString(Tag.bitString, sign('sha256', signed, privateKey));
  out.close(certificate);
  const base64 = Buffer.from(out.view()).toString('base64');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** TBSCertificate of RFC 5280, 4.1. */
function toBeSigned(key: KeyObject, names: readonly [string, ...string[]], now: Instant, random: Random): Uint8Array {
  const out = new BerWriter();
  const body = out.open(Tag.sequence);
  const version = out.open(0xa0);
  out.integer(Tag.integer, 2);
  out.close(version);
  out.octets(Tag.integer, serialNumber(random));
  algorithm(out);
  name(out, names[0]);
  const validity = out.open(Tag.sequence);
  time(out, now - EARLY);
  time(out, now + LIFE);
  out.close(validity);
  name(out, names[0]);
  out.raw(createPublicKey(key.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' }));
  const explicit = out.open(0xa3);
  const extensions = out.open(Tag.sequence);
  extension(out, Oid.basicConstraints, true, () => out.close(out.open(Tag.sequence)));
  // digitalSignature is the first bit.
  extension(out, Oid.keyUsage, true, () => out.bitString(Tag.bitString, Uint8Array.of(0x80), 7));
  extension(out, Oid.extendedKeyUsage, false, () => {
    const usages = out.open(Tag.sequence);
    out.objectIdentifier(Tag.objectIdentifier, Oid.serverAuthentication);
    out.close(usages);
  });
  extension(out, Oid.subjectAltName, false, () => alternativeNames(out, names));
  out.close(extensions);
  out.close(explicit);
  out.close(body);
  return out.take();
}

/** Positive, and never the one of another certificate. */
function serialNumber(random: Random): Uint8Array {
  const octets = random.bytes(SERIAL_OCTETS);
  octets[0] = (octets[0]! & 0x7f) | 0x40;
  return octets;
}

function algorithm(out: BerWriter): void {
  const sequence = out.open(Tag.sequence);
  out.objectIdentifier(Tag.objectIdentifier, Oid.ecdsaWithSha256);
  out.close(sequence);
}

function name(out: BerWriter, commonName: string): void {
  const rdns = out.open(Tag.sequence);
  const rdn = out.open(Tag.set);
  const part = out.open(Tag.sequence);
  out.objectIdentifier(Tag.objectIdentifier, Oid.commonName);
  out.text(Tag.utf8String, commonName);
  out.close(part);
  out.close(rdn);
  out.close(rdns);
}

/** UTCTime until 2049, then GeneralizedTime (RFC 5280, 4.1.2.5). */
function time(out: BerWriter, at: Instant): void {
  const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  if (digits < '2050') out.text(Tag.utcTime, digits.slice(2));
  else out.text(Tag.generalizedTime, digits);
}

function extension(out: BerWriter, oid: string, critical: boolean, write: () => void): void {
  const sequence = out.open(Tag.sequence);
  out.objectIdentifier(Tag.objectIdentifier, oid);
  if (critical) out.boolean(Tag.boolean, true);
  const value = out.open(Tag.octetString);
  write();
  out.close(value);
  out.close(sequence);
}

function alternativeNames(out: BerWriter, names: readonly string[]): void {
  const sequence = out.open(Tag.sequence);
  for (const each of names) {
    if (isIP(each) === 0) out.text(0x82, each);
    else out.octets(0x87, addressOctets(each));
  }
  out.close(sequence);
}

/** The octets of an IPv4 or IPv6 address. */
function addressOctets(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.'), Number);
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(':'));
  const [first, last] = [groups(head), groups(tail)];
  const all = [...first, ...new Array<string>(8 - first.length - last.length).fill('0'), ...last];
  return Uint8Array.from(all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}

function writePrivate(file: string, text: string): void {
  const fresh = `${file}.new`;
  // On the disk before it has its name: after a power cut there is a whole one or none.
  writeFileSync(fresh, text, { mode: 0o600, flush: true });
  chmodSync(fresh, 0o600);
  renameSync(fresh, file);
}
