/** Changes one entry of a directory for each line that it is sent, and says what became of it and what a reader sees. */
import { createInterface } from 'node:readline';
import { DirectorySite, modification, person } from './directory-site.ts';

const ALICE = 'uid=alice,ou=People';
const ends: (() => Promise<void>)[] = [];
const site = await DirectorySite.open(
  { after: (end) => void ends.push(end) },
  { folder: process.argv[2]!, keep: true },
);
await site.mustAdd(ALICE, person('alice'));

const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
say({ opened: true });
let count = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  count += 1;
  const { code } = await site.modify(ALICE, modification('replace', 'sn', `value ${count}`));
  say({ code, sn: site.values(ALICE, 'sn')[0], readOnly: site.directory.readOnly !== undefined });
}
for (const end of ends) await end();
