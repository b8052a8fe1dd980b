/** What each realm says about the sessions that begin in it. */
import type { SessionPolicy } from '../realm/index.ts';
import type { Configuration } from './configuration.ts';

export function sessionPolicies({ realms }: Configuration): ReadonlyMap<string, SessionPolicy> {
  return new Map(
    [...realms].map(([name, { sessions }]) => {
      const { idle, maximum, hours } = sessions;
      return [name, { idle, maximum, validators: hours === undefined ? [] : [hours] }];
    }),
  );
}
