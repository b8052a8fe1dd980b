/** Takes the lock on a data folder, says so, and holds it until it is killed. */
import { lockDataFolder } from '../../src/store/index.ts';

lockDataFolder(process.argv[2]!);
process.stdout.write('held\n');
process.stdin.resume();
