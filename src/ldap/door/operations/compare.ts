/** Compare (RFC 4511, 4.10). */
import type { Controls } from '../codec/controls.ts';
import type { CompareRequest } from '../codec/request.ts';
import type { DoorPorts } from '../ports.ts';
import type { Session } from '../session.ts';
import { type Reply, reply } from './reply.ts';

export function compare(
  { directory }: DoorPorts,
  { asker }: Session,
  { dn, attribute, value }: CompareRequest,
  controls: Controls,
): Reply {
  const result = directory().compare({ dn, attribute, value, assertion: controls.assertion }, asker);
  if (typeof result === 'object') return { result };
  return reply(result === 'true' ? 'compareTrue' : 'compareFalse', '');
}
