/**
 * Walks a zod schema beside the tree it is about to validate, to learn what zod does not tell: which keys are known here,
 * which text is a path or a secret, and which kinds of scalar fit.
 *
 * A schema is peeled (optional, default, transform, ...) to its alternatives; where a union leaves several, those are kept that
 * fit the node's shape and its literal keys (`use: ldap`), which is how a discriminated union chooses.
 */
import type { z } from 'zod';
import type { ConfigNode, MapNode } from './config-tree.ts';
import { markerOf } from './schema-marker.ts';

export type Schema = z.core.$ZodType;

type Definition = z.core.$ZodTypes['_zod']['def'];

const MAX_PEELS = 256;

/** What `schema` may be once every wrapper and union is opened. A marked schema is not opened. */
export function alternativesOf(schema: Schema): Schema[] {
  const open: Schema[] = [schema];
  const found: Schema[] = [];
  for (let peels = 0; open.length > 0 && peels < MAX_PEELS; peels++) {
    const next = open.shift()!;
    const inner = markerOf(next) === undefined ? opened(definitionOf(next)) : undefined;
    if (inner === undefined) found.push(next);
    else open.push(...inner);
  }
  return found;
}

function opened(definition: Definition): readonly Schema[] | undefined {
  switch (definition.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
    case 'nonoptional':
      return [definition.innerType];
    case 'pipe':
      // z.preprocess puts a transform before the schema; elsewhere the schema comes first.
      return [definitionOf(definition.in).type === 'transform' ? definition.out : definition.in];
    case 'lazy':
      return [definition.getter()];
    case 'union':
      return definition.options;
    case 'intersection':
      return [definition.left, definition.right];
    default:
      return undefined;
  }
}

export function definitionOf(schema: Schema): Definition {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/** The alternatives of `schemas` that `node` may be meant for. */
export function candidatesFor(schemas: readonly Schema[], node: ConfigNode): Schema[] {
  const alternatives = schemas.flatMap(alternativesOf);
  const fitting = alternatives.filter((schema) => fits(schema, node.kind));
  if (node.kind !== 'map') return fitting;
  const chosen = fitting.filter((schema) => agreesWithLiterals(schema, node));
  return chosen.length > 0 ? chosen : fitting;
}

function fits(schema: Schema, kind: ConfigNode['kind']): boolean {
  const { type } = definitionOf(schema);
  if (type === 'any' || type === 'unknown' || (type === 'custom' && markerOf(schema) === undefined)) return true;
  if (type === 'object' || type === 'record') return kind === 'map';
  if (type === 'array' || type === 'tuple') return kind === 'list';
  return kind === 'scalar';
}

function agreesWithLiterals(schema: Schema, node: MapNode): boolean {
  for (const [key, entry] of node.entries) {
    const child = shapeOf(schema)?.get(key);
    if (child === undefined || entry.node.kind !== 'scalar') continue;
    const allowed = alternativesOf(child).map(literalsOf);
    const { value } = entry.node;
    if (allowed.every((values) => values !== undefined && !values.some((literal) => literal === value))) return false;
  }
  return true;
}

/** The values of a literal or enum; undefined for a schema that is not a closed list. */
export function literalsOf(schema: Schema): readonly unknown[] | undefined {
  const definition = definitionOf(schema);
  if (definition.type === 'literal') return definition.values;
  return definition.type === 'enum' ? Object.values(definition.entries) : undefined;
}

/** The keys that an object schema names; undefined for anything else. */
export function shapeOf(schema: Schema): ReadonlyMap<string, Schema> | undefined {
  const definition = definitionOf(schema);
  return definition.type === 'object' ? new Map(Object.entries(definition.shape)) : undefined;
}

/** What `schema` takes an absent key for; undefined when it has no default. */
export function defaultOf(schema: Schema): unknown {
  const definition = definitionOf(schema);
  return definition.type === 'prefault' || definition.type === 'default' ? definition.defaultValue : undefined;
}

/** The schemas for `key` below `candidates`; undefined when none of them knows it. */
export function schemasOfKey(candidates: readonly Schema[], key: string): Schema[] | undefined {
  const found = candidates.map((schema) => schemaOfKey(schema, key)).filter((schema) => schema !== undefined);
  return found.length > 0 ? found : undefined;
}

function schemaOfKey(schema: Schema, key: string): Schema | undefined {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'object': {
      const { catchall } = definition;
      const open = catchall !== undefined && definitionOf(catchall).type !== 'never';
      return shapeOf(schema)?.get(key) ?? (open ? catchall : undefined);
    }
    case 'record':
      return definition.valueType;
    case 'any':
    case 'unknown':
    case 'custom':
      return schema;
    default:
      return undefined;
  }
}

/** The schemas for the items of a list at `index` below `candidates`. */
export function schemasOfItem(candidates: readonly Schema[], index: number): Schema[] {
  return candidates.flatMap((schema) => {
    const definition = definitionOf(schema);
    if (definition.type === 'array') return [definition.element];
    if (definition.type !== 'tuple') return [];
    const item = definition.items[index] ?? definition.rest;
    return item === null || item === undefined ? [] : [item];
  });
}
