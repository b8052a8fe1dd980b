/**
 * What a line of the trail must look like to be read as a record. The union of `record.ts` once more, for input that
 * nobody vouches for; the compiler holds the two together.
 */
import { z } from 'zod';
import { type AuditId, isAuditId } from './audit-id.ts';
import type { AuditRecord } from './record.ts';

const MOST_ITEMS = 10_000;

const id = z.custom<AuditId>((value) => typeof value === 'string' && isAuditId(value));
const text = z.string();
const maybe = text.exactOptional();
const count = z.int().nonnegative();
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(MOST_ITEMS);
const numbered = {
  n: z.int().positive(),
  at: z.iso.datetime().transform((instant) => Date.parse(instant)),
  id,
  cut: z.boolean().exactOptional(),
  hash: text,
};

const attempt = z.strictObject({
  ...numbered,
  kind: z.literal('attempt'),
  door: text,
  realm: text,
  service: maybe,
  name: maybe,
  client: maybe,
  modules: listOf(
    z.strictObject({
      position: count,
      use: text,
      domain: maybe,
      flag: text,
      result: z.enum(['success', 'ignored', 'failure']),
      reason: maybe,
      detail: maybe,
      ms: z.number(),
    }),
  ),
  outcome: z.enum(['authenticated', 'challenged', 'refused', 'unavailable']),
  reason: maybe,
  domain: maybe,
  principals: listOf(
    z.strictObject({ type: text, name: text, domain: text, module: text, aliases: listOf(text).exactOptional() }),
  ),
  parked: z.boolean().exactOptional(),
});

const decision = z.strictObject({
  ...numbered,
  kind: z.literal('decision'),
  service: text,
  session: maybe,
  attempt: id.exactOptional(),
  host: text,
  path: text,
  method: text,
  client: maybe,
  realm: maybe,
  name: maybe,
  domain: maybe,
  permitted: z.boolean(),
  reason: text,
  generation: count,
  matched: listOf(text),
  roles: listOf(text),
});

const act = z.strictObject({
  ...numbered,
  kind: z.literal('act'),
  action: text,
  by: text,
  target: maybe,
  detail: z.record(text, z.union([text, z.number(), z.boolean()])).exactOptional(),
});

const repeats = z.strictObject({
  ...numbered,
  kind: z.literal('repeats'),
  counts: listOf(z.strictObject({ of: id, count, last: z.number() })),
});

const refusals = z.strictObject({
  ...numbered,
  kind: z.literal('refusals'),
  of: id.exactOptional(),
  level: z.enum(['same', 'client', 'all']),
  reason: text,
  where: maybe,
  name: maybe,
  client: maybe,
  count,
  like: id,
  ids: listOf(id).exactOptional(),
});

const head = z.strictObject({
  ...numbered,
  kind: z.literal('head'),
  upTo: count,
  hashUpTo: text,
  keyId: text,
  signature: text,
});

const file = z.strictObject({
  ...numbered,
  kind: z.literal('file'),
  chain: text,
  reason: z.enum(['first', 'size', 'day', 'clock', 'torn', 'lost']),
  previous: z.strictObject({ n: count, hash: text }),
  aside: listOf(z.strictObject({ file: text, octets: count, digest: text })).exactOptional(),
});

export const recordSchema = z.discriminatedUnion('kind', [
  attempt,
  decision,
  act,
  repeats,
  refusals,
  head,
  file,
]) satisfies z.ZodType<AuditRecord & { readonly hash: string }>;
