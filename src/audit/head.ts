/**
 * A head signs how far a chain had come. It is a record of the chain, so that every copy of a file proves what came
 * before; and the newest one lies in `audit-<chain>.head` too, so that a trail cut back to an earlier head shows it.
 */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type AuditId, isAuditId } from './audit-id.ts';
import type { HeadRecord } from './record.ts';
import { headFileName } from './trail-folder.ts';

/** Signs heads. The composition root implements it over `pki`; a test over a key of its own. */
export interface HeadSigner {
  readonly keyId: string;
  sign(octets: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** True when `signature` over `octets` was made by the key `keyId`; false for an unknown key. */
export type HeadVerifier = (keyId: string, octets: Uint8Array, signature: Uint8Array) => boolean;

export type HeadFields = Omit<HeadRecord, 'kind'>;

const LARGEST_HEAD_FILE = 4096;

const headFileSchema = z.strictObject({
  id: z.custom<AuditId>((value) => typeof value === 'string' && isAuditId(value)),
  upTo: z.int().nonnegative(),
  hashUpTo: z.string(),
  keyId: z.string(),
  signature: z.string(),
});

/** What a head's signature covers. */
export function headOctets(chain: string, id: AuditId, upTo: number, hashUpTo: string): Uint8Array {
  return Buffer.from(`realmgate audit head 1\n${chain}\n${id}\n${upTo}\n${hashUpTo}\n`);
}

export function isGenuine(chain: string, head: HeadFields, verify: HeadVerifier): boolean {
  const octets = headOctets(chain, head.id, head.upTo, head.hashUpTo);
  return verify(head.keyId, octets, Buffer.from(head.signature, 'base64url'));
}

/** Lays the newest head of a chain beside its files. */
export function writeHeadFile(folder: string, chain: string, head: HeadFields): void {
  const file = join(folder, headFileName(chain));
  const temporary = `${file}.new`;
  const { id, upTo, hashUpTo, keyId, signature } = head;
  writeFileSync(temporary, `${JSON.stringify({ id, upTo, hashUpTo, keyId, signature })}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}

/** The head that lies beside a chain's files: `none`, or `broken` when it is not as the trail writes it. */
export function readHeadFile(folder: string, chain: string): HeadFields | 'none' | 'broken' {
  const file = join(folder, headFileName(chain));
  try {
    if (statSync(file).size > LARGEST_HEAD_FILE) return 'broken';
    const parsed = headFileSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : 'broken';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'broken';
  }
}
