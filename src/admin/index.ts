/**
 * admin, floor 5: one file for each thing an administrator can do. Every door calls these acts.
 */
export { ADMINISTRATORS, plantFirstTree } from './accounts/first-tree.ts';
export { type ActInput, type ActName, type ActResult, type Acts, createActs, runAct } from './acts.ts';
export type { Explanation } from './explain.ts';
export type { SessionRow } from './list-sessions.ts';
export type { AdminGeneration, AdminPorts, ContentPort, GuardedService, ReloadReport } from './ports.ts';
