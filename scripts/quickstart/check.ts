/**
 * Drives the quickstart as its user would, and as an attacker would, and prints what the back end saw.
 */
import { type Answer, ask, Browser } from './browser.ts';
import { type Finding, seen } from './finding.ts';
import { directoryFindings } from './ldap-check.ts';
import type { ExamplePorts, ExampleSite, ExampleUser } from './site.ts';

const ID = 'X-BonFIRE-Asserted-ID';
/** Spellings under which a back end could read the header (attack S01), and a nomination that would remove it (S02). */
const FORGERIES: readonly (readonly string[])[] = [
  [ID, 'mallory'],
  ['x-bonfire-asserted-id', 'mallory'],
  ['X_BonFIRE_Asserted_ID', 'mallory'],
  ['X-BonFIRE_Asserted-ID', 'mallory'],
  ['X.BonFIRE.Asserted.ID', 'mallory'],
  [ID, 'mallory', ID, 'mallory'],
  [ID, ''],
  ['Connection', ID],
  ['Connection', `close, ${ID}`],
  ['X-Realmgate-Assertion', 'mallory'],
  ['X-Forwarded-Host', 'lab.localhost', 'X-Forwarded-User', 'mallory'],
];

/** Resolves 0 when everything is as it must be, else 1. */
export async function checkSite(site: ExampleSite, ports: ExamplePorts): Promise<number> {
  const { web } = ports;
  const app = `http://app.localhost:${web}/`;
  const lab = `http://lab.localhost:${web}/`;
  const user = (name: string) => site.users.find((candidate) => candidate.name === name)!;
  const [alice, bob, carol] = [user('alice'), user('bob'), user('carol')];
  const findings: Finding[] = [
    seen('nobody, from a terminal', '401', String((await ask(app)).status)),
    seen('alice by Basic (the directory)', 'alice', assertedId(await basic(app, alice))),
    seen('bob by Basic (htpasswd file)', 'bob', assertedId(await basic(app, bob))),
    seen('alice with a wrong password', '401', String((await basic(app, { ...alice, password: 'wrong' })).status)),
    seen('alice with an empty password', '401', String((await basic(app, { ...alice, password: '' })).status)),
    seen('carol, who is in the denied group', '403', String((await basic(app, carol)).status)),
    seen('bob at the lab, where he is in no group', '403', String((await basic(lab, bob)).status)),
    seen('an address with ..%2f in it', '400', String((await ask(`${app}x/..%2fsecret`, credentials(alice))).status)),
    ...(await directoryFindings(site, ports)),
    ...(await formLogin(app, lab, alice)),
    ...(await forgeries(app, bob)),
  ];
  const width = Math.max(...findings.map(({ what }) => what.length));
  for (const { what, expected, seen: got } of findings) {
    console.log(
      `${expected === got ? 'ok  ' : 'BAD '} ${what.padEnd(width)}  ${got}${expected === got ? '' : `  (expected ${expected})`}`,
    );
  }
  const bad = findings.filter(({ expected, seen: got }) => expected !== got).length;
  console.log(bad === 0 ? `\nall ${findings.length} as they must be` : `\n${bad} of ${findings.length} are wrong`);
  return bad === 0 ? 0 : 1;
}

async function formLogin(app: string, lab: string, { name, password }: ExampleUser): Promise<Finding[]> {
  const browser = new Browser();
  const form = await browser.visit(app);
  const refused = await browser.submit(form, { name, password: 'wrong' });
  const page = await browser.submit(refused, { name, password });
  const other = await browser.visit(lab);
  const out = await browser.submit(await browser.visit(`${app}.realmgate/logout`), {});
  const after = await browser.visit(lab);
  return [
    seen('a browser without a session gets the login page', 'Log in to app', title(form)),
    seen('a wrong password at the form', '401', String(refused.status)),
    seen('alice by the form', `Hello, ${name}`, heading(page)),
    seen('the second service, without another login', `Hello, ${name}`, heading(other)),
    seen('logging out', 'Logged out', title(out)),
    seen('the second service after that', 'Log in to lab', title(after)),
  ];
}

async function forgeries(app: string, user: ExampleUser): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const forged of FORGERIES) {
    const basicHeader = credentials(user).headers ?? [];
    const answer = await ask(app, { headers: [...forged, ...basicHeader, ...forged] });
    findings.push(seen(`forged ${forged.join(': ')}`, user.name, assertedId(answer)));
  }
  const nobody = await ask(app, { headers: [ID, 'mallory'] });
  findings.push(seen('forged, without a login', '401', String(nobody.status)));
  return findings;
}

function credentials({ name, password }: Pick<ExampleUser, 'name' | 'password'>): { headers: readonly string[] } {
  return { headers: ['Authorization', `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`] };
}

function basic(address: string, user: Pick<ExampleUser, 'name' | 'password'>): Promise<Answer> {
  return ask(address, credentials(user));
}

/** What the back end would believe: every value of every spelling of the header, joined; the status when it was not reached. */
function assertedId({ status, body }: Answer): string {
  if (status !== 200) return String(status);
  const { headers } = JSON.parse(body) as { headers: [string, string][] };
  const values = headers.filter(([name]) => /^x[^a-z0-9]bonfire[^a-z0-9]asserted[^a-z0-9]id$/i.test(name));
  const assertions = headers.filter(([name]) => /^x[^a-z0-9]realmgate[^a-z0-9]assertion$/i.test(name));
  if (assertions.length !== 1 || assertions[0]![1].split('.').length !== 3) return 'no signed assertion';
  return values.map(([, value]) => value).join(' and ') || 'nobody';
}

function title({ body }: Answer): string {
  return /<title>([^<]*)<\/title>/.exec(body)?.[1] ?? '(no page)';
}

function heading({ body }: Answer): string {
  return /<h1>([^<]*)<\/h1>/.exec(body)?.[1] ?? '(no page)';
}
