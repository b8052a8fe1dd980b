/**
 * WriteContext is what every check of a change needs and no change alters: the schema, the view, the sources of time, identity and order.
 */
import type { Clock, Random } from '../../base/index.ts';
import type { ObjectWrite } from '../../store/index.ts';
import type { AttributeType, BerWriter, DistinguishedName, Schema } from '../../x500/index.ts';
import type { CsnSource } from '../change-sequence-number.ts';
import type { AttributeDescription, AttributeDescriptions } from './attribute-description.ts';
import type { ClassProfiles } from './class-profile.ts';
import type { LoginNames } from './login-names.ts';
import type { TreeView } from './tree-view.ts';

/** What one entry may come to. */
export interface EntryLimits {
  /** Octets of an entry as stored, without its members and passwords. */
  readonly entry: number;
}

/** A type whose values only one entry may have; `among` are the classes whose entries are compared, all when it is empty. */
export interface UniqueAttribute {
  readonly description: AttributeDescription;
  readonly among: readonly string[];
}

export interface WriteContext {
  readonly schema: Schema;
  readonly descriptions: AttributeDescriptions;
  readonly profiles: ClassProfiles;
  readonly view: TreeView;
  /** The naming context: the one name that an entry without a parent has. */
  readonly suffix: DistinguishedName;
  readonly suffixKey: string;
  readonly csns: CsnSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly logins: LoginNames;
  readonly unique: readonly UniqueAttribute[];
  /** The types whose values are names of entries that are kept right. */
  readonly references: readonly AttributeType[];
  readonly limits: EntryLimits;
  /** The writes that delete every password of an entry. */
  readonly passwordsOf: (uuid: Uint8Array) => readonly ObjectWrite[];
  /** Where octets are put together; free between two checks. */
  readonly scratch: BerWriter;
}
