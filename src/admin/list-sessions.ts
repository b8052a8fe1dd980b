/** The act `session-list`: who is logged in, since when, where. */
import type { AdminPorts } from './ports.ts';

export interface SessionRow {
  /** What `session revoke` takes; never the cookie. */
  readonly id: string;
  /** The single-sign-on session that it belongs to; its own id for that one. */
  readonly root: string;
  readonly user: string;
  readonly domain: string;
  readonly realm: string;
  readonly host: string;
  readonly client: string;
  /** ISO 8601. */
  readonly since: string;
}

export async function listSessions(
  { sessions }: AdminPorts,
  { user }: { readonly user?: string | undefined },
): Promise<readonly SessionRow[]> {
  const rows: SessionRow[] = [];
  for (const session of sessions.list()) {
    const { subject } = session;
    if (user !== undefined && subject.name.toLowerCase() !== user.toLowerCase()) continue;
    rows.push({
      id: session.id,
      root: session.parent ?? session.id,
      user: subject.name,
      domain: subject.domain,
      realm: subject.realm,
      host: session.host,
      client: session.client ?? '',
      since: new Date(session.createdAt).toISOString(),
    });
  }
  return rows;
}
