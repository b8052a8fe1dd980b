/** The house: imports only go down, and only through a room's index (ARCHITECTURE.md, "Floors"). */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const FLOOR: Record<string, number> = {
  base: 0,
  x500: 1,
  password: 1,
  store: 1,
  config: 1,
  access: 2,
  audit: 2,
  directory: 3,
  pki: 3,
  realm: 4,
  replication: 4,
  admin: 5,
  migration: 5,
  ldap: 6,
  web: 6,
  system: 6,
  cli: 6,
  client: 6,
  realmgate: 7,
};

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

describe('the house', () => {
  it('has only rooms that have a floor', () => {
    for (const file of sources) {
      const [room = '', ...rest] = file.split('/');
      if (rest.length > 0) assert.ok(room in FLOOR, `src/${room} has no floor`);
      else assert.ok(room === 'main.ts', `src/${room} belongs in a room`);
    }
  });

  it('imports only downwards and only through an index', () => {
    for (const file of sources) {
      const room = file.split('/')[0]!;
      const text = readFileSync(`src/${file}`, 'utf8');
      for (const [, target = ''] of text.matchAll(/(?:from|import|import\()\s*'(\.\.?\/[^']+)'/g)) {
        const [other = room, ...rest] = new URL(target, `file:///${file}`).pathname.slice(1).split('/');
        if (other === room || !(room in FLOOR)) continue;
        assert.ok(other in FLOOR, `${file} must not import ${other}`);
        assert.ok(FLOOR[other]! < FLOOR[room]!, `${file} must not import ${other}`);
        assert.equal(rest.join('/'), 'index.ts', `${file} must enter ${other} by its index`);
      }
    }
  });

  it('has no import for side effects', () => {
    for (const file of sources) {
      assert.doesNotMatch(readFileSync(`src/${file}`, 'utf8'), /^import '/m, `${file} imports for a side effect`);
    }
  });

  it('gives every room an index with a header that names its floor', () => {
    for (const room of readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
      const index = `src/${room.name}/index.ts`;
      assert.ok(existsSync(index), `${index} is missing`);
      assert.match(
        readFileSync(index, 'utf8'),
        new RegExp(`^/\\*\\*\\n \\* ${room.name}, floor ${FLOOR[room.name]}: `),
        `${index} must open with a header that names its floor`,
      );
    }
  });

  it('reads the environment only in the composition root', () => {
    for (const file of sources) {
      if (file === 'main.ts' || file.startsWith('realmgate/')) continue;
      assert.doesNotMatch(readFileSync(`src/${file}`, 'utf8'), /process\.env/, `${file} reads the environment`);
    }
  });

  it('reads the clock and randomness only in base', () => {
    for (const file of sources.filter((name) => !name.startsWith('base/'))) {
      assert.doesNotMatch(
        readFileSync(`src/${file}`, 'utf8'),
        /\bDate\.now\(|\bMath\.random\(|\bnew Date\(\)|\brandomBytes\(|\brandomUUID\(/,
        `${file} reads the clock or randomness itself`,
      );
    }
  });
});
