/** `realmgate login test` */
import type { Command } from 'commander';
import { callAct } from '../call-act.ts';
import { type Act, commonOptions } from '../common-options.ts';
import { EXIT, json } from '../output.ts';
import type { CommandPorts } from '../ports.ts';
import { printExplanation } from '../print-explanation.ts';

export function addLoginCommands(program: Command, ports: CommandPorts, act: Act): void {
  const login = program.command('login').description('try a login');
  login
    .command('test')
    .description('log in as a user at a service and show every step; never counts at the lockout')
    .requiredOption('--service <name>', 'the service; its realm is asked')
    .requiredOption('--user <name>', 'the login name')
    .option('--password-stdin', 'read the password from standard input (one trailing newline is cut)')
    .action((options: { service: string; user: string; passwordStdin?: true }, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        if (options.passwordStdin !== true) {
          ports.terminal.err(
            'realmgate: give the password with --password-stdin, so that it stays out of the process list\n',
          );
          return EXIT.usage;
        }
        const password = (await ports.terminal.readInput()).replace(/\r?\n$/, '');
        const report = await callAct(ports, config, 'login-test', {
          service: options.service,
          user: options.user,
          password,
        });
        ports.terminal.out(output === 'json' ? json(report) : printExplanation(report.explanation));
        return report.admitted ? EXIT.ok : report.outcome === 'unavailable' ? EXIT.unavailable : EXIT.no;
      }),
    );
}
