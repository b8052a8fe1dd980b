/** An explanation as a person reads it on a terminal. */
import type { Explanation } from '../admin/index.ts';
import { printable, table } from './output.ts';

export function printExplanation(explanation: Explanation): string {
  const { login, decision } = explanation;
  return [
    heading(explanation),
    login && loginPart(login),
    decision && decisionPart(decision, login),
    changePart(explanation),
    explanation.notes.length > 0 ? explanation.notes.map((note) => `note: ${printable(note)}`).join('\n') : undefined,
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
    .concat('\n');
}

function heading({ id, at, kind, outcome, because }: Explanation): string {
  return `${kind} ${id}  ${at}\n${outcome.toUpperCase()}: ${printable(because)}`;
}

type Login = NonNullable<Explanation['login']>;
type Decision = NonNullable<Explanation['decision']>;

function loginPart(login: Login): string {
  const facts = [
    ['name', login.name ?? '(none)'],
    ['realm', login.realm],
    ['door', login.door],
    ['client', login.client ?? '(local)'],
  ];
  const modules = login.modules.map((module) => [
    String(module.position),
    module.use,
    module.domain ?? '',
    module.flag,
    module.result,
    [module.reason, module.detail].filter((part) => part !== undefined).join(': '),
    `${module.ms.toFixed(1)} ms`,
  ]);
  const principals = login.principals.map(({ type, name, domain, module }) => [type, name, domain, module]);
  return [
    facts.map(([name, value]) => `${name!.padEnd(8)}${printable(value!)}`).join('\n'),
    `modules\n${table(['#', 'USE', 'DOMAIN', 'FLAG', 'RESULT', 'WHY', 'TIME'], modules).trimEnd()}`,
    principals.length > 0
      ? `principals\n${table(['TYPE', 'NAME', 'DOMAIN', 'FROM MODULE'], principals).trimEnd()}`
      : undefined,
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function decisionPart(decision: Decision, login: Login | undefined): string {
  const facts = [
    ['service', decision.service],
    ['request', `${decision.method} ${decision.host}${decision.path}`.trim() || '(none: a test)'],
    ['rule', `${decision.reason}${decision.matched.length > 0 ? `: ${decision.matched.join(', ')}` : ''}`],
    ['roles', decision.roles.join(', ') || '(none)'],
    ['subject', login === undefined ? `${decision.domain ?? ''}\\${decision.name ?? ''}` : ''],
  ];
  return facts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name!.padEnd(8)} ${printable(value!)}`)
    .join('\n');
}

function changePart({ change }: Explanation): string {
  if (change.length === 0)
    return 'no change of a membership, list item, flag or mapping alone would have made it otherwise';
  return `the smallest change that would have made it otherwise\n${change.map((edit) => `  - ${printable(edit)}`).join('\n')}`;
}
