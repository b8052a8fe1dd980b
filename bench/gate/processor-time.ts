/** Processor time of programs and of the whole machine, as Linux counts it in /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second there (USER_HZ). */
const TICKS_A_SECOND = 100;

interface Usage {
  readonly parent: number;
  readonly own: number;
  /** Of children that have ended. */
  readonly ended: number;
}

/** Seconds that a process and its living children have used. */
export function processorSeconds(root: number): number {
  const all = usages();
  const belongs = (pid: number): boolean => pid === root || (all.has(pid) && belongs(all.get(pid)!.parent));
  let ticks = 0;
  for (const [pid, { own }] of all) if (belongs(pid)) ticks += own;
  return ticks / TICKS_A_SECOND;
}

/** Seconds that everything but this process and its children, living and ended, has used since the machine started. */
export function othersSeconds(): number {
  const [, ...times] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.split(/\s+/).map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = times;
  const ended = usages().get(process.pid)?.ended ?? 0;
  return (user + nice + system + irq + softirq + steal - ended) / TICKS_A_SECOND - processorSeconds(process.pid);
}

function usages(): ReadonlyMap<number, Usage> {
  const all = new Map<number, Usage>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [, parent = 0] = fields;
      const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11);
      all.set(Number(name), { parent, own: user + system, ended: endedUser + endedSystem });
    } catch {
      // It ended while the list was read.
    }
  }
  return all;
}
