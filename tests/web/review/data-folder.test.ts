/** Whoever may write in the data folder may put other keys and sessions there: such a folder is not served from. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { silentLogger, systemClock, systemRandom } from '../../../src/base/index.ts';
import { configurationSchema } from '../../../src/realmgate/index.ts';
import { openInstallation } from '../../../src/realmgate/installation.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'realmgate-data-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function open(mode: number): Promise<void> {
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  chmodSync(data, mode);
  const configuration = { ...configurationSchema.parse({}), data };
  const machine = { clock: systemClock, random: systemRandom, logger: silentLogger, version: '0' };
  await (await openInstallation(configuration, machine)).close();
}

describe('a data folder', () => {
  it('that everybody may write in is refused, with what to do', async () => {
    for (const mode of [0o777, 0o1777, 0o702]) {
      await assert.rejects(open(mode), { code: 'CONFIGURATION_DATA_OPEN', message: /chmod o-w / });
    }
  });

  it('that others may at most read is taken', async () => {
    for (const mode of [0o700, 0o750, 0o755, 0o770]) await open(mode);
  });
});
