/** `realmgate check` */
import type { Command } from 'commander';
import { type Act, commonOptions } from '../common-options.ts';
import { EXIT, json } from '../output.ts';
import type { CheckReport, CommandPorts } from '../ports.ts';

export function addCheckCommand(program: Command, ports: CommandPorts, act: Act): void {
  program
    .command('check')
    .description('check the configuration: is it right, and is it wise?')
    .option('--strict', 'warnings count as errors', false)
    .action((options: { strict: boolean }, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        const report = await ports.check(config);
        ports.terminal.out(output === 'json' ? json(report) : describe(report));
        return report.errors.length > 0 || (options.strict && report.warnings.length > 0) ? EXIT.no : EXIT.ok;
      }),
    );
}

function describe({ errors, warnings, realms, services }: CheckReport): string {
  const lines = [...errors.map((error) => `error: ${error}`), ...warnings.map((warning) => `warning: ${warning}`)];
  if (errors.length === 0) lines.push(`the configuration is right: ${realms} realms, ${services} services`);
  return `${lines.join('\n')}\n`;
}
