/** ldapts on a port of this machine, for as long as one act takes. */
import { Client } from 'ldapts';

/** Bound as an entry, or as nobody for an empty name; the name of the error when the directory answers with one. */
export async function clientOf<Result>(
  port: number,
  dn: string,
  password: string,
  act: (client: Client) => Promise<Result>,
): Promise<Result | string> {
  const client = new Client({ url: `ldap://127.0.0.1:${port}` });
  try {
    if (dn !== '') await client.bind(dn, password);
    return await act(client);
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  } finally {
    await client.unbind();
  }
}
