/**
 * Compares two answers to one request as a client would: result code, matchedDN, which entries, which attributes and
 * values. Not compared are the order of entries, attributes and values (sets, RFC 4511 4.1.7 and 4.5.2), the text of
 * diagnostic messages, the spelling of DNs, and values that a server makes up, such as entryUUID and times.
 */
import type { WireEntry } from '../ldap-wire.ts';
import type { WireAnswer } from '../ldap-wire-client.ts';
import { dnKey } from './dn-key.ts';
import type { GeneratedRequest } from './request.ts';

/** One thing in which two answers differ. */
export interface Difference {
  readonly what: 'closed' | 'code' | 'matchedDn' | 'entries' | 'attributes' | 'values' | 'state';
  /** What the peer said, and what Realmgate said. */
  readonly peer: string;
  readonly ours: string;
  /** The entry and the attribute, where it is about one. */
  readonly dn?: string;
  readonly attribute?: string;
}

const NAMES = new Set([
  'member',
  'seealso',
  'manager',
  'owner',
  'entrydn',
  'subschemasubentry',
  'creatorsname',
  'modifiersname',
  'memberof',
]);
const MADE_UP = new Set([
  'entryuuid',
  'entrycsn',
  'createtimestamp',
  'modifytimestamp',
  'creatorsname',
  'modifiersname',
  'contextcsn',
  'subschemasubentry',
  'pwdchangedtime',
]);
const SIZE_LIMIT_EXCEEDED = 4;

export function differencesOf(
  request: GeneratedRequest,
  peer: WireAnswer | undefined,
  ours: WireAnswer | undefined,
): readonly Difference[] {
  if (peer === undefined || ours === undefined) {
    return peer === ours ? [] : [{ what: 'closed', peer: written(peer), ours: written(ours) }];
  }
  const found: Difference[] = [];
  const codes = [peer, ours].map(({ result }) => String(result.code)) as [string, string];
  if (codes[0] !== codes[1]) found.push({ what: 'code', peer: codes[0], ours: codes[1] });
  const matched = [peer, ours].map(({ result }) => dnKey(result.matchedDn)) as [string, string];
  if (codes[0] === codes[1] && matched[0] !== matched[1]) {
    found.push({ what: 'matchedDn', peer: matched[0], ours: matched[1] });
  }
  if (request.sizeLimit > 0 && peer.result.code === SIZE_LIMIT_EXCEEDED) {
    const counts = [peer, ours].map(({ entries }) => String(entries.length)) as [string, string];
    if (counts[0] !== counts[1]) found.push({ what: 'entries', peer: counts[0], ours: counts[1] });
    return found;
  }
  return [...found, ...entryDifferences(peer.entries, ours.entries)];
}

export function entryDifferences(peer: readonly WireEntry[], ours: readonly WireEntry[]): readonly Difference[] {
  const [theirs, own] = [byName(peer), byName(ours)];
  const found: Difference[] = [];
  for (const dn of new Set([...theirs.keys(), ...own.keys()])) {
    const [their, our] = [theirs.get(dn), own.get(dn)];
    if (their === undefined || our === undefined) {
      found.push({
        what: 'entries',
        dn,
        peer: their === undefined ? '-' : 'there',
        ours: our === undefined ? '-' : 'there',
      });
    } else found.push(...attributeDifferences(dn, attributesOf(their), attributesOf(our)));
  }
  return found;
}

function attributeDifferences(dn: string, peer: ReadonlyMap<string, string>, ours: ReadonlyMap<string, string>) {
  const found: Difference[] = [];
  for (const attribute of new Set([...peer.keys(), ...ours.keys()])) {
    const [their, our] = [peer.get(attribute), ours.get(attribute)];
    if (their === our) continue;
    const what = their === undefined || our === undefined ? 'attributes' : 'values';
    found.push({ what, dn, attribute, peer: their ?? '-', ours: our ?? '-' } as const);
  }
  return found;
}

function byName(entries: readonly WireEntry[]): ReadonlyMap<string, WireEntry> {
  return new Map(entries.map((entry) => [dnKey(entry.dn), entry]));
}

function attributesOf(entry: WireEntry): ReadonlyMap<string, string> {
  return new Map(
    entry.attributes.map(([name, values]) => {
      const key = name.toLowerCase();
      const texts = values.map((value) => value.toString('utf8'));
      const normal = MADE_UP.has(key) ? texts.map(() => 'made up') : NAMES.has(key) ? texts.map(dnKey) : texts;
      return [name, JSON.stringify(normal.toSorted())];
    }),
  );
}

function written(answer: WireAnswer | undefined): string {
  return answer === undefined ? 'closed' : `result ${answer.result.code}`;
}
