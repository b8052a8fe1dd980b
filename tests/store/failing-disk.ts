/** A process whose disk, or one place of it, can be made to fail: fsync with EIO, writes with ENOSPC (failing-disk.c). */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './temporary-folder.ts';

type Fault = 'FSYNC_FAILS' | 'WRITE_FAILS';

/** A program that says lines of JSON and takes lines. */
export class FailingDiskProcess {
  readonly #child;
  readonly #lines: AsyncIterator<string>;
  readonly #switches: Readonly<Record<Fault, string>>;

  constructor(test: TestContext, program: string, args: readonly string[], faultsBelow?: string) {
    const base = temporaryFolder(test);
    const library = join(base, 'failing-disk.so');
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, join(import.meta.dirname, 'failing-disk.c'), '-ldl']);
    this.#switches = { FSYNC_FAILS: join(base, 'fsync-fails'), WRITE_FAILS: join(base, 'write-fails') };
    this.#child = spawn(process.execPath, [join(import.meta.dirname, program), ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        LD_PRELOAD: library,
        ...this.#switches,
        ...(faultsBelow === undefined ? {} : { FAULTS_BELOW: faultsBelow }),
      },
    });
    test.after(() => this.#child.kill('SIGKILL'));
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  fail(fault: Fault): void {
    writeFileSync(this.#switches[fault], '');
  }

  recover(fault: Fault): void {
    rmSync(this.#switches[fault]);
  }

  async said(): Promise<unknown> {
    return JSON.parse((await this.#lines.next()).value ?? 'null');
  }

  goOn(): void {
    this.#child.stdin.write('go on\n');
  }

  /** Resolves with the exit code when its input has ended. */
  async end(): Promise<number | null> {
    this.#child.stdin.end();
    const [code] = (await once(this.#child, 'exit')) as [number | null];
    return code;
  }
}
