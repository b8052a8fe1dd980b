/**
 * The figures of the README that are counts, and how a test gives its part of one.
 *
 * A test says how many it tried and how many it found before it asserts, so that a figure that is not reached is in the
 * table too. Several tests may each give a part of one figure; bench/counts.ts adds them up.
 */
import { appendFileSync } from 'node:fs';

export interface CountFigure {
  readonly what: string;
  /** Whether all that were tried are to be found, or none. */
  readonly wanted: 'all' | 'none';
  /** How many must be tried. */
  readonly atLeast: number;
  /** The test files that give parts of it, in the folder of the tests. */
  readonly files: readonly string[];
}

export const COUNT_FIGURES = {
  'wrong-passwords-admitted': {
    what: 'wrong passwords admitted, at the example realm and at random stacks',
    wanted: 'none',
    atLeast: 201,
    files: ['realm/admission.test.ts'],
  },
  'jaas-stacks': {
    what: "control-flag stacks of up to 4 modules with the result and the calls of the JDK's own LoginContext",
    wanted: 'all',
    atLeast: 22_620,
    files: ['interop/jaas.test.ts'],
  },
  'header-forgeries': {
    what: 'header forgeries that reached a back end (Node, nginx, PHP-CGI), directly and through nginx, Caddy, HAProxy and Apache',
    wanted: 'none',
    atLeast: 5_000,
    files: ['web/proxy/header-forgery.test.ts', 'interop/http-confusion-headers.test.ts', 'interop/forgeries.test.ts'],
  },
  'path-confusions': {
    what: 'spellings of path and host for which Apache, nginx or Node served something else than was decided on',
    wanted: 'none',
    atLeast: 20_000,
    files: ['interop/http-confusion-paths.test.ts'],
  },
  'fail-open': {
    what: 'answers with an identity that should not be there, each part broken in turn, over every route',
    wanted: 'none',
    atLeast: 500,
    files: ['web/gate/fail-open.test.ts', 'interop/fail-open.test.ts'],
  },
  'revocations-lost': {
    what: 'sessions that lived again after their end was answered and the server killed',
    wanted: 'none',
    atLeast: 20,
    files: ['interop/session-end.test.ts'],
  },
  'secrets-written': {
    what: 'secrets found in what a busy server wrote and printed (each secret in each answer and output)',
    wanted: 'none',
    atLeast: 1_000,
    files: ['interop/secrets.test.ts'],
  },
  'lockout-extra-guesses': {
    what: 'guesses evaluated beyond the limit of the lockout, by other spellings of the name or many at a time',
    wanted: 'none',
    atLeast: 400,
    files: ['realm/lockout.test.ts', 'interop/lockout-doors.test.ts'],
  },
  'lockout-outage': {
    what: 'logins during an outage after which the user was locked',
    wanted: 'none',
    atLeast: 200,
    files: ['realm/lockout.test.ts', 'interop/lockout-doors.test.ts'],
  },
  'audit-mutations': {
    what: 'edits, deletions, reorderings and cuts of the audit trail detected',
    wanted: 'all',
    atLeast: 1_000,
    files: ['audit/verify.test.ts'],
  },
  'smallest-change': {
    what: 'random cases in which the smallest change is as small and as narrow as the best of brute force',
    wanted: 'all',
    atLeast: 1_000,
    files: ['access/smallest-change.test.ts'],
  },
  'decoder-cases': {
    what: 'broken BER, filters, names, LDIF, URLs, schema text and values on which a decoder threw, hung or gave what it is not',
    wanted: 'none',
    atLeast: 20_000,
    files: ['interop/values/decoder-fuzz.test.ts'],
  },
  'directory-bit-flips': {
    what: "bit flips at random offsets of the directory's store and of its log, detected or harmless",
    wanted: 'all',
    atLeast: 2_000,
    files: ['interop/journal-damage.test.ts'],
  },
  'directory-kill': {
    what: 'kill -9 while the directory writes, its store alone and a whole server over LDAP: acknowledged writes lost, and half ones',
    wanted: 'none',
    atLeast: 200,
    files: ['interop/store-kill.test.ts', 'interop/directory-kill.test.ts'],
  },
  'directory-disk-faults': {
    what: 'acknowledged writes of the directory, its store alone and a whole server, lost to a full disk, a read-only one, and fsync that fails',
    wanted: 'none',
    atLeast: 1_000,
    files: ['interop/store/journal-disk.test.ts', 'interop/directory-faults.test.ts'],
  },
  'directory-malformed': {
    what: 'malformed LDAP messages over sockets at which the server ended, hung, or grew by more than 64 MB',
    wanted: 'none',
    atLeast: 200_000,
    files: ['interop/directory/malformed.test.ts'],
  },
  'directory-answers': {
    what: 'generated LDAP requests answered as slapd answers them, or otherwise by a stated clause, with the state after each write',
    wanted: 'all',
    atLeast: 20_000,
    files: ['interop/directory/differential.test.ts'],
  },
} as const satisfies Readonly<Record<string, CountFigure>>;

export type CountFigureId = keyof typeof COUNT_FIGURES;

export interface CountPart {
  readonly id: CountFigureId;
  readonly tried: number;
  readonly found: number;
}

/** Prints a part of a figure, and appends it as a line of JSON to the file that REALMGATE_FIGURES names. */
export function recordFigure(id: CountFigureId, tried: number, found: number): void {
  const part: CountPart = { id, tried, found };
  console.log(`${COUNT_FIGURES[id].what}: ${writtenCount(part)}`);
  const file = process.env['REALMGATE_FIGURES'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(part)}\n`);
}

/** "0 of 5,000". */
export function writtenCount({ found, tried }: Omit<CountPart, 'id'>): string {
  const [first, second] = [found, tried].map((count) => count.toLocaleString('en-US'));
  return `${first} of ${second}`;
}
