/** sshd of Debian on a machine of its own, and clients that knock with a key or a password. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, listening } from './free-port.ts';
import { Machine } from './machine.ts';
import { type ProgramRun, runProgram } from './run-program.ts';

export interface SshMachineOptions {
  /** An empty folder of the test's that everybody can enter. */
  readonly folder: string;
  /** Lines of sshd_config before the rest. */
  readonly sshd: string;
  /** Lines of /etc/passwd besides the machine's own. */
  readonly passwd?: readonly string[];
  /** The names of nsswitch.conf for passwd, group and shadow. */
  readonly accounts: string;
  /** Shell commands that add to it, after its folders are in place. */
  readonly setUp?: string;
}

export class SshMachine {
  readonly machine: Machine;
  readonly port: number;
  readonly #folder: string;

  private constructor(machine: Machine, port: number, folder: string) {
    this.machine = machine;
    this.port = port;
    this.#folder = folder;
  }

  static async start({ folder, sshd, passwd = [], accounts, setUp = '' }: SshMachineOptions): Promise<SshMachine> {
    const port = await freePort();
    const file = (name: string) => join(folder, name);
    const etc = file('etc-ssh');
    mkdirSync(etc);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(etc, 'host-key')]);
    writeFileSync(
      join(etc, 'sshd_config'),
      `${sshd}
Port ${port}
ListenAddress 127.0.0.1
HostKey /etc/ssh/host-key
PidFile none
UsePAM yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
PrintMotd no
LogLevel VERBOSE
`,
    );
    writeFileSync(
      file('passwd'),
      `${readFileSync('/etc/passwd', 'utf8').trimEnd()}\n${passwd.map((line) => `${line}\n`).join('')}`,
    );
    writeFileSync(
      file('nsswitch.conf'),
      ['passwd', 'group', 'shadow'].map((name) => `${name}: ${accounts}\n`).join(''),
    );
    cpSync('/etc/pam.d', file('pam.d'), { recursive: true });
    const machine = await Machine.start({
      setUp: `mount -t tmpfs tmpfs /run
mkdir /run/sshd
mount --bind ${etc} /etc/ssh
mount --bind ${file('passwd')} /etc/passwd
mount --bind ${file('nsswitch.conf')} /etc/nsswitch.conf
mount --bind ${file('pam.d')} /etc/pam.d
${setUp}`,
    });
    machine.start('/usr/sbin/sshd -D -e', file('sshd.log'));
    await listening(port);
    return new SshMachine(machine, port, folder);
  }

  /** What sshd logged. */
  get log(): string {
    return readFileSync(join(this.#folder, 'sshd.log'), 'utf8');
  }

  /** Makes a key pair; returns the line for the directory. */
  makeKey(name: string): string {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(this.#folder, name)]);
    return readFileSync(join(this.#folder, `${name}.pub`), 'utf8').trim();
  }

  /** Runs `command` there, logged in by the key of `makeKey`. */
  byKey(user: string, key: string, command: string): Promise<ProgramRun> {
    return this.#ssh(user, ['-o', 'PreferredAuthentications=publickey', '-i', join(this.#folder, key)], command);
  }

  byPassword(user: string, password: string, command: string): Promise<ProgramRun> {
    const ask = join(this.#folder, 'ask-password');
    writeFileSync(ask, `#!/bin/sh\nprintf '%s\\n' "$SSH_PASSWORD"\n`, { mode: 0o755 });
    const options = ['-o', 'PreferredAuthentications=password', '-o', 'NumberOfPasswordPrompts=1'];
    const environment = { SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: 'force', SSH_PASSWORD: password };
    return this.#ssh(user, options, command, environment);
  }

  stop(): Promise<void> {
    return this.machine.stop();
  }

  #ssh(user: string, options: readonly string[], command: string, environment: Readonly<Record<string, string>> = {}) {
    const common = [
      '-F',
      '/dev/null',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      '-o',
      'IdentitiesOnly=yes',
      '-o',
      'LogLevel=ERROR',
    ];
    return runProgram(['ssh', ...common, ...options, '-p', String(this.port), `${user}@127.0.0.1`, command], {
      environment: { SSH_AUTH_SOCK: '', ...environment },
      longest: 30_000,
    });
  }
}
