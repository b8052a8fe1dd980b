/** The JSON Schema for editors. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { duration, generateJsonSchema, mapOf, secretShape } from '../../src/config/index.ts';
import { exampleSchema } from './example.ts';

describe('generateJsonSchema', () => {
  it('describes what may be written, with descriptions and secrets', () => {
    const schema = z.object({
      idle: duration().prefault('30m').describe('how long without a request'),
      ...secretShape('bindPassword', 'password of bindDn'),
      services: mapOf(z.object({ realm: z.string() })).prefault({}),
    });
    assert.deepEqual(JSON.parse(generateJsonSchema(schema, 'Realmgate')), {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Realmgate',
      type: 'object',
      properties: {
        idle: {
          description: 'how long without a request',
          default: '30m',
          type: 'string',
          pattern: '^(\\d{1,10})(ms|s|m|h|d)$',
        },
        bindPassword: {
          description: 'password of bindDn; better kept in a file, see bindPasswordFile',
          type: 'string',
          minLength: 1,
          writeOnly: true,
        },
        bindPasswordFile: {
          description: 'file that holds the bindPassword: password of bindDn; one trailing newline is cut',
          type: 'string',
          minLength: 1,
        },
        services: {
          default: {},
          type: 'object',
          propertyNames: { type: 'string' },
          additionalProperties: {
            type: 'object',
            properties: { realm: { type: 'string' } },
            required: ['realm'],
            additionalProperties: false,
          },
        },
      },
      additionalProperties: false,
    });
  });

  it('gives the same text every time', () => {
    const text = generateJsonSchema(exampleSchema, 'Realmgate');
    assert.equal(generateJsonSchema(exampleSchema, 'Realmgate'), text);
    assert.ok(text.endsWith('}\n'));
  });
});
