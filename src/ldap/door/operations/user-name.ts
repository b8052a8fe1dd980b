/** A user named in an extended operation or by SASL: `dn:` and a name, `u:` and a login name, or either without (RFC 4513, 5.2.1.8). */
import { type DistinguishedName, parseDistinguishedName } from '../../../x500/index.ts';
import type { BindName } from '../bind-authority.ts';
import type { DirectoryPort } from '../ports.ts';

/** The name of the entry; undefined when no entry has that login name. A DN is taken as it is, whether there is such an entry or not. */
export function userNamed(directory: DirectoryPort, user: string): DistinguishedName | undefined {
  if (/^u:/i.test(user)) return byLoginName(directory, user.slice(2));
  const name = parseDistinguishedName(user.replace(/^dn:/i, ''));
  return name !== undefined && name.rdns.length > 0 ? name : byLoginName(directory, user);
}

function byLoginName({ logins, view }: DirectoryPort, name: string): DistinguishedName | undefined {
  const entry = logins.find(name);
  return entry === undefined ? undefined : parseDistinguishedName(view.dnText(entry));
}

/** The same for a bind, which finds the entry itself. */
export function bindNameOf(user: string): BindName {
  const text = user.replace(/^dn:/i, '');
  const isDn = text !== user || (parseDistinguishedName(text)?.rdns.length ?? 0) > 0;
  return isDn ? { by: 'dn', octets: Buffer.from(text) } : { by: 'login-name', name: user.replace(/^u:/i, '') };
}
