/** An fsync that fails is never acknowledged: the SQLite store answers STORE_IO, serves reads, and goes on when the disk does. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openSqliteStore } from '../../src/store/index.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** Makes every fsync fail while the file named by FSYNC_FAILS exists. */
const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
static int refuse(void) { const char *f = getenv("FSYNC_FAILS"); if (f && access(f, F_OK) == 0) { errno = EIO; return 1; } return 0; }
int fsync(int fd) { int (*real)(int) = dlsym(RTLD_NEXT, "fsync"); return refuse() ? -1 : real(fd); }
int fdatasync(int fd) { int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync"); return refuse() ? -1 : real(fd); }
`;

it('the sqlite store acknowledges nothing that was not synced', async (t) => {
  const base = temporaryFolder(t);
  const [source, library, switched, folder] = ['shim.c', 'shim.so', 'fails', 'data'].map((name) => join(base, name));
  writeFileSync(source!, SHIM);
  execFileSync('cc', ['-shared', '-fPIC', '-o', library!, source!, '-ldl']);
  const program = join(import.meta.dirname, '../store/refused-process.ts');
  const child = spawn(process.execPath, [program, folder!], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, LD_PRELOAD: library, FSYNC_FAILS: switched },
  });
  t.after(() => child.kill('SIGKILL'));
  await wait(1000);
  writeFileSync(switched!, '');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? 'null') as unknown;
  const refused = (await next()) as { code: string; acknowledged: number; readable: number };
  assert.equal(refused.code, 'STORE_IO');
  assert.ok(refused.acknowledged > 0);
  assert.equal(refused.readable, refused.acknowledged, 'what was refused cannot be read');
  rmSync(switched!);
  child.stdin.write('go on\n');
  assert.deepEqual(await next(), { outcome: 'committed', readable: refused.acknowledged + 1 });
  child.stdin.end();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  const store = await openSqliteStore({ folder: folder!, clock: new ManualClock() });
  let kept = 0;
  for await (const { value } of store.list('b')) kept += value.byteLength === 100_000 ? 1 : 0;
  assert.equal(kept, refused.acknowledged + 1);
  await store.close();
});
