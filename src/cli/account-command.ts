/**
 * What the commands on accounts share: call an act and print its report, as a table or as JSON, and read a password
 * where nobody sees it.
 */
import { type Command, InvalidArgumentError } from 'commander';
import type { ActInput, ActName, ActResult } from '../admin/index.ts';
import { callAct } from './call-act.ts';
import { type Act, commonOptions } from './common-options.ts';
import { EXIT, json } from './output.ts';
import type { CommandPorts } from './ports.ts';

/** The flags of everything that changes something. */
export interface ChangeFlags {
  readonly dryRun?: true;
}

export interface PasswordFlags {
  readonly passwordStdin?: true;
  readonly generate?: true;
  readonly force?: true;
}

/** How a password is given; for every command that sets one. */
export const PASSWORD_OPTIONS = {
  stdin: ['--password-stdin', 'read the password from standard input (one trailing newline is cut)'],
  generate: ['--generate', 'make a password and print it once'],
  force: ['--force', 'set a password that the policy does not let people choose'],
} as const;

export const DRY_RUN = ['--dry-run', 'only check it, and change nothing'] as const;

interface PasswordInput {
  readonly password?: string;
  readonly generate?: boolean;
  readonly force?: boolean;
}

export class AccountCommands {
  readonly #ports: CommandPorts;
  readonly #act: Act;

  constructor(ports: CommandPorts, act: Act) {
    this.#ports = ports;
    this.#act = act;
  }

  /** Calls the act and prints what `format` makes of its report. */
  run<Name extends ActName>(
    command: Command,
    name: Name,
    input: ActInput<Name> | (() => Promise<ActInput<Name>>),
    format: (report: ActResult<Name>) => string,
  ): Promise<void> {
    return this.#act(async () => {
      const { config, output } = commonOptions(command, this.#ports);
      const given = typeof input === 'function' ? await input() : input;
      const report = await callAct(this.#ports, config, name, given);
      this.#ports.terminal.out(output === 'json' ? json(report) : format(report));
      return EXIT.ok;
    });
  }

  /** The password on standard input without its line end, or that one is to be made; neither when nothing was said. */
  async password({ generate, passwordStdin, force }: PasswordFlags): Promise<PasswordInput> {
    if (generate === true) return { generate: true };
    if (passwordStdin !== true) return {};
    return { password: (await this.#ports.terminal.readInput()).replace(/\r?\n$/, ''), force: force === true };
  }
}

/** `would` before the verb in a dry run. */
export function verb(flags: ChangeFlags, past: string, infinitive: string): string {
  return flags.dryRun === true ? `would ${infinitive}` : past;
}

export function generatedLine(generated: string | undefined): string {
  return generated === undefined ? '' : `password: ${generated}\nit is shown this once\n`;
}

/** For an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}
