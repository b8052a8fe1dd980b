/**
 * The two attributes that say who is in a group: `member` by names of entries, `memberUid` by their uids.
 *
 * Dates of a membership are options of either: `member;x-start-20270101000000Z;x-end-20271231000000Z`. They are written
 * so, also in LDIF, and never shown by a search.
 */
import type { Instant } from '../../base/index.ts';
import type { Period } from '../stored/member-form.ts';
import type { AttributeDescription } from './attribute-description.ts';
import { parseGeneralizedTime } from './generalized-time.ts';
import { Refusal } from './refusal.ts';

export type MembershipForm = 'member' | 'memberUid';

/** Which form of membership a type is, if it is one. */
export function membershipForm(description: AttributeDescription): MembershipForm | undefined {
  const { name } = description.type;
  return name === 'member' || name === 'memberUid' ? name : undefined;
}

/** The dates that the options of a description say; undefined when they say none. */
export function periodOf({ options, name }: AttributeDescription): Period | undefined | Refusal {
  if (options.length === 0) return undefined;
  let start: Instant = Number.NEGATIVE_INFINITY;
  let end: Instant = Number.POSITIVE_INFINITY;
  for (const option of options) {
    const [, side, text = ''] = /^x-(start|end)-(\w+)$/.exec(option) ?? [];
    const instant = parseGeneralizedTime(text);
    if (side === undefined || instant === undefined) {
      return new Refusal(
        'undefinedAttributeType',
        `${name}: the options of a membership are its dates: x-start-20270101000000Z, x-end-20271231000000Z`,
      );
    }
    if (side === 'start') start = instant;
    else end = instant;
  }
  if (start < end) return { start, end };
  return new Refusal('constraintViolation', `${name}: the membership would end before it starts`);
}
