/**
 * What the loader must know about a key beyond its zod schema: that its text is a file path, a secret, or the file of a secret.
 *
 * Kept in a zod registry, whose entries survive `.describe()`, `.refine()` and every other copy that zod makes of a schema.
 */
import { z } from 'zod';

export type SchemaMarker =
  | { readonly kind: 'path' }
  | { readonly kind: 'secret' }
  /** `secret` is the key beside it that receives what the file holds. */
  | { readonly kind: 'secret-file'; readonly secret: string };

const markers = z.registry<SchemaMarker>();

/** Marks `schema` and returns it. */
export function mark<S extends z.core.$ZodType>(schema: S, marker: SchemaMarker): S {
  markers.add(schema, marker);
  return schema;
}

export function markerOf(schema: z.core.$ZodType): SchemaMarker | undefined {
  return markers.get(schema);
}
