/**
 * GeneralizedTime as the directory writes it: seconds, in UTC (RFC 4517, 3.3.13), as slapd does.
 */
import type { Instant } from '../../base/index.ts';

const FORM = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})z$/i;

/** `20261122120129Z`; the part of a second is dropped. */
export function generalizedTime(instant: Instant): string {
  const text = new Date(instant).toISOString();
  const day = text.slice(0, 4) + text.slice(5, 7) + text.slice(8, 10);
  return `${day}${text.slice(11, 13)}${text.slice(14, 16)}${text.slice(17, 19)}Z`;
}

/** Writes the same instant once: a server writes the present one, many times a second. */
export class GeneralizedTimes {
  #instant: Instant = Number.NaN;
  #text = '';

  of(instant: Instant): string {
    if (instant !== this.#instant) {
      this.#instant = instant;
      this.#text = generalizedTime(instant);
    }
    return this.#text;
  }
}

/** The instant of the form that `generalizedTime` writes; undefined for any other, and for a day that there is not. */
export function parseGeneralizedTime(text: string): Instant | undefined {
  const [, year, month, day, hour, minute, second] = FORM.exec(text) ?? [];
  if (year === undefined) return undefined;
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(instant) || generalizedTime(instant) !== text.toUpperCase() ? undefined : instant;
}
