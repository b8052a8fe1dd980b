import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { headOctets } from '../../src/audit/head.ts';
import { readAuditRecord, verifyAudit } from '../../src/audit/index.ts';
import { frameOf, hashOf, ORIGIN } from '../../src/audit/record-codec.ts';
import { recordFigure } from '../support/figure.ts';
import { act, attempt, headSigner, headVerifier, refusedAttempt, TrailFixture } from './trail-fixture.ts';

const MINUTE = 60_000;

/** Park and Miller's generator: the same mutations in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

describe('verifying the trail', () => {
  const fixture = new TrailFixture();
  const scratch = mkdtempSync(join(tmpdir(), 'realmgate-audit-mutated-'));
  /** Every file of a sound trail that ends with a signed head. */
  const sound = new Map<string, Buffer>();
  const trailFiles = () => [...sound.keys()].filter((name) => name.endsWith('.jsonl'));

  before(async () => {
    const trail = fixture.open({ rotateSize: 6000 });
    for (let i = 0; i < 40; i++) {
      trail.append(
        i % 5 === 0 ? act(trail) : i % 3 === 0 ? refusedAttempt(trail) : attempt(trail, { name: `user${i}` }),
      );
      if (i % 7 === 0) await fixture.advance(MINUTE);
    }
    await trail.close();
    for (const name of readdirSync(fixture.folder)) sound.set(name, readFileSync(join(fixture.folder, name)));
    sound.delete('auth-failures.log');
    assert.ok(trailFiles().length >= 3);
  });
  after(() => {
    fixture.remove();
    rmSync(scratch, { recursive: true });
  });

  async function verifyWith(changes: ReadonlyMap<string, Buffer | undefined>, restore = true) {
    for (const [name, octets] of [...(restore ? sound : []), ...changes]) {
      if (octets === undefined) rmSync(join(scratch, name), { force: true });
      else writeFileSync(join(scratch, name), octets);
    }
    const report = await verifyAudit({ folder: scratch, verify: headVerifier });
    for (const name of changes.keys()) {
      const octets = sound.get(name);
      if (octets === undefined) rmSync(join(scratch, name), { force: true });
      else writeFileSync(join(scratch, name), octets);
    }
    return report;
  }

  it('finds nothing in a trail that nobody touched', async () => {
    const { sound: isSound, problems, chains } = await verifyWith(new Map());
    assert.deepEqual(problems, []);
    assert.equal(isSound, true);
    assert.equal(chains[0]?.files, trailFiles().length);
    assert.equal(chains[0]?.unsigned, 0);
  });

  it('finds 1,000 of 1,000 edits, deletions, reorderings and cuts', async () => {
    await verifyWith(new Map());
    const next = seeded(20_261_122);
    const missed: string[] = [];
    let tried = 0;
    for (; tried < 1000; tried++) {
      const { what, changes } = mutation(next);
      const report = await verifyWith(changes, false);
      if (report.sound) missed.push(`${tried}: ${what}`);
    }
    recordFigure('audit-mutations', tried, tried - missed.length);
    assert.deepEqual(missed, []);
  });

  function mutation(next: (below: number) => number): {
    readonly what: string;
    readonly changes: ReadonlyMap<string, Buffer | undefined>;
  } {
    const names = trailFiles();
    const name = names[next(names.length)]!;
    const octets = sound.get(name)!;
    const lines = octets.toString().split('\n').slice(0, -1);
    const line = next(lines.length);
    const other = (line + 1 + next(lines.length - 1)) % lines.length;
    const withLines = (changed: readonly string[]) => Buffer.from(changed.map((text) => `${text}\n`).join(''));
    const changed = (what: string, mutated: Buffer | undefined) => ({
      what: `${what} in ${name}, line ${line + 1}`,
      changes: new Map([[name, mutated]]),
    });
    switch (next(10)) {
      case 0: {
        const flipped = Buffer.from(octets);
        const place = next(flipped.length);
        flipped[place] = flipped[place]! ^ (1 << next(8));
        return changed(`bit at ${place}`, flipped);
      }
      case 1:
        return changed(
          'changed text',
          withLines(lines.with(line, lines[line]!.replace(/alice|user|operator|realmgate|2026/, 'mallory'))),
        );
      case 2:
        return changed('deleted line', withLines(lines.toSpliced(line, 1)));
      case 3:
        return changed('swapped lines', withLines(lines.with(line, lines[other]!).with(other, lines[line]!)));
      case 4:
        return changed('repeated line', withLines(lines.toSpliced(other, 0, lines[line]!)));
      case 5:
        return changed('cut at line', withLines(lines.slice(0, line)));
      case 6:
        return changed('cut at octet', octets.subarray(0, next(octets.length)));
      case 7:
        return changed(
          'inserted octet',
          Buffer.concat([octets.subarray(0, next(octets.length)), Buffer.from('x'), octets]),
        );
      case 8:
        return {
          what: `deleted ${name} and after`,
          changes: new Map(names.slice(names.indexOf(name)).map((each) => [each, undefined])),
        };
      default: {
        const head = Buffer.from(sound.get('audit-a.head')!);
        const place = next(head.length - 1);
        head[place] = head[place]! ^ (1 << next(7));
        return { what: `bit of the head at ${place}`, changes: new Map([['audit-a.head', head]]) };
      }
    }
  }

  it('is not deceived by a chain that was computed anew', async () => {
    for (const name of trailFiles()) {
      const lines = sound.get(name)!.toString().split('\n').slice(0, -1);
      let previous = ORIGIN;
      const forged = lines.map((line, index) => {
        const record = readAuditRecord(line);
        if (index === 0 && record?.kind === 'file') previous = record.previous.hash;
        const body = frameOf(Buffer.from(line))!
          .body.toString()
          .replace(/alice|user\d+|operator/, 'mallory');
        previous = hashOf(previous, Buffer.from(body));
        return `${body},"hash":"${previous}"}\n`;
      });
      const { problems } = await verifyWith(new Map([[name, Buffer.from(forged.join(''))]]));
      assert.ok(
        problems.some(({ kind }) => kind === 'altered'),
        name,
      );
    }
  });

  it('is not deceived by heads of another key, nor by no heads at all', async () => {
    const foreign = new TrailFixture();
    const trail = foreign.open({ signer: headSigner(generateKeyPairSync('ed25519').privateKey) });
    trail.append(attempt(trail));
    await trail.close();
    assert.deepEqual(
      (await foreign.verify()).problems.map(({ kind }) => kind),
      ['head', 'head'],
    );
    foreign.remove();

    const unsigned = new TrailFixture();
    const silent = unsigned.open({ signer: { keyId: 'key', sign: () => Promise.reject(new Error('no key')) } });
    for (let i = 0; i < 10; i++) {
      silent.append(attempt(silent));
      unsigned.clock.advance(MINUTE);
    }
    assert.deepEqual(
      (await unsigned.verify()).problems.map(({ kind }) => kind),
      ['unsigned'],
    );
    await silent.close();
    unsigned.remove();
  });

  it('finds a trail rolled back with its head file when the auditor knows a head', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'realmgate-audit-old-'));
    const growing = new TrailFixture();
    const trail = growing.open();
    trail.append(attempt(trail));
    await growing.advance(MINUTE);
    cpSync(growing.folder, copy, { recursive: true });
    trail.append(attempt(trail));
    await trail.close();
    const seen = (await growing.verify()).chains[0]!.head!;
    assert.equal((await verifyAudit({ folder: copy, verify: headVerifier })).sound, true);
    const { problems } = await verifyAudit({ folder: copy, verify: headVerifier, knownHeads: [seen] });
    assert.deepEqual(
      problems.map(({ kind }) => kind),
      ['cut'],
    );
    rmSync(copy, { recursive: true });
    growing.remove();
  });

  it('calls a folder without a trail unsound', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'realmgate-audit-empty-'));
    assert.equal((await verifyAudit({ folder: empty, verify: headVerifier })).sound, false);
    assert.equal((await verifyAudit({ folder: join(empty, 'missing'), verify: headVerifier })).sound, false);
    rmSync(empty, { recursive: true });
  });

  it('signs chain, id, number and hash of a head', () => {
    const id = readAuditRecord(sound.get(trailFiles()[0]!)!.toString().split('\n')[0]!)!.id;
    assert.equal(
      Buffer.from(headOctets('a', id, 7, ORIGIN)).toString(),
      `realmgate audit head 1\na\n${id}\n7\n${ORIGIN}\n`,
    );
  });
});
