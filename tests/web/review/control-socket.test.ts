/** The control socket: private from its first instant, clear when it cannot be made, and no command waits in vain. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { silentLogger } from '../../../src/base/index.ts';
import { callServer } from '../../../src/cli/control-client.ts';
import { ControlDoor } from '../../../src/web/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'realmgate-control-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const door = (at: string) => new ControlDoor(at, () => undefined, silentLogger);

describe('the control socket', () => {
  it('is private as soon as it is there, and changes the mode of nothing else', async () => {
    const before = process.umask();
    const control = door(folder);
    const listening = control.listen();
    assert.equal(process.umask(), before);
    assert.equal(statSync(join(folder, 'control.sock')).mode & 0o777, 0o600);
    await listening;
    await control.close();
  });

  it('says what is wrong with a folder whose path is too long for it', async () => {
    const deep = join(folder, 'x'.repeat(60), 'y'.repeat(60));
    mkdirSync(deep, { recursive: true });
    const before = process.umask();
    await assert.rejects(door(deep).listen(), /control\.sock: .*longer than 107 octets.*data/s);
    assert.equal(process.umask(), before);
  });
});

describe('a command whose server breaks off', () => {
  for (const part of ['', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a"']) {
    it(`fails ${part === '' ? 'before' : 'within'} the answer`, async () => {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => socket.write(part, () => socket.destroy()));
      });
      await new Promise<void>((resolve) => server.listen(join(folder, 'control.sock'), resolve));
      await assert.rejects(callServer(folder, 'status', {}), { code: 'CLI_CONTROL' });
      await new Promise((resolve) => server.close(resolve));
    });
  }
});
