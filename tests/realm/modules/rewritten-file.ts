/** People log in by an htpasswd file that is rewritten all the while: the run of source-file.test.ts, long or short. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { open, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { silentLogger, systemClock, systemRandom } from '../../../src/base/index.ts';
import { createKeyDerivation } from '../../../src/password/index.ts';
import { htpasswdModule } from '../../../src/realm/modules/htpasswd.ts';
import { logIn, temporaryFolder } from './module-run.ts';

/** A line of an htpasswd file. */
export function line(user: string, password = user): string {
  return `${user}:{SHA}${hash('sha1', password, 'base64')}\n`;
}

/**
 * Fails at the first wrong answer, and when a removed user still logs in after 2.5 seconds. Resolves the number of
 * logins: at least `least`, and as many as it takes to rewrite the file `rewrites` times.
 */
export async function logInWhileRewritten(least: number, rewrites: number): Promise<number> {
  // In memory where that is possible: ext4 waits for the disk at each of these rewrites.
  const path = join(temporaryFolder(existsSync('/dev/shm') ? '/dev/shm' : tmpdir()), 'htpasswd');
  const everybody = Array.from({ length: 200 }, (_, index) => line(`user-${index}`)).join('');
  const versions = [`${everybody}${line('extra')}`, `${line('other')}${everybody}`];
  writeFileSync(path, versions[0]!);
  const definition = htpasswdModule(
    { use: 'htpasswd', domain: 'guests', file: path },
    { clock: systemClock, logger: silentLogger },
  );
  await definition.start?.();
  const passwords = createKeyDerivation({ clock: systemClock, random: systemRandom });

  let writing = true;
  const writer = (async () => {
    for (let count = 0; count < rewrites; count++) {
      const text = versions[count % 2]!;
      // Still for long enough to be taken, in the middle of it all.
      if (count === rewrites / 2) await sleep(1_300);
      if (count % 3 === 0) {
        await writeFile(`${path}.new`, text);
        await rename(`${path}.new`, path);
      } else {
        // Cut between two lines, where nothing looks wrong.
        const half = text.indexOf('\n', text.length / 2) + 1;
        const handle = await open(path, 'w');
        await handle.write(text.slice(0, half));
        if (count % 50 === 0) await sleep(10);
        await handle.write(text.slice(half));
        await handle.close();
      }
    }
    writing = false;
  })();

  let logins = 0;
  while (writing || logins < least) {
    const name = `user-${logins % 200}`;
    const right = logins % 2 === 0;
    const { result } = await logIn(definition, { name, password: right ? name : 'wrong' }, { passwords });
    assert.equal(result, right ? 'success' : 'wrong-credential');
    // A login from a door gives the event loop its turn.
    if (++logins % 4 === 0) await turn();
  }
  await writer;
  await writeFile(path, everybody.replace(line('user-7'), ''));
  const written = systemClock.monotonic();
  const result = async (name: string) => (await logIn(definition, { name, password: name }, { passwords })).result;
  while ((await result('user-7')) !== 'unknown-user') {
    assert.ok(systemClock.monotonic() - written < 2_500, 'a removed user still logs in after 2.5 seconds');
    await sleep(20);
  }
  assert.ok(systemClock.monotonic() - written >= 900);
  assert.equal(await result('user-8'), 'success');
  await definition.close?.();
  await passwords.close();
  return logins;
}
