/** Asks the directory of the quickstart as LDAP clients do. */
import { Client, InvalidCredentialsError } from 'ldapts';
import { type Finding, seen } from './finding.ts';
import { type ExamplePorts, type ExampleSite, SUFFIX } from './site.ts';

export async function directoryFindings(site: ExampleSite, { ldap }: ExamplePorts): Promise<Finding[]> {
  const alice = `uid=alice,ou=People,${SUFFIX}`;
  const password = site.users.find(({ name }) => name === 'alice')?.password ?? '';
  const portal = `cn=${site.portal.name},ou=Hosts,${SUFFIX}`;
  const ask = <Result>(dn: string, secret: string, act: (client: Client) => Promise<Result>) =>
    asking(ldap, dn, secret, act);
  return [
    seen('alice by an LDAP bind', 'bound', await ask(alice, password, async () => 'bound')),
    seen('alice by an LDAP bind, wrong password', 'refused', await ask(alice, 'wrong', async () => 'bound')),
    seen(
      'the portal asks for the groups of alice',
      'labs',
      await ask(portal, site.portal.password, async (client) => {
        const { searchEntries } = await client.search(`ou=Groups,${SUFFIX}`, {
          filter: '(&(objectClass=posixGroup)(memberUid=alice))',
          attributes: ['cn'],
        });
        return searchEntries.map(({ cn }) => String(cn)).join(' ');
      }),
    ),
    seen(
      'the portal asks for her password',
      'none',
      await ask(portal, site.portal.password, async (client) => {
        const { searchEntries } = await client.search(alice, { scope: 'base', attributes: ['userPassword'] });
        // The client lists what it asked for, with no value where none came.
        return searchEntries.flatMap(({ userPassword }) => userPassword ?? []).length > 0 ? 'shown' : 'none';
      }),
    ),
  ];
}

async function asking<Result>(
  port: number,
  dn: string,
  password: string,
  act: (client: Client) => Promise<Result>,
): Promise<string> {
  const client = new Client({ url: `ldap://127.0.0.1:${port}` });
  try {
    await client.bind(dn, password);
    return String(await act(client));
  } catch (error) {
    return error instanceof InvalidCredentialsError ? 'refused' : String(error);
  } finally {
    await client.unbind();
  }
}
