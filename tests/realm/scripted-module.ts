/** Login modules that answer what a script says and write down when they are called. */
import type { Instant } from '../../src/base/index.ts';
import type {
  AbortCause,
  ControlFlag,
  LoginModule,
  LoginModuleContext,
  LoginModuleDefinition,
  ModulePrincipal,
  PhaseResult,
} from '../../src/realm/index.ts';
import type { StackEntry } from '../../src/realm/login-context.ts';
import type { ContextOfLogin } from '../../src/realm/module-context.ts';
import type { StackResult } from '../../src/realm/stack-walk.ts';

/** The positions of the modules called, in order, a phase each. */
export interface Calls {
  login: string;
  commit: string;
  abort: string;
  logout: string;
}

export const noCalls = (): Calls => ({ login: '', commit: '', abort: '', logout: '' });

const FLAGS: Record<string, ControlFlag> = { R: 'required', Q: 'requisite', S: 'sufficient', O: 'optional' };

const answerOf = (letter: string, position: number): PhaseResult => {
  if (letter === 'T') return 'success';
  if (letter === 'F') return 'ignored';
  return { kind: 'failure', reason: 'wrong-credential', detail: `e${position}` };
};

/** A stack as tests/realm/jdk/FlagStacks.java writes it: flag, login outcome, perhaps commit outcome. */
export function scriptedStack(text: string, calls: Calls): readonly StackEntry[] {
  return text.split(',').map((script, index) => {
    const position = index + 1;
    const [flag = '', login = '', commit = login === 'X' ? 'F' : login] = script;
    const phase = (name: keyof Calls, letter: string) => () => {
      calls[name] += position;
      return answerOf(letter, position);
    };
    return {
      flag: FLAGS[flag]!,
      definition: definition('scripted', {
        login: phase('login', login),
        commit: phase('commit', commit),
        abort: phase('abort', login),
        logout: phase('logout', login),
      }),
    };
  });
}

export interface Script {
  login?: (context: LoginModuleContext) => unknown;
  commit?: () => unknown;
  abort?: (cause: AbortCause) => unknown;
  logout?: () => unknown;
  principals?: () => readonly ModulePrincipal[];
  user?: string;
}

/** A definition whose modules do what the script says; what it leaves out succeeds. */
export function definition(
  use: string,
  script: Script,
  extra: Partial<LoginModuleDefinition> = {},
): LoginModuleDefinition {
  return {
    use,
    domain: undefined,
    verifies: script.user !== undefined,
    ...extra,
    create(context) {
      const module = {
        login: () => (script.login ?? (() => 'success'))(context),
        commit: script.commit ?? (() => 'success'),
        abort: script.abort ?? (() => 'success'),
        logout: script.logout ?? (() => 'success'),
        ...(script.principals === undefined ? {} : { principals: script.principals }),
        ...(script.user === undefined ? {} : { verifiedUser: () => script.user }),
      };
      return module as LoginModule;
    },
  };
}

/** What the modules of a login share, for tests of LoginContext alone. */
export function contextOfLogin(now: Instant = 0): ContextOfLogin {
  return {
    realm: 'staff',
    shared: new Map(),
    passwords: { verify: async () => 'mismatch' },
    counted: true,
    now,
    handlerFor: () => () => undefined,
  };
}

/** The result as FlagStacks prints it. */
export const printed = (result: StackResult): string => (result.kind === 'success' ? 'ok' : String(result.position));
