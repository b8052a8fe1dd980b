/** What every command shares: where the configuration is, how to print, and how its action ends. */
import type { Command } from 'commander';
import type { OutputFormat } from './output.ts';
import type { CommandPorts } from './ports.ts';

/** What every command has: where the configuration is and how to print. */
export interface CommonOptions {
  readonly config: readonly string[];
  readonly output: OutputFormat;
}

/** Adds a command's action: its result is the exit code. */
export type Act = (run: () => Promise<number>) => Promise<void>;

/** The options of the program, as a command's action sees them. */
export function commonOptions(command: Command, { defaultPaths }: CommandPorts): CommonOptions {
  const { config, output } = command.optsWithGlobals<{ config: string[]; output: OutputFormat }>();
  return { config: config.length > 0 ? config : defaultPaths, output };
}
