/**
 * A map of the configuration whose keys the operator chooses (realms, services, roles, domains).
 *
 * INVARIANT: a Map, never an object: a service may be called `constructor`, and asking for one that is not there finds nothing.
 */
import { z } from 'zod';

/** The schema of a map with chosen names: a YAML map in, a ReadonlyMap in the order of the text out. */
export function mapOf<V extends z.ZodType>(value: V) {
  return z
    .record(z.string(), value)
    .transform(
      (record): ReadonlyMap<string, z.output<V>> => new Map(Object.entries(record) as [string, z.output<V>][]),
    );
}
