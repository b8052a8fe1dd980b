/**
 * The act `ldif-import`: a file of LDIF into the directory, in one of two ways.
 *
 * replace    the file is the whole content from then on: read, checked and staged beside the present one, then swapped in
 *            at once. Whatever goes wrong, the old content stays.
 * continue   records are added to what is there (or change it, where they say so), and each is durable when it was taken. Entries that
 *            are there already are passed over, so that an import that was broken off is simply started again.
 */
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { CodedError, messageOf } from '../../base/index.ts';
import { type Directory, type DirectoryChange, type DirectoryResult, SUCCESS, SYSTEM } from '../../directory/index.ts';
import {
  type DistinguishedName,
  formatDistinguishedName,
  type LdifFault,
  type LdifRecord,
  parseLdif,
  type Schema,
} from '../../x500/index.ts';
import { FIRST_TREE_SIZE } from '../accounts/first-tree.ts';
import type { ContentPort } from '../ports.ts';

export const importLdifInput = z.strictObject({
  /** An absolute path on the machine of the server. */
  file: z.string().min(1).max(4096),
  /** Without it `replace`, where the directory holds no more than its first tree. */
  mode: z.enum(['replace', 'continue']).optional(),
  /** What is right goes in although something else is not. */
  skipProblems: z.boolean().optional(),
  dryRun: z.boolean().optional(),
});

export interface ImportProblem {
  readonly line: number;
  readonly dn: string;
  readonly message: string;
}

export interface ImportLdifReport {
  readonly entries: number;
  /** Passed over because they are there already. */
  readonly present: number;
  /** The first hundred. */
  readonly problems: readonly ImportProblem[];
  readonly problemCount: number;
  /** Whether the directory is another now. */
  readonly changed: boolean;
}

/** What an import has come to so far; the command line asks for it while it waits. */
export class ImportProgress {
  entries = 0;
  present = 0;
  problemCount = 0;
  readonly problems: ImportProblem[] = [];

  problem(line: number, dn: string, message: string): void {
    this.problemCount += 1;
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ line, dn, message });
  }

  report(changed: boolean): ImportLdifReport {
    const { entries, present, problems, problemCount } = this;
    return { entries, present, problems, problemCount, changed };
  }
}

const MOST_PROBLEMS = 100;
/** Additions under way at a time: enough that one fsync serves many. */
const TOGETHER = 64;
const CHUNK_OCTETS = 1024 * 1024;

type Input = z.infer<typeof importLdifInput>;

/** @throws CodedError ADMIN_LDIF_FILE, ADMIN_LDIF_CHANGED, ADMIN_LDIF_NOT_EMPTY and what the store throws. */
export async function importLdif(
  directory: Directory,
  content: ContentPort,
  input: Input,
  progress: ImportProgress,
): Promise<ImportLdifReport> {
  if (input.mode === 'continue') return addToContent(directory, input, progress);
  if (input.mode === undefined && input.dryRun !== true && directory.view.size > FIRST_TREE_SIZE) {
    throw new CodedError(
      'ADMIN_LDIF_NOT_EMPTY',
      `there are ${directory.view.size} entries already: say --replace (the file is the whole directory from then on) or --continue (add to it)`,
    );
  }
  return replaceContent(content, input, progress);
}

async function replaceContent(content: ContentPort, input: Input, progress: ImportProgress): Promise<ImportLdifReport> {
  const { skipProblems = false, dryRun = false } = input;
  // A record that cannot be read is a problem like any other, and keeps the rest out.
  let unread = 0;
  async function* entries() {
    for await (const record of records(input.file)) {
      if (record.kind === 'entry' || record.kind === 'add') yield record;
      else {
        unread += 1;
        progress.problem(
          record.line,
          'dn' in record ? formatDistinguishedName(record.dn) : '',
          messageOfRecord(record),
        );
      }
    }
    if (unread > 0 && !skipProblems) throw new Unreadable();
  }
  try {
    const { outcome, entries: taken } = await content.replace(entries(), {
      skipProblems,
      dryRun,
      onProgress: (count) => {
        progress.entries = count;
      },
      onProblem: (entry, { message, code }) => {
        progress.problem(entry.line ?? 0, formatDistinguishedName(entry.dn), message === '' ? code : message);
      },
    });
    progress.entries = taken;
    if (outcome === 'behind') {
      throw new CodedError(
        'ADMIN_LDIF_CHANGED',
        'the directory was changed during the import, and stays as it is; try again',
      );
    }
    return progress.report(outcome === 'replaced');
  } catch (error) {
    if (error instanceof Unreadable) return progress.report(false);
    throw error;
  }
}

