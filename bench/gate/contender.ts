/**
 * Contender is one side of a contest: where its requests go, and what they are. Before it is measured every person's
 * answer is looked at, so that no error page is ever measured.
 */
import { type Answer, ask } from '../../scripts/quickstart/browser.ts';
import { PEOPLE } from './people.ts';
import type { Program } from './program.ts';

export interface Contender {
  readonly name: string;
  readonly port: number;
  readonly host: string;
  /** The programs whose processor time is counted: everything between the load and the application. */
  readonly programs: readonly Program[];
  /** The headers that are its own for the person of this number, at a path: name, value, name, value. */
  readonly headers: (person: number, path: string) => readonly string[];
  /** What is asked for a path; the path itself unless the contender is asked about it. */
  readonly target: (path: string) => string;
  /** Whom the answer asserts; compared with the person's uid. */
  readonly asserted: (answer: Answer) => string | undefined;
}

/** A browser's headers, the same for everybody. */
const BROWSER = [
  'User-Agent',
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Accept',
  'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language',
  'en-US,en;q=0.5',
  'Accept-Encoding',
  'gzip, deflate',
];

export interface Question {
  readonly person: number;
  readonly path: string;
}

/** A request as it stands on the wire. */
export function wireRequest(contender: Contender, { person, path }: Question): string {
  const headers = ['Host', contender.host, ...BROWSER, ...contender.headers(person, path)];
  let text = `GET ${contender.target(path)} HTTP/1.1\r\n`;
  for (let at = 0; at < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${text}\r\n`;
}

/** Asks once as everybody; throws at the first answer that is not this person's page. */
export async function checkAnswers(contender: Contender, questions: readonly Question[]): Promise<void> {
  const open = new Set(PEOPLE.keys());
  for (const question of questions) {
    if (!open.delete(question.person)) continue;
    const headers = [...BROWSER, ...contender.headers(question.person, question.path)];
    const address = `http://${contender.host}:${contender.port}${contender.target(question.path)}`;
    const answer = await ask(address, { headers });
    const asserted = contender.asserted(answer);
    if (answer.status === 200 && asserted === PEOPLE[question.person]!.uid) continue;
    throw new Error(`${contender.name}: ${answer.status}, asserted ${asserted}: ${answer.body.slice(0, 200)}`);
  }
}
