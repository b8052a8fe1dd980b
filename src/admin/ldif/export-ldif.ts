/** The act `ldif-export`: the whole tree of one instant into a file that only its owner may read. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { CodedError, messageOf } from '../../base/index.ts';
import { copyTree, type Directory } from '../../directory/index.ts';
import { formatLdif } from '../../x500/index.ts';

export const exportLdifInput = z.strictObject({
  /** An absolute path; a file that is there is refused. */
  file: z.string().min(1).max(4096),
  withPasswords: z.boolean().optional(),
});

export interface ExportLdifReport {
  readonly entries: number;
}

/** Records that are written at a time. */
const PIECE = 500;

/** @throws CodedError ADMIN_LDIF_FILE */
export async function exportLdif(
  directory: Directory,
  { file, withPasswords = false }: z.infer<typeof exportLdifInput>,
): Promise<ExportLdifReport> {
  const copy = copyTree(directory, { withPasswords });
  try {
    await pipeline(pieces(copy), createWriteStream(file, { mode: 0o600, flags: 'wx' }));
  } catch (cause) {
    throw new CodedError('ADMIN_LDIF_FILE', `cannot write ${file}: ${messageOf(cause)}`, { cause });
  }
  return { entries: copy.size };
}

async function* pieces(copy: ReturnType<typeof copyTree>): AsyncGenerator<string> {
  // Without a version line: slapadd takes none.
  let piece = '';
  let count = 0;
  for (const record of copy.records()) {
    piece += formatLdif(record);
    if (++count % PIECE > 0) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
