/** `realmgate password hash|verify` */
import type { Command } from 'commander';
import { Secret, systemClock, systemRandom } from '../../base/index.ts';
import { createKeyDerivation } from '../../password/index.ts';
import type { Act } from '../common-options.ts';
import { EXIT } from '../output.ts';
import type { CommandPorts } from '../ports.ts';

export function addPasswordCommands(program: Command, { terminal }: CommandPorts, act: Act): void {
  const password = program.command('password').description('stored forms of passwords');
  password
    .command('hash')
    .description(
      'read a password from standard input and print its argon2id form, for an htpasswd file or an SQL table',
    )
    .action(() =>
      act(() =>
        withKeyDerivation(async (keys) => {
          const entered = new Secret((await terminal.readInput()).replace(/\r?\n$/, ''));
          if (entered.isEmpty) {
            terminal.err('realmgate: an empty password never logs in; nothing was hashed\n');
            return EXIT.usage;
          }
          terminal.out(`${await keys.hash(entered)}\n`);
          return EXIT.ok;
        }),
      ),
    );
  password
    .command('verify')
    .description('read a password from standard input and say whether a stored form is of it')
    .argument('<stored>', 'the stored form')
    .action((stored: string) =>
      act(() =>
        withKeyDerivation(async (keys) => {
          const verdict = await keys.verify(stored, new Secret((await terminal.readInput()).replace(/\r?\n$/, '')));
          terminal.out(`${verdict}\n`);
          return verdict === 'match' ? EXIT.ok : EXIT.no;
        }),
      ),
    );
}

async function withKeyDerivation(
  run: (keys: ReturnType<typeof createKeyDerivation>) => Promise<number>,
): Promise<number> {
  const keys = createKeyDerivation({ clock: systemClock, random: systemRandom });
  try {
    return await run(keys);
  } finally {
    await keys.close();
  }
}
