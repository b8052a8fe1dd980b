/** `realmgate serve` */
import type { Command } from 'commander';
import { type Act, commonOptions } from '../common-options.ts';
import type { CommandPorts } from '../ports.ts';

export function addServeCommand(program: Command, ports: CommandPorts, act: Act): void {
  program
    .command('serve')
    .description('serve until stopped; SIGHUP reloads the configuration, SIGTERM drains')
    .action((_options, command: Command) => act(() => ports.serve(commonOptions(command, ports).config)));
}
