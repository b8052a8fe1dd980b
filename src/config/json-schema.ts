/**
 * The JSON Schema of the configuration file, for editors: what may be written, with the descriptions of the zod schema.
 *
 * The same schema gives the same text, so that the committed file can be compared with what the code would make.
 */
import { z } from 'zod';
import { markerOf } from './schema-marker.ts';

/** JSON Schema 2020-12 of what `schema` takes in, as pretty-printed JSON with a final newline. */
export function generateJsonSchema(schema: z.ZodType, title = 'Realmgate configuration'): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const marker = markerOf(zodSchema);
      if (marker?.kind === 'secret') Object.assign(jsonSchema, { type: 'string', minLength: 1, writeOnly: true });
      if (marker?.kind === 'secret-file') Object.assign(jsonSchema, { type: 'string', minLength: 1 });
      // The loader refuses unknown keys of every object, whether its zod schema is strict or not (unknown-keys.ts).
      if (zodSchema._zod.def.type === 'object') jsonSchema.additionalProperties ??= false;
    },
  });
  return `${JSON.stringify({ $schema, title, ...rest }, undefined, 2)}\n`;
}
