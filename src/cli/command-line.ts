/**
 * The command line: noun and verb, a table by default, `--output json` for programs, stable exit codes.
 *
 * A command parses, calls one act and prints; it decides nothing itself.
 */
import { Command, CommanderError, Option } from 'commander';
import { CodedError, messageOf } from '../base/index.ts';
import { addAuditCommands } from './commands/audit.ts';
import { addCheckCommand } from './commands/check.ts';
import { addConfigCommands } from './commands/config.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addGroupCommands } from './commands/group.ts';
import { addHostCommands } from './commands/host.ts';
import { addLdifCommands } from './commands/ldif.ts';
import { addLoginCommands } from './commands/login.ts';
import { addPasswordCommands } from './commands/password.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSessionCommands } from './commands/session.ts';
import { addStoreCommands } from './commands/store.ts';
import { addUserCommands } from './commands/user.ts';
import type { Act } from './common-options.ts';
import { EXIT } from './output.ts';
import type { CommandPorts } from './ports.ts';

/** Parses and runs `argv` (without node and the program); resolves the exit code. */
export async function runCommandLine(argv: readonly string[], ports: CommandPorts): Promise<number> {
  let code: number = EXIT.ok;
  const act: Act = async (run) => {
    code = await run();
  };
  const program = createProgram(ports);
  for (const add of [
    addServeCommand,
    addCheckCommand,
    addExplainCommand,
    addLoginCommands,
    addSessionCommands,
    addConfigCommands,
    addPasswordCommands,
    addAuditCommands,
    addStoreCommands,
    addUserCommands,
    addGroupCommands,
    addHostCommands,
    addLdifCommands,
  ]) {
    add(program, ports, act);
  }
  inheritSettings(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    ports.terminal.err(`realmgate: ${describe(error)}\n`);
    return error instanceof CodedError && /_(?:DOWN|LOCKED|UNAVAILABLE)$/.test(error.code) ? EXIT.unavailable : EXIT.no;
  }
}

function createProgram({ terminal, version, defaultPaths }: CommandPorts): Command {
  const program = new Command('realmgate');
  program
    .description('Security realms, allow and deny groups, and an asserted identity that no client can forge.')
    .version(version)
    .addOption(
      new Option('-c, --config <path>', 'configuration file or folder; may be repeated, later ones win')
        .default([] as string[], defaultPaths.join(' '))
        .argParser((value: string, before: string[]) => [...before, value]),
    )
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
    .addHelpText('after', HELP)
    .showHelpAfterError('`realmgate --help` lists the commands, and `realmgate COMMAND --help` what one takes')
    .exitOverride();
  return program;
}

const HELP = `
Examples:
  realmgate serve --config realmgate.yaml      start serving
  realmgate check                              is the configuration right, and is it wise?
  realmgate explain 01M81A58XC-a-FD2VYN6YJJ    why was somebody let in or refused?
  realmgate login test --service portal --user alice --password-stdin < password
  realmgate session revoke --user alice        end every session of a user, everywhere, now
  realmgate user add alice --generate          add a person to the directory
  realmgate config append services.portal.authorizedGroups 'campus\\labs'
`;

/** Subcommands print and fail as the program does. */
function inheritSettings(command: Command): void {
  for (const sub of command.commands) {
    sub.copyInheritedSettings(command);
    inheritSettings(sub);
  }
}

function describe(error: unknown): string {
  return error instanceof CodedError ? `${error.message} (${error.code})` : messageOf(error);
}
