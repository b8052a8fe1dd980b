/** `realmgate config get|set|append|remove|keys|schema` */
import type { Command } from 'commander';
import {
  appendKey,
  type EditResult,
  type EditTarget,
  formatProblem,
  generateJsonSchema,
  getKey,
  listKeys,
  type Problem,
  removeKey,
  setKey,
} from '../../config/index.ts';
import { type Act, commonOptions } from '../common-options.ts';
import { EXIT, json, type OutputFormat, table } from '../output.ts';
import type { CommandPorts } from '../ports.ts';

interface EditFlags {
  readonly dryRun?: true;
}

export function addConfigCommands(program: Command, ports: CommandPorts, act: Act): void {
  const { terminal } = ports;
  const config = program
    .command('config')
    .description('read and edit the configuration in place; comments stay')
    .addHelpText('after', HELP);
  const target = (command: Command): EditTarget => ({
    paths: commonOptions(command, ports).config,
    environment: ports.environment,
    schema: ports.schema,
  });

  config
    .command('get')
    .description('print the value of a key; secrets stay hidden')
    .argument('<key>')
    .action((key: string, _options: object, command: Command) =>
      act(async () => {
        const found = await getKey(target(command), key);
        if (found.kind === 'refused') return refuse(ports, found.problems);
        if (found.kind === 'absent') {
          terminal.err(`realmgate: no file has the key ${key}; \`realmgate config keys\` lists those that are there\n`);
          return EXIT.no;
        }
        terminal.out(commonOptions(command, ports).output === 'json' ? json(found) : `${found.value.trimEnd()}\n`);
        return EXIT.ok;
      }),
    );

  config
    .command('keys')
    .description('list the keys that are set, with their places')
    .argument('[prefix]', 'only those below this key', '')
    .action((prefix: string, _options: object, command: Command) =>
      act(async () => {
        const listed = await listKeys(target(command), prefix);
        if (listed.kind === 'refused') return refuse(ports, listed.problems);
        const rows = listed.keys.map(({ key, file, line }) => [key, `${file}:${line}`]);
        terminal.out(
          commonOptions(command, ports).output === 'json' ? json(listed.keys) : table(['KEY', 'PLACE'], rows),
        );
        return EXIT.ok;
      }),
    );

  config
    .command('set')
    .description('set a key to a value, written as YAML')
    .argument('<key>')
    .argument('<value>')
    .option('--dry-run', 'show the change and write nothing')
    .action((key: string, value: string, options: EditFlags, command: Command) =>
      act(async () => show(ports, command, await setKey(target(command), key, value, options))),
    );

  config
    .command('append')
    .description('append a value, written as YAML, to a list')
    .argument('<key>')
    .argument('<value>')
    .option('--dry-run', 'show the change and write nothing')
    .action((key: string, value: string, options: EditFlags, command: Command) =>
      act(async () => show(ports, command, await appendKey(target(command), key, value, options))),
    );

  config
    .command('remove')
    .description('remove a key or an item of a list')
    .argument('<key>')
    .option('--dry-run', 'show the change and write nothing')
    .action((key: string, options: EditFlags, command: Command) =>
      act(async () => show(ports, command, await removeKey(target(command), key, options))),
    );

  config
    .command('schema')
    .description('print the JSON Schema of the configuration, for editors')
    .action(() =>
      act(async () => {
        terminal.out(generateJsonSchema(ports.schema));
        return EXIT.ok;
      }),
    );
}

const HELP = `
Keys are written as a path: services.portal.authorizedGroups, realms.staff.modules[1].urls, services."a.b".realm

Examples:
  realmgate config append services.portal.authorizedGroups 'campus\\labs'
  realmgate config set realms.staff.modules[0].failures 10 --dry-run
`;

function show(ports: CommandPorts, command: Command, result: EditResult): number {
  const { terminal } = ports;
  if (result.kind === 'refused') return refuse(ports, result.problems);
  if (result.kind === 'absent') {
    terminal.err('realmgate: there is nothing to remove\n');
    return EXIT.no;
  }
  const output: OutputFormat = commonOptions(command, ports).output;
  if (output === 'json') terminal.out(json(result));
  else terminal.out(result.kind === 'unchanged' ? `unchanged: ${result.file}\n` : `${result.preview.trimEnd()}\n`);
  if (result.kind === 'changed' && result.alsoIn.length > 0) {
    terminal.err(`realmgate: the key is also in ${result.alsoIn.join(', ')}\n`);
  }
  return EXIT.ok;
}

function refuse({ terminal }: CommandPorts, problems: readonly Problem[]): number {
  for (const problem of problems) terminal.err(`realmgate: ${formatProblem(problem)}\n`);
  return EXIT.no;
}
