/** A process that writes attempts until it is killed or refused; prints each id that `append` returned. */
import { writeSync } from 'node:fs';
import { auditSchema, openAuditTrail } from '../../src/audit/index.ts';
import { silentLogger, systemClock, systemRandom } from '../../src/base/index.ts';
import { attempt, headSigner } from './trail-fixture.ts';

const [folder = '', onFull = 'refuse', most = '1000000'] = process.argv.slice(2);
const trail = openAuditTrail({
  ...auditSchema.parse({ onFull }),
  folder,
  chain: 'a',
  clock: systemClock,
  random: systemRandom,
  signer: headSigner(),
  logger: silentLogger,
});
try {
  for (let i = 0; i < Number(most); i++) {
    const id = trail.append(attempt(trail, { name: 'n'.repeat(i % 700) }));
    writeSync(1, `${id}\n`);
  }
} catch (error) {
  writeSync(1, `${(error as { code?: string }).code}\n`);
}
process.exit(0);