/** Ends an import of which a record could not be read. */
class Unreadable extends Error {}

async function addToContent(
  directory: Directory,
  { file, dryRun = false }: Input,
  progress: ImportProgress,
): Promise<ImportLdifReport> {
  const underWay = new Set<Promise<void>>();
  const additions = new DryAdditions(directory.schema);
  for await (const record of records(file)) {
    if (record.kind === 'fault') {
      progress.problem(record.line, '', record.message);
      continue;
    }
    // Only additions may overtake each other: what changes an entry comes after everything before it, and before the rest.
    const isAddition = record.kind === 'entry' || record.kind === 'add';
    if (!isAddition) await Promise.all(underWay);
    const before = [...underWay];
    const make = () => directory.apply(changeOf(record), SYSTEM, { dryRun, keepOperational: true });
    const done = make()
      // Its parent may still be on its way: a password takes a while to hash.
      .then((result) => (result.code === 'noSuchObject' ? Promise.all(before).then(make) : result))
      .then((result) => (dryRun && isAddition ? additions.judge(record.dn, result) : result))
      .then(
        (result) => note(progress, record, result),
        (error: unknown) => progress.problem(record.line, formatDistinguishedName(record.dn), messageOf(error)),
      );
    const noted: Promise<void> = done.finally(() => void underWay.delete(noted));
    underWay.add(noted);
    if (!isAddition) await noted;
    else if (underWay.size >= TOGETHER) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return progress.report(!dryRun && progress.entries > 0);
}

/** What a dry run would have added by now: below it an addition has its parent, although there is none yet. */
class DryAdditions {
  readonly #schema: Schema;
  readonly #keys = new Set<string>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  judge(dn: DistinguishedName, result: DirectoryResult): DirectoryResult {
    const parent = this.#schema.dnKey({ rdns: dn.rdns.slice(1) });
    const hasParent = result.code === 'noSuchObject' && parent !== undefined && this.#keys.has(parent);
    if (result.code !== 'success' && !hasParent) return result;
    const key = this.#schema.dnKey(dn);
    if (key !== undefined) this.#keys.add(key);
    return SUCCESS;
  }
}

function note(progress: ImportProgress, record: LdifRecord, { code, message }: DirectoryResult): void {
  if (code === 'success') progress.entries += 1;
  else if (code === 'entryAlreadyExists') progress.present += 1;
  else progress.problem(record.line, formatDistinguishedName(record.dn), message === '' ? code : message);
}

function changeOf(record: LdifRecord): DirectoryChange {
  const { dn } = record;
  switch (record.kind) {
    case 'entry':
    case 'add':
      return { kind: 'add', dn, attributes: record.attributes };
    case 'delete':
      return { kind: 'delete', dn };
    case 'modify':
      return { kind: 'modify', dn, modifications: record.modifications };
    case 'rename': {
      const { newRdn, deleteOldRdn, newSuperior } = record;
      return { kind: 'rename', dn, newRdn, deleteOldRdn, ...(newSuperior !== undefined && { newSuperior }) };
    }
  }
}

function messageOfRecord(record: LdifRecord | LdifFault): string {
  return record.kind === 'fault'
    ? record.message
    : `${record.kind} changes an entry: import the file with --continue, after the entries are there`;
}

async function* records(file: string): AsyncGenerator<LdifRecord | LdifFault> {
  try {
    yield* parseLdif(createReadStream(file, { highWaterMark: CHUNK_OCTETS }) as AsyncIterable<Uint8Array>);
  } catch (cause) {
    throw new CodedError('ADMIN_LDIF_FILE', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}
