/** Logs everybody in by the form, as their browsers would: start, login page, ticket, session of the service's host. */
import { type Answer, ask } from '../../scripts/quickstart/browser.ts';
import { PEOPLE, type Person } from './people.ts';

const AT_ONCE = 8;

/** The Cookie header of everybody at the service on `host`, reached at `port`. */
export async function logInEverybody(host: string, port: number): Promise<readonly string[]> {
  const cookies: string[] = [];
  for (let from = 0; from < PEOPLE.length; from += AT_ONCE) {
    const group = PEOPLE.slice(from, from + AT_ONCE);
    cookies.push(...(await Promise.all(group.map((person) => logIn(person, `http://${host}:${port}`)))));
  }
  return cookies;
}

async function logIn({ uid, password }: Person, origin: string): Promise<string> {
  const start = await ask(`${origin}/.realmgate/start?return=%2Fidm%2F`);
  const page = await ask(locationOf(start));
  const fields = new URLSearchParams({ name: uid, password });
  for (const [, name = '', value = ''] of page.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)) {
    fields.set(name, value);
  }
  const login = new URL(page.address);
  const sent = await ask(`${login.origin}/.realmgate/login`, {
    method: 'POST',
    headers: ['Content-Type', 'application/x-www-form-urlencoded', 'Origin', login.origin, 'Cookie', cookieOf(page)],
    body: fields.toString(),
  });
  const session = await ask(locationOf(sent), { headers: ['Cookie', cookieOf(start)] });
  return cookieOf(session);
}

function locationOf({ headers, status, address, body }: Answer): string {
  const location = headers['location'];
  if (typeof location !== 'string') throw new Error(`no way on from ${address}: ${status} ${body.slice(0, 300)}`);
  return location;
}

/** The first cookie that an answer sets. */
function cookieOf({ headers, address, status }: Answer): string {
  const [line] = [headers['set-cookie'] ?? []].flat();
  if (line === undefined) throw new Error(`no cookie from ${address}: ${status}`);
  return line.split(';')[0]!;
}
