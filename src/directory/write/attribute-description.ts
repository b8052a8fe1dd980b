/**
 * AttributeDescription is a type of the schema with options, in its one spelling (RFC 4512, 2.5): canonical name, options in
 * lower case and in order. Two descriptions mean the same attribute exactly when their names are equal.
 *
 * Options that are known: languages (RFC 3866), private ones (`x-`), and `binary`, which is a way of transfer and no subtype (RFC 4522):
 * types whose values are certificates have it always, others never.
 */
import type { AttributeType, Schema } from '../../x500/index.ts';

export interface AttributeDescription {
  readonly type: AttributeType;
  /** The canonical spelling: `cn`, `cn;lang-de`, `userCertificate;binary`. */
  readonly name: string;
  /** In lower case, in order, none twice, without `binary`. */
  readonly options: readonly string[];
}

const LONGEST = 512;
const OPTION = /^(?:lang-[a-z0-9-]*|x-[a-z0-9-]+)$/;
/** Spellings that are remembered: clients use few, and a hostile one must not fill the memory. */
const REMEMBERED = 4096;
/** Certificate, Certificate List, Certificate Pair, Supported Algorithm (RFC 4523). */
const BINARY_SYNTAXES = new Set([8, 9, 10, 49].map((arc) => `1.3.6.1.4.1.1466.115.121.1.${arc}`));

export class AttributeDescriptions {
  readonly #schema: Schema;
  readonly #remembered = new Map<string, AttributeDescription>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** Undefined when the schema has no such type, or an option is not known. */
  of(text: string): AttributeDescription | undefined {
    const known = this.#remembered.get(text);
    if (known !== undefined) return known;
    const description = text.length <= LONGEST ? this.#read(text) : undefined;
    if (description === undefined) return undefined;
    if (this.#remembered.size >= REMEMBERED) this.#remembered.clear();
    this.#remembered.set(text, description);
    return description;
  }

  #read(text: string): AttributeDescription | undefined {
    const [name = '', ...given] = text.split(';');
    const type = this.#schema.attributeType(name);
    if (type === undefined) return undefined;
    const binary = BINARY_SYNTAXES.has(type.syntax.oid);
    const spelled = new Set(given.map((option) => option.toLowerCase()));
    if (spelled.delete('binary') && !binary) return undefined;
    const options = [...spelled].sort();
    if (!options.every((option) => OPTION.test(option))) return undefined;
    return { type, name: [type.name, ...(binary ? ['binary'] : []), ...options].join(';'), options };
  }
}
