/**
 * Access decisions a second on one core: 10,000 subjects of 200 groups each before 1,000 services, in random order, nothing
 * kept for a pair. Prints one JSON line, by the clock and by processor time (the same on a quiet machine); `checked` decisions of the run are compared with their explanation.
 */
import {
  AccessPolicy,
  type AdmissionRule,
  compileAdmissionRule,
  decide,
  explainDecision,
  makeSubject,
  type Principal,
  type Subject,
} from '../src/access/index.ts';

const SUBJECTS = 10_000;
const GROUPS_EACH = 200;
const SERVICES = 1_000;
const GROUPS = 5_000;
const ROLES = 100;
const DOMAINS = ['local', 'campus', 'guests', 'SCX'];
const SECONDS = 5;

/** A small repeatable generator (xorshift32): every run asks the same. */
let state = 0x9e3779b9;
function below(limit: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

function pick<T>(list: readonly T[]): T {
  return list[below(list.length)]!;
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function milliseconds(from: bigint): number {
  return Number(process.hrtime.bigint() - from) / 1e6;
}

const groups = times(
  GROUPS,
  (index): Principal => ({
    type: 'group',
    name: `Group ${index}`,
    domain: pick(DOMAINS),
    module: '2:ldap',
    aliases: [`cn=Group ${index},ou=Groups,dc=campus,dc=example`],
  }),
);
const spelled = ({ domain, name, aliases }: Principal): string =>
  pick([`${domain}\\${name}`, `${name.toUpperCase()}@${domain}`, aliases![0]!]);

const { policy } = AccessPolicy.compile({
  domains: new Map([['SCX', { dns: 'scx.example.org' }]]),
  roles: new Map(
    times(ROLES, (index) => [`role-${index}`, times(3, () => ({ type: 'group', name: spelled(pick(groups)) }))]),
  ),
  realms: new Map([['staff', { loginDomains: DOMAINS, wrappingDomains: [] }]]),
});

const rules = times(SERVICES, (index): AdmissionRule => {
  const compiled = compileAdmissionRule(policy, 'staff', {
    authorizedGroups: times(below(12), () => spelled(pick(groups))),
    unauthorizedGroups: times(below(4), () => pick([spelled(pick(groups)), pick(groups).name])),
    requireRoles: index % 4 === 0 ? [`role-${below(ROLES)}`] : [],
  });
  if (compiled.kind === 'refused') throw new Error(compiled.problems[0]?.message);
  return compiled.rule;
});

const subjects = times(SUBJECTS, (index): Subject => {
  const user: Principal = { type: 'user', name: `user${index}`, domain: 'campus', module: '2:ldap' };
  return makeSubject({
    realm: 'staff',
    domain: 'campus',
    name: user.name,
    principals: [user, ...times(GROUPS_EACH, () => pick(groups))],
  });
});

const prepared = process.hrtime.bigint();
for (const subject of subjects) decide(subject, rules[0]!);
const microsecondsPerSubject = (milliseconds(prepared) * 1000) / SUBJECTS;

let permitted = 0;
function run(count: number): number {
  const start = process.hrtime.bigint();
  for (let index = 0; index < count; index += 1) {
    if (decide(subjects[below(SUBJECTS)]!, rules[below(SERVICES)]!).permitted) permitted += 1;
  }
  return milliseconds(start) / 1000;
}

run(500_000);
permitted = 0;
let decisions = 0;
let seconds = 0;
const processor = process.cpuUsage();
while (seconds < SECONDS) {
  seconds += run(500_000);
  decisions += 500_000;
}

const { user, system } = process.cpuUsage(processor);
const processorSeconds = (user + system) / 1e6;

const checked = 2_000;
for (let index = 0; index < checked; index += 1) {
  const [subject, rule] = [pick(subjects), pick(rules)];
  const { reason } = explainDecision(subject, rule);
  if (decide(subject, rule).reason !== reason) throw new Error(`decide and explainDecision differ: ${reason}`);
}

process.stdout.write(
  `${JSON.stringify({
    bench: 'access',
    subjects: SUBJECTS,
    groupsEach: GROUPS_EACH,
    services: SERVICES,
    decisions,
    decisionsPerSecond: Math.round(decisions / seconds),
    decisionsPerProcessorSecond: Math.round(decisions / processorSeconds),
    permittedShare: Number((permitted / decisions).toFixed(3)),
    microsecondsPerSubject: Number(microsecondsPerSubject.toFixed(1)),
    checked,
  })}\n`,
);
