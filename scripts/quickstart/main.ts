/**
 * The quickstart: an example application behind the gate, on loopback.
 *
 *   (nothing)   fixed ports, prints what to open and which users to try, stays up until Ctrl-C
 *   --check     free ports, drives logins and forged headers itself, prints what the back end saw, exits 0 only if all is right
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkSite } from './check.ts';
import { freePort, runProgram, startProgram } from './program.ts';
import { type ExamplePorts, type ExampleSite, SUFFIX, writeExampleSite } from './site.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const REALMGATE = ['--disable-warning=ExperimentalWarning', join(ROOT, 'src/main.ts')];
const FIXED_PORTS: ExamplePorts = { web: 8080, admin: 9090, application: 8082, ldap: 3890, ldaps: 6360 };

async function main(args: readonly string[]): Promise<number> {
  const check = args.includes('--check');
  if (args.some((argument) => argument !== '--check')) {
    console.error('usage: ./quickstart [--check]');
    return 2;
  }
  const folder = check ? mkdtempSync(join(tmpdir(), 'realmgate-quickstart-')) : join(ROOT, 'var', 'quickstart');
  const ports = check ? await freePorts() : FIXED_PORTS;
  const site = await writeExampleSite(folder, ports);
  const application = await startProgram(
    'the example application',
    [join(ROOT, 'examples/guarded-app/server.mjs'), String(ports.application)],
    /^listening on/m,
  );
  await runProgram('ldif import', [
    ...REALMGATE,
    'ldif',
    'import',
    site.tree,
    '--replace',
    '--config',
    site.configuration,
  ]);
  const gate = await startProgram('realmgate', [...REALMGATE, 'serve', '--config', site.configuration], /"serving"/);
  try {
    if (check) return await checkSite(site, ports);
    printWelcome(site, ports);
    await Promise.race([untilInterrupted(), gate.ended, application.ended]);
    return 0;
  } finally {
    await gate.stop();
    await application.stop();
    if (check) rmSync(folder, { recursive: true, force: true });
  }
}

async function freePorts(): Promise<ExamplePorts> {
  const [web = 0, admin = 0, application = 0, ldap = 0, ldaps = 0] = await Promise.all(
    Array.from({ length: 5 }, freePort),
  );
  return { web, admin, application, ldap, ldaps };
}

function printWelcome(site: ExampleSite, { web, ldap }: ExamplePorts): void {
  const users = site.users.map(
    ({ name, domain, password, groups }) =>
      `  ${name.padEnd(7)} ${password}   ${domain}${groups.length > 0 ? `, groups ${groups.join(', ')}` : ''}`,
  );
  console.log(`
Realmgate guards an example application now. Open

  http://app.localhost:${web}/   everybody may enter, but not the group games
  http://lab.localhost:${web}/   only the group local\\labs; one login does for both

and log in as one of

${users.join('\n')}

From a terminal:

  curl -u alice http://app.localhost:${web}/
  bin/realmgate -c ${site.configuration} user list
  bin/realmgate -c ${site.configuration} session list
  bin/realmgate -c ${site.configuration} audit search
  bin/realmgate -c ${site.configuration} explain CODE        the code that a refused user sees

The directory, as an LDAP client sees it (admin may write, alice sees herself and her groups, Portal reads all but passwords):

  ldapsearch -x -H ldap://127.0.0.1:${ldap} -D uid=alice,ou=People,${SUFFIX} -w ${passwordOf(site, 'alice')} -b ${SUFFIX} uid=alice
  ldapsearch -x -H ldap://127.0.0.1:${ldap} -D cn=Portal,ou=Hosts,${SUFFIX} -w ${site.portal.password} -b ou=Groups,${SUFFIX} memberUid=alice cn
  ldapwhoami -x -H ldap://127.0.0.1:${ldap} -D uid=admin,ou=People,${SUFFIX} -w ${passwordOf(site, 'admin')}

The configuration is ${site.configuration}; change it while this runs. Ctrl-C stops.
`);
}

function passwordOf({ users }: ExampleSite, name: string): string {
  return users.find((user) => user.name === name)?.password ?? '';
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

process.exitCode = await main(process.argv.slice(2));
