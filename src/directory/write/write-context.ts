/**
 * WriteContext is what every check of a change needs and no change alters: the schema, the view, the sources of time, identity and order.
 */
import { type Clock, CodedError, type Random } from '../../base/index.ts';
import type { ObjectWrite } from '../../store/index.ts';
import { type AttributeType, BerWriter, type DistinguishedName, type Schema } from '../../x500/index.ts';
import { CsnSource } from '../change-sequence-number.ts';
import type { DirectoryConfiguration } from '../directory-configuration.ts';
import { UuidSource } from '../stored/uuid.ts';
import { AttributeDescriptions } from './attribute-description.ts';
import { ClassProfiles } from './class-profile.ts';
import { GeneralizedTimes } from './generalized-time.ts';
import { LoginNames } from './login-names.ts';
import { canonicalName } from './naming.ts';
import { referenceTypes } from './references.ts';
import type { TreeView } from './tree-view.ts';
import { type UniqueAttribute, uniqueAttributes } from './unique-attribute.ts';

/** What one entry may come to. */
export interface EntryLimits {
  /** Octets of an entry as stored, without its members and passwords. */
  readonly entry: number;
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
  readonly times: GeneralizedTimes;
  readonly uuids: UuidSource;
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

export interface WriteContextOptions extends Pick<WriteContext, 'schema' | 'view' | 'clock' | 'passwordsOf'> {
  readonly random: Random;
  readonly configuration: Pick<DirectoryConfiguration, 'suffix' | 'unique' | 'limits' | 'server'>;
}

/** Throws DIRECTORY_CONFIGURATION when the configuration names what the schema does not know. */
export function writeContext({ configuration, random, ...given }: WriteContextOptions): WriteContext {
  const { schema, view, clock } = given;
  const descriptions = new AttributeDescriptions(schema);
  const profiles = new ClassProfiles(schema);
  const suffix = canonicalName(configuration.suffix, descriptions);
  const suffixKey = suffix && schema.dnKey(suffix);
  if (suffix === undefined || suffixKey === undefined) {
    throw new CodedError('DIRECTORY_CONFIGURATION', 'directory.suffix: has an attribute that the schema does not know');
  }
  return {
    ...given,
    descriptions,
    profiles,
    suffix,
    suffixKey,
    times: new GeneralizedTimes(),
    uuids: new UuidSource(random),
    csns: new CsnSource(clock, configuration.server),
    logins: new LoginNames(view, schema, profiles),
    unique: uniqueAttributes(configuration.unique, descriptions),
    references: referenceTypes(schema),
    limits: configuration.limits,
    scratch: new BerWriter(),
  };
}
