/**
 * A file path in the configuration. A relative one is meant from the folder of the file that holds the key, so that a
 * configuration can be moved as a whole; a default from the folder of the map that lacks the key; and one from an
 * environment variable from the working folder.
 *
 * The loader resolves it before validation (resolve-files.ts): what a room receives is absolute.
 */
import { z } from 'zod';
import { mark } from './schema-marker.ts';

/** The schema of a file path: text in, an absolute path out. */
export function path() {
  const schema = z
    .string({ error: 'must be a file path' })
    .min(1, { error: 'must be a file path, not empty text' })
    // Control characters have no place in a path; NUL would end it early in system calls.
    .refine((text) => !/\p{Cc}/u.test(text), { error: 'must be a file path without control characters' });
  return mark(schema, { kind: 'path' });
}
