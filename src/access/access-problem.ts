/**
 * AccessProblem is something wrong or doubtful in the rules of a configuration, with the place where it stands.
 * Errors refuse the configuration; warnings are what `realmgate check` points out.
 */
export type AccessProblemCode =
  /** Not a name in any spelling. */
  | 'malformed-name'
  /** A bare group name in an allow list, where several login domains could be meant. */
  | 'ambiguous-group'
  /** The realm that a service names does not exist. */
  | 'unknown-realm'
  /** A group name that no source knows. */
  | 'unmatched-group'
  /** A role that no mapping gives to anybody. */
  | 'unmapped-role'
  /** A mapping with `domain` for a login domain whose module does not wrap its principals. */
  | 'unwrapped-mapping'
  /** The same group in the allow and the deny list. */
  | 'contradiction';

export interface AccessProblem {
  readonly code: AccessProblemCode;
  readonly severity: 'error' | 'warning';
  /** The keys that lead to the place, as a YAML document is walked. */
  readonly keys: readonly (string | number)[];
  /** The same for people: `services.portal.authorizedGroups[1]`. */
  readonly path: string;
  /** What is wrong and what to do, without a full stop. */
  readonly message: string;
}

export function accessProblem(
  code: AccessProblemCode,
  severity: AccessProblem['severity'],
  keys: readonly (string | number)[],
  message: string,
): AccessProblem {
  let path = '';
  for (const key of keys) {
    if (typeof key === 'number') path += `[${key}]`;
    else path += (path === '' ? '' : '.') + (PLAIN_KEY.test(key) ? key : JSON.stringify(key));
  }
  return { code, severity, keys, path, message };
}

/** Other keys are quoted, as the configuration's own key paths are. */
const PLAIN_KEY = /^[\p{L}\p{N}_-]+$/u;
