/** The act `session-revoke`: ends a session, or all of a user, on every host, open connections included. */
import { listSessions } from './list-sessions.ts';
import type { AdminPorts } from './ports.ts';

export interface RevokeInput {
  /** A session's id; it and all that came from the same login end. */
  readonly id?: string | undefined;
  /** A user's name: all sessions of that name end, whatever the realm. */
  readonly user?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface RevokeReport {
  /** The sessions that ended (or would, in a dry run). */
  readonly ended: readonly string[];
}

export async function revokeSessions(ports: AdminPorts, input: RevokeInput): Promise<RevokeReport> {
  const { id, user } = input;
  if (id === undefined && user === undefined) return { ended: [] };
  const all = await listSessions(ports, { user });
  const roots = new Set(all.filter((row) => id === undefined || row.id === id).map((row) => row.root));
  const ended = all.filter((row) => roots.has(row.root));
  if (input.dryRun !== true) {
    // All of them, whatever becomes of one: a store that takes nothing must keep nobody in.
    const ends = await Promise.allSettled([...roots].map((root) => ports.sessions.end(root, 'revoked')));
    for (const row of ended) {
      const act = {
        kind: 'act',
        action: 'session.revoke',
        by: 'operator',
        target: `${row.domain}\\${row.user}`,
      } as const;
      ports.trail.append({ ...act, id: ports.trail.newId(), detail: { session: row.id, host: row.host } });
    }
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }
  return { ended: ended.map((row) => row.id) };
}
