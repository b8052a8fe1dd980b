/**
 * OfficeHours says when sessions may live: `Mon-Fri 09:00-17:00 Europe/Brussels`.
 *
 * The rule is a function of local time alone: an instant is inside when the clocks on the wall of that place show a
 * day and a time of the rule. So a clock change cuts or repeats minutes exactly as people there see it, and
 * `nextChange` is exact across it. `Fri 22:00-06:00` runs into Saturday. Several spans are separated by commas:
 * `Mon-Fri 09:00-17:00, Sat 10:00-12:00 Europe/Brussels`.
 */
import type { Instant, Milliseconds } from '../base/index.ts';
import type { SessionValidator } from './session.ts';

const MINUTE: Milliseconds = 60_000;
const DAY: Milliseconds = 24 * 60 * MINUTE;
const WEEK: Milliseconds = 7 * DAY;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY: Instant = 4 * DAY;

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const SPAN = /^([a-z]{3})(?:-([a-z]{3}))?\s+(\d{2}):(\d{2})-(\d{2}):(\d{2})$/i;
const MOST_SPANS = 50;
const LONGEST_RULE = 1_000;

/** Local time of the week from Monday 00:00, in milliseconds; `to` is not in it. */
interface Span {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}

export type ParsedHours =
  | { readonly kind: 'hours'; readonly hours: OfficeHours }
  | { readonly kind: 'malformed'; readonly message: string };

/** Reads a rule; says what is wrong with one that cannot be read. */
export function parseOfficeHours(text: string): ParsedHours {
  const malformed = (message: string): ParsedHours => ({ kind: 'malformed', message });
  if (text.length > LONGEST_RULE) return malformed(`is longer than ${LONGEST_RULE} characters`);
  const match = /^(.*\d)\s+([A-Za-z][\w+/-]*)$/.exec(text.trim());
  if (match === null) {
    return malformed('must be days, times and a time zone, such as Mon-Fri 09:00-17:00 Europe/Brussels');
  }
  const [, rule = '', zone = ''] = match;
  const format = formatOf(zone);
  if (format === undefined) return malformed(`${zone} is not a time zone; write one such as Europe/Brussels or UTC`);
  const parts = rule.split(',');
  if (parts.length > MOST_SPANS) return malformed(`has more than ${MOST_SPANS} spans`);
  const spans: Span[] = [];
  for (const part of parts) {
    const read = readSpans(part.trim());
    if (typeof read === 'string') return malformed(read);
    spans.push(...read);
  }
  return { kind: 'hours', hours: new OfficeHours(spans, format) };
}

export class OfficeHours implements SessionValidator {
  readonly #spans: readonly Span[];
  readonly #format: Intl.DateTimeFormat;
  /** The answer holds from here until there; reading the local time is slow, and the gate asks at every request. */
  #known: { readonly from: Instant; readonly until: Instant; readonly inside: boolean } | undefined;

  constructor(spans: readonly Span[], format: Intl.DateTimeFormat) {
    this.#spans = spans;
    this.#format = format;
  }

  isValid(_session: unknown, now: Instant): boolean {
    if (this.#known === undefined || now < this.#known.from || now >= this.#known.until) {
      const until = this.nextChange(now) ?? now + WEEK;
      this.#known = { from: now, until, inside: this.#inside(now) };
    }
    return this.#known.inside;
  }

  nextChange(now: Instant): Instant | undefined {
    const inside = this.#inside(now);
    const end = now + WEEK + DAY;
    let at = now;
    while (at < end) {
      // Until the next change of the offset, local time runs like time itself.
      const { until, offset } = this.#steady(at, end);
      for (const boundary of this.#boundaries(at + offset, until + offset)) {
        const instant = boundary - offset;
        if (instant > now && this.#inside(instant) !== inside) return instant;
      }
      if (until < end && this.#inside(until) !== inside) return until;
      at = until;
    }
    return undefined;
  }

  #inside(now: Instant): boolean {
    const local = now + this.#offset(now);
    const ofWeek = (((local - FIRST_MONDAY) % WEEK) + WEEK) % WEEK;
    return this.#spans.some(({ from, to }) => (ofWeek >= from && ofWeek < to) || ofWeek + WEEK < to);
  }

  /** Local times from `from` (not included) to `to` (included) at which a span begins or ends, in order. */
  #boundaries(from: Instant, to: Instant): readonly Instant[] {
    const week = FIRST_MONDAY + Math.floor((from - FIRST_MONDAY) / WEEK) * WEEK;
    const found: Instant[] = [];
    for (let start = week - WEEK; start <= to; start += WEEK) {
      for (const span of this.#spans) found.push(start + span.from, start + span.to);
    }
    return found.filter((at) => at > from && at <= to).sort((one, other) => one - other);
  }

  /** How long the offset at an instant stays what it is: the instant of its change, or `end`. */
  #steady(at: Instant, end: Instant): { readonly until: Instant; readonly offset: Milliseconds } {
    const offset = this.#offset(at);
    let same = at;
    while (same < end) {
      // No place changes its clocks twice within half a day.
      const next = Math.min(same + DAY / 2, end);
      if (this.#offset(next) !== offset) return { until: this.#changeBetween(same, next, offset), offset };
      same = next;
    }
    return { until: end, offset };
  }

  #changeBetween(same: Instant, other: Instant, offset: Milliseconds): Instant {
    let [low, high] = [same, other];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#offset(middle) === offset) low = middle;
      else high = middle;
    }
    return high;
  }

  /** Local time minus UTC. */
  #offset(now: Instant): Milliseconds {
    const parts = new Map(this.#format.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return local - Math.floor(now / 1_000) * 1_000;
  }
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const numeric = 'numeric';
  const fields = {
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { ...fields, timeZone: zone, hourCycle: 'h23', calendar: 'gregory' });
  } catch {
    return undefined;
  }
}

function readSpans(text: string): readonly Span[] | string {
  const [, first = '', last = first, fromHour, fromMinute, toHour, toMinute] = SPAN.exec(text) ?? [];
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  const timesAreRight = Number(fromMinute) < 60 && Number(toMinute) < 60 && from < 1_440 && to <= 1_440;
  const firstDay = DAYS.indexOf(first.toLowerCase());
  const lastDay = DAYS.indexOf(last.toLowerCase());
  if (firstDay < 0 || lastDay < 0 || !timesAreRight) {
    return `${JSON.stringify(text)} must be days and times, such as Mon-Fri 09:00-17:00 or Sat 10:00-12:00`;
  }
  if (from === to) return `${JSON.stringify(text)} is a time without length; a whole day is 00:00-24:00`;
  const spans: Span[] = [];
  const days = ((lastDay - firstDay + 7) % 7) + 1;
  for (let day = firstDay; day < firstDay + days; day++) {
    const start = (day % 7) * DAY;
    const end = to > from ? to : to + 1_440;
    spans.push({ from: start + from * MINUTE, to: start + end * MINUTE });
  }
  return spans;
}
