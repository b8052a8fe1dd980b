/** `realmgate explain ID` */
import type { Command } from 'commander';
import { callAct } from '../call-act.ts';
import { type Act, commonOptions } from '../common-options.ts';
import { EXIT, json } from '../output.ts';
import type { CommandPorts } from '../ports.ts';
import { printExplanation } from '../print-explanation.ts';

export function addExplainCommand(program: Command, ports: CommandPorts, act: Act): void {
  program
    .command('explain')
    .description('say why somebody was let in or refused, and the smallest change that would have made it otherwise')
    .argument('<id>', 'the code that the user was shown')
    .action((id: string, _options: object, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        const explanation = await callAct(ports, config, 'explain', { id });
        if (explanation === undefined) {
          ports.terminal.err(
            `realmgate: no login or decision has the id ${id}; is it spelled right, and is its day still kept?\n`,
          );
          return EXIT.no;
        }
        ports.terminal.out(output === 'json' ? json(explanation) : printExplanation(explanation));
        return EXIT.ok;
      }),
    );
}
