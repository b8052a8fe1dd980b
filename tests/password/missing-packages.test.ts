/** A machine on which the optional native packages are not installed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';

const checkout = mkdtempSync(join(tmpdir(), 'realmgate-password-'));
after(() => rmSync(checkout, { recursive: true }));

const PROGRAM = `
import { Secret, silentLogger, systemClock, systemRandom } from './src/base/index.ts';
import { createKeyDerivation } from './src/password/index.ts';
const warnings = [];
const logger = { ...silentLogger, warn: (message) => warnings.push(message) };
const derivation = createKeyDerivation({ clock: systemClock, random: systemRandom, logger });
const verify = (stored, password) => derivation.verify(stored, new Secret(password));
console.log(JSON.stringify({
  des: [await verify('1fWDc9QWYCWrQ', 'pass1'), await verify('1fWDc9QWYCWrQ', 'pass2')],
  apr1: await verify('$apr1$sardine$5vGKdt7VOWjM4XQb6P1gM1', 'hellojed'),
  argon2: await verify(await derivation.hash(new Secret('plumtree')), 'plumtree'),
  firstVersion: await verify('$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY', 'password'),
  warnings,
}));
await derivation.close();
`;

describe('password verification without the optional packages', () => {
  it('verifies what it can, calls the rest unusable and says once what is missing', () => {
    for (const room of ['base', 'password']) cpSync(`src/${room}`, join(checkout, 'src', room), { recursive: true });
    mkdirSync(join(checkout, 'node_modules/@node-rs'), { recursive: true });
    const bcrypt = 'node_modules/@node-rs/bcrypt';
    symlinkSync(resolve(bcrypt), join(checkout, bcrypt));
    writeFileSync(join(checkout, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(checkout, 'program.ts'), PROGRAM);
    const output = execFileSync(process.execPath, ['program.ts'], { cwd: checkout });
    assert.deepEqual(JSON.parse(output.toString()), {
      des: ['unusable', 'unusable'],
      apr1: 'match',
      argon2: 'match',
      firstVersion: 'unusable',
      warnings: ['DES and yescrypt passwords cannot be verified: install libcrypt.so.1 and the package koffi'],
    });
  });
});
