/**
 * The stored form of one membership: a small object of its own, so that a group of 100,000 is not rewritten for one member.
 *
 *     key:   the group's entryUUID, an octet that tells what follows, and
 *              1  the member's entryUUID
 *              2  a memberUid for which no entry has that uid (UTF-8)
 *              3  a member for which there is no entry: its name as it was spelled (RFC 4514, UTF-8)
 *     value: nothing for a membership without dates; else the instants of its start and end, each 8 octets
 *            (IEEE 754, big-endian, milliseconds since 1970): minus infinity and infinity where that side is open
 *
 * slapd keeps a member that does not exist, and so do we: sites create groups before people, and groupOfNames wants a member.
 * Such a name becomes a membership by identity as soon as an entry bears it.
 */
import type { Instant } from '../../base/index.ts';
import { UUID_OCTETS } from './uuid.ts';

export type Member =
  | { readonly kind: 'entry'; readonly uuid: Uint8Array }
  | { readonly kind: 'uid'; readonly uid: string }
  | { readonly kind: 'name'; readonly name: string };

/** When a membership counts: from `start` on and before `end`. Infinite where open. */
export interface Period {
  readonly start: Instant;
  readonly end: Instant;
}

export const ALWAYS: Period = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

/** What the octet after the group's entryUUID says. */
export const MemberTag = { entry: 1, uid: 2, name: 3 } as const;

/** Longest uid or name of a member without an entry, in octets: the key of an object has at most 600. */
export const LONGEST_RAW_MEMBER = 560;

const PERIOD_OCTETS = 16;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The key of a membership. A raw uid or name has at most `LONGEST_RAW_MEMBER` octets. */
export function encodeMemberKey(group: Uint8Array, member: Member): Uint8Array {
  const rest = member.kind === 'entry' ? member.uuid : Buffer.from(member.kind === 'uid' ? member.uid : member.name);
  const key = new Uint8Array(UUID_OCTETS + 1 + rest.length);
  key.set(group);
  key[UUID_OCTETS] = MemberTag[member.kind];
  key.set(rest, UUID_OCTETS + 1);
  return key;
}

/** The group and the member of a key; undefined for octets that are none. */
export function decodeMemberKey(key: Uint8Array): { readonly group: Uint8Array; readonly member: Member } | undefined {
  const group = key.subarray(0, UUID_OCTETS);
  const rest = key.subarray(UUID_OCTETS + 1);
  const tag = key[UUID_OCTETS];
  if (tag === MemberTag.entry) {
    return rest.length === UUID_OCTETS ? { group, member: { kind: 'entry', uuid: rest } } : undefined;
  }
  if (tag !== MemberTag.uid && tag !== MemberTag.name) return undefined;
  try {
    const text = decoder.decode(rest);
    if (text === '') return undefined;
    return { group, member: tag === MemberTag.uid ? { kind: 'uid', uid: text } : { kind: 'name', name: text } };
  } catch {
    return undefined;
  }
}

/** The value of a membership: no octets when it has no dates. */
export function encodePeriod({ start, end }: Period): Uint8Array {
  if (start === Number.NEGATIVE_INFINITY && end === Number.POSITIVE_INFINITY) return new Uint8Array(0);
  const octets = new Uint8Array(PERIOD_OCTETS);
  const view = new DataView(octets.buffer);
  view.setFloat64(0, start);
  view.setFloat64(8, end);
  return octets;
}

/** When the membership counts; undefined for octets that do not say. */
export function decodePeriod(value: Uint8Array): Period | undefined {
  if (value.length === 0) return ALWAYS;
  if (value.length !== PERIOD_OCTETS) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  const period = { start: view.getFloat64(0), end: view.getFloat64(8) };
  return Number.isNaN(period.start) || Number.isNaN(period.end) ? undefined : period;
}
