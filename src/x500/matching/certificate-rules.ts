/**
 * certificateExactMatch: the certificate with a serial number of an issuer (RFC 4523, 2.5.1), asked for as
 * `{ serialNumber 4660, issuer rdnSequence:"CN=CA,O=Lab" }` or by the certificate itself.
 */
import { type BerReader, decodeBer } from '../ber/ber-reader.ts';
import { contextConstructedTag, Tag } from '../ber/tag.ts';
import {
  type DistinguishedName,
  parseDistinguishedName,
  type RelativeDistinguishedName,
} from '../distinguished-name.ts';
import { type SchemaNames, textOf } from './name-rules.ts';
import type { NormalForms } from './string-rules.ts';

/** What names one certificate of all. */
interface CertificateName {
  readonly serialNumber: bigint;
  readonly issuer: DistinguishedName;
}

export function certificateExact(names: SchemaNames): NormalForms {
  return {
    normalize(value) {
      const certificate = value[0] === Tag.sequence ? readCertificateName(value) : parseAssertion(value);
      const issuer = certificate === undefined ? undefined : names.dnKey(certificate.issuer);
      return issuer === undefined ? undefined : Buffer.from(`${certificate?.serialNumber}$${issuer}`, 'latin1');
    },
  };
}

/** Serial number and issuer of an X.509 certificate; undefined when the octets are none. */
export function readCertificateName(octets: Uint8Array): CertificateName | undefined {
  return decodeBer(octets, (reader) => {
    const whole = reader.enter(Tag.sequence);
    const signed = reader.enter(Tag.sequence);
    if (reader.peek() === contextConstructedTag(0)) reader.skip();
    const serialNumber = reader.bigInteger(Tag.integer);
    reader.octets(Tag.sequence);
    const issuer = readName(reader);
    reader.leavePast(signed);
    reader.leavePast(whole);
    return { serialNumber, issuer };
  });
}

/** A Name of X.501, in which the child of the root comes first. Values stay the BER that they are. */
function readName(reader: BerReader): DistinguishedName {
  const rdns: RelativeDistinguishedName[] = [];
  const name = reader.enter(Tag.sequence);
  while (reader.more) {
    const rdn: RelativeDistinguishedName[number][] = [];
    const set = reader.enter(Tag.set);
    while (reader.more) {
      const part = reader.enter(Tag.sequence);
      rdn.push({ type: reader.objectIdentifier(Tag.objectIdentifier), value: reader.element() });
      reader.leave(part);
    }
    reader.leave(set);
    rdns.unshift(rdn);
  }
  reader.leave(name);
  return { rdns };
}

const SERIAL = String.raw`serialNumber\s+(?<serial>-?\d{1,80})`;
const ISSUER = String.raw`issuer\s+rdnSequence\s*:\s*"(?<issuer>(?:[^"]|"")*)"`;
const ASSERTIONS = [`${SERIAL}\\s*,\\s*${ISSUER}`, `${ISSUER}\\s*,\\s*${SERIAL}`].map(
  (fields) => new RegExp(`^\\{\\s*${fields}\\s*\\}$`),
);

function parseAssertion(value: Uint8Array): CertificateName | undefined {
  const text = textOf(value) ?? '';
  for (const pattern of ASSERTIONS) {
    const { serial = '', issuer = '' } = pattern.exec(text)?.groups ?? {};
    const name = serial === '' ? undefined : parseDistinguishedName(issuer.replaceAll('""', '"'));
    if (name !== undefined) return { serialNumber: BigInt(serial), issuer: name };
  }
  return undefined;
}
