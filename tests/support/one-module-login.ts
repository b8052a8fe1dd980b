/** One login through one module, as LoginContext would run it, without a realm around it. */
import { Secret } from '../../src/base/index.ts';
import type {
  CallbackHandler,
  LoginFailure,
  LoginModuleDefinition,
  ModulePrincipal,
  PasswordVerifier,
} from '../../src/realm/index.ts';

export interface OneLogin {
  /** `success`, or the reason of the failure. */
  readonly result: string;
  readonly detail: string;
  readonly user: string | undefined;
  readonly principals: readonly ModulePrincipal[];
  readonly shared: ReadonlyMap<string, unknown>;
}

const noPasswords: PasswordVerifier = {
  verify: () => Promise.reject(new Error('this module verifies nothing itself')),
};

export async function loginOnce(
  definition: LoginModuleDefinition,
  name: string | undefined,
  password: string | undefined,
  { signal = new AbortController().signal, passwords = noPasswords } = {},
): Promise<OneLogin> {
  const handler: CallbackHandler = (callbacks) => {
    for (const callback of callbacks) {
      if (callback.kind === 'name' && name !== undefined) callback.name = name;
      if (callback.kind === 'password' && password !== undefined) callback.password = new Secret(password);
    }
    return undefined;
  };
  const shared = new Map<string, unknown>();
  const context = { realm: 'test', handler, shared, passwords, signal, counted: true, now: 0 };
  const module = definition.create(context);
  const answer = await module.login();
  if (answer === 'success') await module.commit();
  else await module.abort({ failures: [(answer as LoginFailure).reason] });
  return {
    result: typeof answer === 'string' ? answer : answer.reason,
    detail: typeof answer === 'string' ? '' : answer.detail,
    user: module.verifiedUser?.(),
    principals: module.principals?.() ?? [],
    shared,
  };
}
