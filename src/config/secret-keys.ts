/**
 * The two keys of a secret: `NAME`, the secret itself, and `NAMEFile`, a file that holds it.
 *
 * The loader reads the file and hands its content on under `NAME` (resolve-files.ts), so that a room sees one key, a Secret, and
 * never knows which way it came. Both at once in one source are refused. Whether a secret is needed at all is for the
 * room's own schema to say.
 */
import { z } from 'zod';
import { Secret } from '../base/index.ts';
import { mark } from './schema-marker.ts';

/**
 * The shape to spread into a `z.strictObject`: `...secretShape('bindPassword', 'password of bindDn')`.
 *
 * Its output has `bindPassword?: Secret`; `bindPasswordFile` is consumed by the loader and always undefined.
 */
export function secretShape<const Name extends string>(name: Name, description: string) {
  const secret = mark(secretText(), { kind: 'secret' }).describe(
    `${description}; better kept in a file, see ${name}File`,
  );
  const file = mark(consumedByLoader(), { kind: 'secret-file', secret: name }).describe(
    `file that holds the ${name}: ${description}; one trailing newline is cut`,
  );
  const shape = { [name]: secret.optional(), [`${name}File`]: file.optional() };
  // A computed key widens to string; these are exactly the two keys.
  return shape as Record<Name, z.ZodOptional<typeof secret>> & Record<`${Name}File`, z.ZodOptional<typeof file>>;
}

function secretText() {
  const error = 'must be text that is not empty; put it in quotes';
  return z
    .custom<string | Secret>((value) => value instanceof Secret || (typeof value === 'string' && value !== ''), {
      error,
    })
    .transform((value) => (value instanceof Secret ? value : new Secret(value)));
}

/** Refuses a path that did not go through the loader: a secret that nobody read must not pass for "no secret". */
function consumedByLoader() {
  return z
    .custom<string>(() => false, { error: 'must be the path of a file that holds the secret' })
    .transform((): undefined => undefined);
}
