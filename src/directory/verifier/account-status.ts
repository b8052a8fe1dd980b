/**
 * AccountStatus reads from an entry whether it may log in at all, and whether its password has to be changed first: what
 * stands in the entry is seen by administrators, replicated and exported like any other attribute.
 *
 * INVARIANT: a value that cannot be understood closes the account; it never opens it.
 * See draft-behera-ldap-password-policy-10, 5.3: pwdAccountLockedTime, pwdReset, pwdStartTime, pwdEndTime.
 */
import { z } from 'zod';
import type { Instant } from '../../base/index.ts';
import type { AttributeType, Schema } from '../../x500/index.ts';
import { generalizedTime } from '../write/generalized-time.ts';

export const disabledWhenSchema = z
  .array(
    z.strictObject({
      attribute: z.string().min(1).describe('The attribute that closes an account, such as nsAccountLock.'),
      value: z.string().optional().describe('The value that does; without it any value does.'),
    }),
  )
  .default([])
  .describe('What else than pwdAccountLockedTime marks an account that may not log in.');

export type DisabledWhen = z.output<typeof disabledWhenSchema>;

/** What is read of the memory view. */
export interface AccountView {
  byUuid(uuid: Uint8Array): number | undefined;
  attribute(entry: number, type: AttributeType, now: Instant): readonly Uint8Array[];
}

interface Mark {
  readonly type: AttributeType;
  /** In the normal form of the type's equality rule; undefined: any value. */
  readonly value: Uint8Array | undefined;
}

export class AccountStatus {
  readonly #marks: readonly Mark[];
  readonly #start: AttributeType | undefined;
  readonly #end: AttributeType | undefined;
  readonly #reset: AttributeType | undefined;

  /** Attributes that the schema does not know are no attributes of any entry: `unknown` names them, for the check of a configuration. */
  constructor(schema: Schema, disabledWhen: DisabledWhen) {
    const marks: Mark[] = [];
    for (const { attribute, value } of [{ attribute: 'pwdAccountLockedTime', value: undefined }, ...disabledWhen]) {
      const type = schema.attributeType(attribute);
      if (type === undefined) continue;
      marks.push({ type, value: value === undefined ? undefined : normalize(type, Buffer.from(value)) });
    }
    this.#marks = marks;
    this.#start = schema.attributeType('pwdStartTime');
    this.#end = schema.attributeType('pwdEndTime');
    this.#reset = schema.attributeType('pwdReset');
  }

  /** The attributes of `disabledWhen` that the schema does not know. */
  static unknown(schema: Schema, disabledWhen: DisabledWhen): readonly string[] {
    return disabledWhen.map(({ attribute }) => attribute).filter((name) => schema.attributeType(name) === undefined);
  }

  isDisabled(view: AccountView, entry: number, now: Instant): boolean {
    for (const { type, value } of this.#marks) {
      for (const held of view.attribute(entry, type, now)) {
        if (value === undefined || Buffer.compare(normalize(type, held), value) === 0) return true;
      }
    }
    for (const end of this.#values(view, entry, this.#end, now)) if (!isBefore(this.#end!, now, end)) return true;
    for (const start of this.#values(view, entry, this.#start, now))
      if (!isBefore(this.#start!, start, now)) return true;
    return false;
  }

  #values(view: AccountView, entry: number, type: AttributeType | undefined, now: Instant): readonly Uint8Array[] {
    return type === undefined ? [] : view.attribute(entry, type, now);
  }

  mustChange(view: AccountView, entry: number, now: Instant): boolean {
    return this.#values(view, entry, this.#reset, now).some(
      (value) => Buffer.from(value).toString('latin1') !== 'FALSE',
    );
  }
}

/** In seconds, as the values are; the same second is not before. False for what is no time. */
function isBefore(type: AttributeType, one: Uint8Array | Instant, other: Uint8Array | Instant): boolean {
  const [before, after] = [one, other].map((time) =>
    type.ordering?.normalize(typeof time === 'number' ? Buffer.from(generalizedTime(time)) : time),
  );
  return before !== undefined && after !== undefined && Buffer.compare(before, after) < 0;
}

function normalize(type: AttributeType, value: Uint8Array): Uint8Array {
  return type.equality?.normalize(value) ?? value;
}
