/** The act `status`: that somebody serves, and with what. */
import type { AdminPorts } from './ports.ts';

export interface StatusReport {
  readonly pid: number;
  readonly generation: number;
  readonly realms: readonly string[];
  readonly services: readonly string[];
  readonly sessions: number;
}

export async function status({ generation, sessions }: AdminPorts): Promise<StatusReport> {
  const { number, realms, services } = generation();
  return {
    pid: process.pid,
    generation: number,
    realms: [...realms.keys()],
    services: [...services.keys()],
    sessions: [...sessions.list()].length,
  };
}
