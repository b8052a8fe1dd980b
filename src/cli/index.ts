/**
 * cli, floor 6: the command line: parse, call an act (through the control socket or in process), print.
 */
export { runCommandLine } from './command-line.ts';
export { EXIT, type Terminal } from './output.ts';
export type { CheckReport, CommandPorts, OpenActs } from './ports.ts';
