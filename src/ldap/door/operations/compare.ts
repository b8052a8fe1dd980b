/** Compare (RFC 4511, 4.10). */
import type { Controls } from '../codec/controls.ts';
import type { CompareRequest } from '../codec/request.ts';
import type { DoorPorts } from '../ports.ts';
import type { Session } from '../session.ts';
import { type Reply, reply } from './reply.ts';
import type { ServerEntries } from './search.ts';

export function compare(
  { directory }: DoorPorts,
  server: ServerEntries,
  session: Session,
  { name, dn, attribute, value }: CompareRequest,
  controls: Controls,
): Reply {
  const made = server.entryNamed(name, session);
  if (made !== undefined) return { result: made.compare(attribute, value) };
  const result = directory().compare({ dn, attribute, value, assertion: controls.assertion }, session.asker);
  if (typeof result === 'object') return { result };
  return reply(result === 'true' ? 'compareTrue' : 'compareFalse', '');
}
