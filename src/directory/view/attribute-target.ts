/**
 * AttributeTarget is what an attribute description in a request means: the type and its subtypes (RFC 4512, 2.5.1), with at least the
 * options that were given (2.5.2).
 *
 * Secrets are part of no target. A filter that reaches one can only be Undefined by it, for everybody.
 */
import type { AttributeType, Schema } from '../../x500/index.ts';
import type { AttributeDescription } from '../write/attribute-description.ts';
import type { ComputedAttribute, ComputedAttributes } from './computed-attributes.ts';

/** Types whose values are not in the view, and about which nobody is told anything. */
const SECRETS = ['userPassword', 'pwdHistory'];

export class AttributeTarget {
  readonly types: readonly AttributeType[];
  /** Without `binary`, which is no option of a subtype (RFC 4522). */
  readonly options: readonly string[];
  readonly hasSecret: boolean;
  readonly hasUser: boolean;
  readonly hasOperational: boolean;
  /** Those of the types that are computed; none when there are options. */
  readonly computed: readonly ComputedAttribute[];
  /** The name of the only type, as it is spelled in entries. */
  readonly name: Buffer | undefined;
  readonly #has: ReadonlySet<AttributeType>;

  constructor(
    schema: Schema,
    computed: ComputedAttributes,
    types: readonly AttributeType[],
    options: readonly string[],
  ) {
    this.types = types.filter((type) => !isSecret(schema, type));
    this.options = options;
    this.hasSecret = this.types.length < types.length;
    this.hasUser = this.types.some(({ operational }) => !operational);
    this.hasOperational = this.types.some(({ operational }) => operational);
    this.computed = options.length > 0 ? [] : this.types.flatMap((type) => computed.of(type) ?? []);
    this.name = this.types.length === 1 ? Buffer.from(this.types[0]!.name) : undefined;
    this.#has = new Set(this.types);
  }

  has(type: AttributeType): boolean {
    return this.#has.has(type);
  }

  /** Whether an attribute with these options is meant. */
  fits(options: readonly string[]): boolean {
    return hasOptions(options, this.options);
  }
}

/** Whether an attribute has every option that was asked for; `lang-de-` asks for a range of languages (RFC 3866, 3). */
export function hasOptions(options: readonly string[], asked: readonly string[]): boolean {
  return asked.every((option) =>
    option.startsWith('lang-') && option.endsWith('-')
      ? options.some((own) => own.startsWith(option) || own === option.slice(0, -1))
      : options.includes(option),
  );
}

export function isSecret(schema: Schema, type: AttributeType): boolean {
  for (let above: AttributeType | undefined = type; above !== undefined; above = above.superior) {
    const own: AttributeType = above;
    if (SECRETS.some((name) => schema.attributeType(name) === own)) return true;
  }
  return false;
}

/** The targets of one view. Those without options are made once: nearly all requests are about them. */
export class AttributeTargets {
  readonly #schema: Schema;
  readonly #computed: ComputedAttributes;
  readonly #plain: (AttributeTarget | undefined)[] = [];

  constructor(schema: Schema, computed: ComputedAttributes) {
    this.#schema = schema;
    this.#computed = computed;
  }

  of({ type, options }: Pick<AttributeDescription, 'type' | 'options'>): AttributeTarget {
    if (options.length > 0) return this.#make(type.subtypes, options);
    let target = this.#plain[type.index];
    if (target === undefined) {
      target = this.#make(type.subtypes, []);
      this.#plain[type.index] = target;
    }
    return target;
  }

  /** The target of all types that one holds for. */
  where(holds: (type: AttributeType) => boolean): AttributeTarget {
    return this.#make(this.#schema.attributeTypes.filter(holds), []);
  }

  #make(types: readonly AttributeType[], options: readonly string[]): AttributeTarget {
    return new AttributeTarget(this.#schema, this.#computed, types, options);
  }
}
