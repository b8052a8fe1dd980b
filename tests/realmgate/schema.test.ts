/** The committed JSON Schema for editors is the one that the program prints. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { generateJsonSchema } from '../../src/config/index.ts';
import { configurationSchema } from '../../src/realmgate/index.ts';

describe('docs/realmgate.schema.json', () => {
  it('is current; `npm run schema` writes it', () => {
    assert.equal(readFileSync('docs/realmgate.schema.json', 'utf8'), generateJsonSchema(configurationSchema));
  });
});
