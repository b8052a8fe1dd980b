/**
 * lintRealm says what a realm's stack would do that its operator hardly means.
 *
 * It reasons about nothing that it can try: every combination of answers that the modules can give is walked by the
 * same StackWalk that real logins take, and what is found is stated with a combination that shows it.
 */
import type { LoginFailure, PhaseResult } from './login-module.ts';
import { loginFailure } from './phase-answer.ts';
import { type StackPosition, walkStack } from './stack-walk.ts';

/** `error`: opens a hole. `warning`: does not do what it seems to. */
export interface RealmProblem {
  readonly code:
    | 'unreachable'
    | 'admits-nobody'
    | 'unverified-success'
    | 'lockout-late'
    | 'lockout-powerless'
    | 'lockout-missing'
    | 'second-factor-skipped'
    | 'groups-skipped'
    | 'groups-optional'
    | 'sufficient-helper'
    | 'header-admits-everybody';
  readonly severity: 'error' | 'warning';
  /** The keys that lead to the place, as a YAML document is walked. */
  readonly keys: readonly (string | number)[];
  /** What is wrong and what to do, without a full stop. */
  readonly message: string;
}

/** What of a module the lint looks at. */
export interface LintedModule extends StackPosition {
  readonly use: string;
}

const HELPERS: ReadonlySet<string> = new Set(['lockout', 'groups', 'totp']);
const GUESSABLE: ReadonlySet<string> = new Set(['directory', 'ldap', 'sql', 'htpasswd', 'properties']);
/** Three answers a module: 6,561 walks for eight; longer stacks are judged by their first eight. */
const DEEPEST = 8;

const unknown: LoginFailure = loginFailure('unknown-user', '');
const wrong: LoginFailure = loginFailure('wrong-credential', '');
const locked: LoginFailure = loginFailure('locked', '');
const silent: LoginFailure = loginFailure('unavailable', '');

interface Walked {
  readonly answers: readonly PhaseResult[];
  readonly reached: number;
  readonly succeeded: boolean;
}

/** The problems of a realm that stands under `keys` in the configuration. Pure. */
export function lintRealm(
  realm: { readonly modules: readonly LintedModule[] },
  keys: readonly (string | number)[],
): readonly RealmProblem[] {
  const modules = realm.modules.slice(0, DEEPEST);
  const walks = [...walksOf(modules)];
  const at = (index: number, key?: string) => [...keys, 'modules', index, ...(key === undefined ? [] : [key])];
  const problems: RealmProblem[] = [];
  const report = (
    severity: RealmProblem['severity'],
    code: RealmProblem['code'],
    place: readonly (string | number)[],
    message: string,
  ) => problems.push({ code, severity, keys: place, message });

  const verified = ({ answers, reached, succeeded }: Walked) =>
    succeeded && modules.some(({ use }, index) => index < reached && !HELPERS.has(use) && answers[index] === 'success');
  const admitting = walks.filter(verified);
  if (admitting.length === 0) {
    report(
      'error',
      'admits-nobody',
      [...keys, 'modules'],
      'no answer of its modules lets anybody in; one of them must verify a credential',
    );
  }
  if (walks.some((walk) => walk.succeeded && !verified(walk))) {
    report(
      'warning',
      'unverified-success',
      [...keys, 'modules'],
      'the stack can succeed without a verified credential; such a login is refused, but it hardly is what is meant: make a module that verifies required or requisite',
    );
  }
  for (const [index, module] of modules.entries()) {
    const { use, flag } = module;
    if (!walks.some(({ reached }) => index < reached)) {
      report('warning', 'unreachable', at(index), `${use} is never asked: an earlier module always ends the login`);
    }
    if (HELPERS.has(use) && flag === 'sufficient') {
      report(
        'error',
        'sufficient-helper',
        at(index, 'flag'),
        `${use} verifies nobody by itself; make it ${use === 'lockout' ? 'requisite' : 'required or optional'}`,
      );
    }
    if (use === 'lockout') lintLockout(index);
    const missed = admitting.some((walk) => index >= walk.reached || typeof walk.answers[index] === 'object');
    if (use === 'totp' && missed) {
      report(
        'error',
        'second-factor-skipped',
        at(index),
        'users can get in without the code; put totp where every login passes and make it required, and the modules before it required, requisite or optional',
      );
    }
    if (use === 'groups' && admitting.some(({ reached }) => index >= reached)) {
      report(
        'warning',
        'groups-skipped',
        at(index),
        'users whom an earlier sufficient module lets in get no groups from here; put groups before it',
      );
    }
    if (use === 'groups' && flag === 'optional' && admitting.some(({ answers }) => answers[index] === silent)) {
      report(
        'warning',
        'groups-optional',
        at(index, 'flag'),
        'while its file cannot be read users get in without their groups, past every deny list; make it required',
      );
    }
    if (use === 'http-header' && admitting.some((walk) => sole(walk, index))) {
      report(
        'warning',
        'header-admits-everybody',
        at(index),
        'whoever can send this header from an address in trustedProxies is anybody; keep that list as short as can be',
      );
    }
  }
  if (modules.some(({ use }) => GUESSABLE.has(use)) && !modules.some(({ use }) => use === 'lockout')) {
    report(
      'warning',
      'lockout-missing',
      [...keys, 'modules'],
      'passwords can be guessed without limit; put { use: lockout, flag: requisite } first',
    );
  }
  return problems;

  function lintLockout(index: number): void {
    if (modules.slice(0, index).some(({ use }) => GUESSABLE.has(use) || use === 'totp')) {
      report(
        'error',
        'lockout-late',
        at(index),
        'guesses at the modules before it are not held back; put lockout first',
      );
    }
    if (admitting.some(({ answers }) => answers[index] === locked)) {
      report(
        'error',
        'lockout-powerless',
        at(index, 'flag'),
        'a locked name gets in all the same; make lockout requisite',
      );
    }
  }

  function sole({ answers, reached }: Walked, index: number): boolean {
    return modules.every(
      ({ use }, other) => HELPERS.has(use) || (other < reached && answers[other] === 'success') === (other === index),
    );
  }
}

/** Every combination of answers, each walked; what a walk does not reach is not varied. */
function* walksOf(modules: readonly LintedModule[]): Generator<Walked> {
  const pending: (readonly PhaseResult[])[] = [[]];
  for (let answers = pending.pop(); answers !== undefined; answers = pending.pop()) {
    const { result, reached } = walkStack(modules, answers);
    if (result !== undefined) yield { answers, reached, succeeded: result.kind === 'success' };
    else for (const answer of answersOf(modules[reached]!.use)) pending.push([...answers, answer]);
  }
}

function answersOf(use: string): readonly PhaseResult[] {
  if (use === 'lockout') return ['ignored', locked];
  if (use === 'groups') return ['ignored', silent];
  if (use === 'totp') return ['success', wrong];
  return ['success', unknown, wrong];
}
