/** Which passwords may be chosen. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Secret, systemClock } from '../../src/base/index.ts';
import { builtInBlocklist, loadBlocklist, PasswordPolicy, passwordPolicySchema } from '../../src/directory/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'blocklist-'));
after(() => rmSync(folder, { recursive: true }));

const defaults = passwordPolicySchema.parse({});
const policy = new PasswordPolicy(defaults, builtInBlocklist());
const short = new PasswordPolicy({ ...defaults, length: 8 }, builtInBlocklist());

const judge = (text: string, names: readonly string[] = [], by = policy): string =>
  by.judge(new Secret(text), names)?.refusal ?? 'taken';

describe('the password policy', () => {
  it('asks for fifteen characters, and for eight at least where it is set so', () => {
    assert.equal(judge('meadow-lantern'), 'too-short');
    assert.equal(judge('meadow-lantern!'), 'taken');
    assert.equal(judge('plumtre', [], short), 'too-short');
    assert.equal(judge('plumtree', [], short), 'taken');
    assert.equal(passwordPolicySchema.safeParse({ length: 7 }).success, false);
    assert.equal(passwordPolicySchema.safeParse({ lenght: 8 }).success, false);
  });

  it('counts characters, not octets or halves of them', () => {
    assert.equal(judge('żółwśćńęłą', [], short), 'taken');
    assert.equal(judge('🐢🐇🦔🦊🐸🐝🐞', [], short), 'too-short');
    assert.equal(judge('🐢🐇🦔🦊🐸🐝🐞🦋', [], short), 'taken');
  });

  it('takes long ones up to 4096 octets, with any kind of character', () => {
    const long = Array.from({ length: 372 }, (_, index) => `word-${index}`).join(' ');
    assert.equal(judge(long.slice(0, 1024)), 'taken');
    assert.equal(judge(long.padEnd(5000, 'many more words ').slice(0, 4096)), 'taken');
    assert.equal(judge(long.padEnd(5000, 'many more words ').slice(0, 4097)), 'too-long');
    assert.equal(judge('x'.repeat(10_000_000)), 'too-long');
    assert.equal(judge('only lower case letters'), 'taken');
  });

  it('refuses what is no text', () => {
    for (const text of ['', '   ', '\t\n', 'a long one with \0 in it', 'a long one with \ud800 in it']) {
      assert.equal(judge(text), 'unusable', JSON.stringify(text));
    }
  });

  it('refuses what is tried first, whatever the case and whatever follows it', () => {
    for (const text of [
      'password1234',
      'PassWord',
      'Ｐａｓｓｗｏｒｄ',
      'P@ssw0rd123',
      'letmein1',
      'changeme!!',
      '12password99',
      'qwertyuiop',
      'administrator',
      'realmgate',
    ]) {
      assert.equal(judge(text, [], short), 'quality', text);
    }
    assert.equal(judge('correcthorsebatterystaple'), 'quality');
    assert.equal(judge('CorrectHorseBatteryStaple2026'), 'quality');
  });

  it('refuses what only repeats or counts', () => {
    for (const text of [
      'aaaaaaaaaaaaaaaa',
      'abcabcabcabcabcabc',
      'passwordpassword',
      '12345678901234567890',
      '98765432109876543210',
      'abcdefghijklmnop',
      'ponmlkjihgfedcba',
    ]) {
      assert.equal(judge(text), 'quality', text);
    }
    assert.equal(judge('meadow-lantern-meadow-lantern-'), 'taken');
  });

  it('refuses what is only the name of its owner', () => {
    const names = ['alice', 'Alice Liddell', 'alice@wonderland.example'];
    assert.equal(judge('alice.liddell.2026', names), 'quality');
    assert.equal(judge('AliceAliceAlice1', names), 'quality');
    assert.equal(judge('wonderlandAlice7', names), 'quality');
    assert.equal(judge('alice walks by the river', names), 'taken');
    assert.equal(judge('alice walks by the river', ['al', 'b']), 'taken');
  });

  it('says why without saying what', () => {
    for (const text of ['hunter2', 'passwordpassword', 'x'.repeat(5000)]) {
      const problem = policy.judge(new Secret(text), ['hunter']);
      assert.ok(problem !== undefined && problem.message.length > 10);
      assert.ok(!problem.message.includes(text));
    }
  });

  it('judges the longest text in a moment', () => {
    const began = systemClock.monotonic();
    for (const text of [
      'a'.repeat(4095).concat('b'),
      'ab'.repeat(2048),
      '1'.repeat(4096),
      'x'.repeat(2000).concat('1'.repeat(2096)),
    ]) {
      judge(text, ['a'.repeat(4), 'alice'.repeat(100)]);
    }
    assert.ok(systemClock.monotonic() - began < 200);
  });

  it('knows when one is too old', () => {
    const day = 86_400_000;
    assert.equal(policy.expiresAt(0), undefined);
    assert.equal(policy.noticeOf(0, 9_999 * day), undefined);
    const expiring = new PasswordPolicy(passwordPolicySchema.parse({ expireAfter: '90d' }), builtInBlocklist());
    assert.equal(expiring.noticeOf(0, 76 * day - 1), undefined);
    assert.deepEqual(expiring.noticeOf(0, 76 * day), { kind: 'expires', in: 14 * day });
    assert.deepEqual(expiring.noticeOf(0, 90 * day), { kind: 'expired' });
  });
});

describe('a blocklist', () => {
  it('is a file of lines, in addition to what is built in', async () => {
    const file = join(folder, 'list');
    writeFileSync(file, 'Meadow-Lantern\r\n\n  \nﬁnal-ﬁshing-trip\nżółw-żółw-tortoise\n');
    const blocklist = await loadBlocklist(file);
    const listed = new PasswordPolicy(defaults, blocklist);
    for (const text of [
      'meadow-lantern2026',
      'Final-Fishing-Trip',
      'ŻÓŁW-żółw-TORTOISE',
      'correcthorsebatterystaple',
    ]) {
      assert.equal(judge(text, [], listed), 'quality', text);
    }
    assert.equal(judge('meadow-lanterns-glow', [], listed), 'taken');
    assert.equal(blocklist.size, builtInBlocklist().size + 3);
  });

  it('may have a hundred thousand lines', async () => {
    const file = join(folder, 'long');
    writeFileSync(file, Array.from({ length: 100_000 }, (_, index) => `candidate number ${index}`).join('\n'));
    const blocklist = await loadBlocklist(file);
    for (const index of [0, 1, 49_999, 99_999]) assert.ok(blocklist.has(`candidate number ${index}`));
    assert.ok(!blocklist.has('candidate number 100000'));
  });

  it('that cannot be read is an error', async () => {
    await assert.rejects(loadBlocklist(join(folder, 'missing')), { code: 'DIRECTORY_BLOCKLIST' });
    await assert.rejects(loadBlocklist(folder), { code: 'DIRECTORY_BLOCKLIST' });
  });
});
