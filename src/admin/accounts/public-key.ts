/** SSH public keys as `authorized_keys` has them. */
import { CodedError } from '../../base/index.ts';

const LINE = /^[a-z0-9@.-]+ [A-Za-z0-9+/]+=*(?: .*)?$/;

/** The line without space around it. @throws CodedError ADMIN_INPUT */
export function publicKey(line: string): string {
  const key = line.trim();
  if (LINE.test(key)) return key;
  throw new CodedError(
    'ADMIN_INPUT',
    'that is no SSH public key; give a line of authorized_keys: `ssh-ed25519 AAAA... name`',
  );
}

/** What stands after the key: whose it is. */
export function commentOf(key: string): string {
  return key.split(' ').slice(2).join(' ');
}
