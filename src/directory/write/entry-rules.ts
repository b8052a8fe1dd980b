/**
 * What holds for a whole entry (RFC 4512, 2.4 and 2.3.1): its classes fit together and stay what they are, it has what they demand and nothing
 * that they do not allow, and it holds the values it is named with.
 */
import type { ClassProfile, ClassProfiles } from './class-profile.ts';
import type { EntryDraft } from './entry-draft.ts';
import type { NamingValue } from './naming.ts';
import { Refusal } from './refusal.ts';
import { latin1, valueKey } from './value-rules.ts';

/** What an entry holds that its draft does not: objects of their own. */
export interface HeldApart {
  readonly password: boolean;
  readonly members: boolean;
}

/** Demanded by groupOfNames and groupOfUniqueNames; a group may be empty all the same. */
const WAIVED = new Set(['2.5.4.31', '2.5.4.50']);

/**
 * The classes of an entry, after its objectClass was completed with superclasses. `before`: the name of its structural class so
 * far, which no change may alter (RFC 4512, 2.4.2); undefined for a new entry.
 */
export function settleClasses(draft: EntryDraft, profiles: ClassProfiles, before?: string): ClassProfile | Refusal {
  const values = draft.values('objectClass');
  if (values.length === 0) return new Refusal('objectClassViolation', 'objectClass: an entry needs at least one value');
  const profile = profiles.of(values);
  if (profile instanceof Refusal) return profile;
  const { name } = profile.structural;
  if (before !== undefined && before !== name) {
    return new Refusal(
      'objectClassModsProhibited',
      `objectClass: the structural class stays what it is; '${before}' cannot become '${name}'`,
    );
  }
  return profile;
}

/** Undefined when the entry may be as it is. */
export function checkEntry(
  draft: EntryDraft,
  profile: ClassProfile,
  naming: readonly NamingValue[],
  apart: HeldApart,
): Refusal | undefined {
  const misnamed = checkNaming(draft, naming);
  if (misnamed !== undefined) return misnamed;
  const present = new Set<string>();
  for (const { description, values } of draft.attributes()) {
    const { type, name } = description;
    present.add(type.name);
    if (type.singleValue && values.length > 1) {
      return new Refusal('constraintViolation', `${name}: has one value at most, ${values.length} would be there`);
    }
    if (!type.operational && !profile.allowed.has(type)) return notAllowed(name, profile);
  }
  if (apart.password) {
    present.add('userPassword');
    if (!profile.allowsPassword) return notAllowed('userPassword', profile);
  }
  if (apart.members && !profile.allowsMembers) return notAllowed('member', profile);
  for (const type of profile.must) {
    // A subtype of what is demanded will do (RFC 4512, 2.5.1).
    if (WAIVED.has(type.oid) || type.subtypes.some(({ name }) => present.has(name))) continue;
    const demanding = profile.structural.allMust.has(type) ? profile.structural.name : 'a class of the entry';
    return new Refusal('objectClassViolation', `${type.name}: is missing; ${demanding} demands it`);
  }
  return undefined;
}

/** Undefined when the entry holds all values that it is named with. */
export function checkNaming(draft: EntryDraft, naming: readonly NamingValue[]): Refusal | undefined {
  for (const { description, value } of naming) {
    if (draft.get(description)?.has(valueKey(description.type, value)) === true) continue;
    return new Refusal(
      'notAllowedOnRDN',
      `${description.name}: the entry is named with this value; rename it to change that`,
    );
  }
  return undefined;
}

function notAllowed(name: string, profile: ClassProfile): Refusal {
  const classes = profile.classes.map(latin1).filter((each) => each !== 'top');
  return new Refusal('objectClassViolation', `${name}: is not an attribute of ${classes.join(', ')}`);
}
