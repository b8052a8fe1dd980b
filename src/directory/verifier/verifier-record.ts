/**
 * The stored forms of the space `verifier`: an object a password, never part of an entry.
 *
 *     key:   the owner's entryUUID and an octet: 0 the password, 1 to 255 passwords that are bound to a service
 *     value of the password:
 *            INTEGER 1, INTEGER changed (milliseconds since 1970),
 *            SEQUENCE OF OCTET STRING the forms that let in, SEQUENCE OF OCTET STRING former forms, newest first
 *     value of a bound password:
 *            INTEGER 1, OCTET STRING digest, UTF8String service, UTF8String label, INTEGER created, INTEGER last use or -1
 *
 * A form is text as src/password knows it (`$argon2id$...`, `{SSHA}...`). The octets of a value are the generation of the
 * credential: they differ whenever the password does, because every form has its salt and every change its instant.
 */
import type { Instant } from '../../base/index.ts';
import { type BerReader, BerWriter, decodeBer, Tag } from '../../x500/index.ts';
import { UUID_OCTETS } from '../stored/uuid.ts';

export interface PasswordRecord {
  /** When the password was set; hashing it anew does not count. */
  readonly changedAt: Instant;
  /** What lets in: one, or the several that an import brought. */
  readonly forms: readonly string[];
  /** Former forms, newest first. */
  readonly history: readonly string[];
}

export interface AppPasswordRecord {
  /** SHA-256 of the password, which has enough randomness of its own to need no costly derivation. */
  readonly digest: Uint8Array;
  readonly service: string;
  /** What its owner calls it, such as the name of the device. */
  readonly label: string;
  readonly createdAt: Instant;
  /** To the hour. */
  readonly lastUsedAt: Instant | undefined;
}

/** The slot of the password. */
export const PASSWORD_SLOT = 0;
export const VERIFIER_KEY_OCTETS = UUID_OCTETS + 1;
/** Octets; nothing longer is read or written. */
export const LONGEST_VERIFIER = 64 * 1024;

const VERSION = 1;
const NEVER = -1;
const DIGEST_OCTETS = 32;

export function verifierKey(owner: Uint8Array, slot: number): Uint8Array {
  const key = new Uint8Array(VERIFIER_KEY_OCTETS);
  key.set(owner);
  key[UUID_OCTETS] = slot;
  return key;
}

export function encodePassword({ changedAt, forms, history }: PasswordRecord): Uint8Array {
  const out = new BerWriter();
  out.integer(Tag.integer, VERSION);
  out.integer(Tag.integer, changedAt);
  for (const list of [forms, history]) {
    const mark = out.open(Tag.sequence);
    for (const form of list) out.text(Tag.octetString, form);
    out.close(mark);
  }
  return out.take();
}

/** What `encodePassword` wrote; undefined for octets that it did not write. */
export function decodePassword(octets: Uint8Array): PasswordRecord | undefined {
  return decodeBer(octets, (reader) => {
    if (reader.integer(Tag.integer) !== VERSION) reader.fail('another version');
    return { changedAt: reader.integer(Tag.integer), forms: readTexts(reader), history: readTexts(reader) };
  });
}

export function encodeAppPassword(record: AppPasswordRecord): Uint8Array {
  const out = new BerWriter();
  out.integer(Tag.integer, VERSION);
  out.octets(Tag.octetString, record.digest);
  out.text(Tag.utf8String, record.service);
  out.text(Tag.utf8String, record.label);
  out.integer(Tag.integer, record.createdAt);
  out.integer(Tag.integer, record.lastUsedAt ?? NEVER);
  return out.take();
}

/** What `encodeAppPassword` wrote; undefined for octets that it did not write. */
export function decodeAppPassword(octets: Uint8Array): AppPasswordRecord | undefined {
  return decodeBer(octets, (reader) => {
    if (reader.integer(Tag.integer) !== VERSION) reader.fail('another version');
    const digest = reader.octets(Tag.octetString);
    if (digest.length !== DIGEST_OCTETS) reader.fail('a digest of another length');
    const service = reader.text(Tag.utf8String);
    const label = reader.text(Tag.utf8String);
    const createdAt = reader.integer(Tag.integer);
    const lastUsedAt = reader.integer(Tag.integer);
    return { digest, service, label, createdAt, lastUsedAt: lastUsedAt === NEVER ? undefined : lastUsedAt };
  });
}

function readTexts(reader: BerReader): readonly string[] {
  const texts: string[] = [];
  const outer = reader.enter(Tag.sequence);
  while (reader.more) texts.push(reader.text(Tag.octetString));
  reader.leave(outer);
  return texts;
}
