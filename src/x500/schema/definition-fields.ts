/**
 * The fields of one definition by what they mean, with a problem for each that means nothing.
 */
import { isDescriptor, isNumericOid } from '../matching/name-rules.ts';
import type { LocatedDefinition } from './parse-schema.ts';
import type { AttributeUsage, DefinitionOrigin, ObjectClass, SchemaProblem } from './schema.ts';

const USAGES = new Map<string, AttributeUsage>(
  (['userApplications', 'directoryOperation', 'distributedOperation', 'dSAOperation'] as const).map((usage) => [
    usage.toLowerCase(),
    usage,
  ]),
);

/** `{64}` behind a syntax: a length that no server holds anybody to. */
const LENGTH_HINT = /\{\d+\}$/;

export class DefinitionFields {
  readonly located: LocatedDefinition;
  /** Adds a problem at the definition's place. */
  readonly problem: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly #fields: ReadonlyMap<string, readonly string[]>;

  constructor(located: LocatedDefinition, problems: SchemaProblem[], warnings: SchemaProblem[]) {
    const { source, line } = located;
    this.located = located;
    this.problem = (message) => problems.push({ source, line, message });
    this.warn = (message) => warnings.push({ source, line, message });
    this.#fields = new Map(located.definition.fields.map(({ keyword, values }) => [keyword, values]));
  }

  /** What messages call the definition: its first name, or its OID. */
  get title(): string {
    return this.#fields.get('NAME')?.[0] ?? this.located.definition.oid;
  }

  get origin(): DefinitionOrigin {
    return { source: this.located.source, line: this.located.line };
  }

  get place(): string {
    const { source, line } = this.located;
    return line === 0 ? source : `${source} line ${line}`;
  }

  flag(keyword: string): boolean {
    return this.#fields.has(keyword);
  }

  list(keyword: string): readonly string[] {
    return this.#fields.get(keyword) ?? [];
  }

  one(keyword: string): string | undefined {
    const values = this.list(keyword);
    if (values.length > 1) this.problem(`${this.title} has more than one ${keyword}`);
    return values[0];
  }

  names(): readonly string[] {
    const names = this.list('NAME');
    for (const name of names)
      if (!isDescriptor(name)) this.problem(`'${name}' is no name: letters, digits and hyphens`);
    return names;
  }

  /** The OID of the syntax, without a length hint. */
  syntax(): string | undefined {
    const oid = this.one('SYNTAX')?.replace(LENGTH_HINT, '');
    if (oid !== undefined && !isNumericOid(oid)) {
      this.problem(`${this.title} has the SYNTAX ${oid}, which is no object identifier`);
    }
    return oid;
  }

  usage(): AttributeUsage | undefined {
    const named = this.one('USAGE') ?? 'userApplications';
    const usage = USAGES.get(named.toLowerCase());
    if (usage === undefined) this.problem(`${this.title} has the unknown USAGE ${named}`);
    return usage;
  }

  /** Structural when nothing is said (RFC 4512, 4.1.1). */
  classKind(): ObjectClass['kind'] | undefined {
    const kinds = (['abstract', 'structural', 'auxiliary'] as const).filter((kind) => this.flag(kind.toUpperCase()));
    if (kinds.length > 1) this.problem(`${this.title} is ${kinds.join(' and ')}`);
    return kinds.length > 1 ? undefined : (kinds[0] ?? 'structural');
  }

  extensions(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#fields].filter(([keyword]) => keyword.startsWith('X-')));
  }

  /** Every field but extensions has to be one of these. */
  only(keywords: ReadonlySet<string>): void {
    for (const keyword of this.#fields.keys()) {
      if (!keywords.has(keyword) && !keyword.startsWith('X-'))
        this.problem(`${this.title} has the unknown field ${keyword}`);
    }
  }

  /** Whether both say the same, whatever they call it in DESC. */
  equals(other: DefinitionFields): boolean {
    return this.#canonical() === other.#canonical();
  }

  #canonical(): string {
    const canonical = (values: readonly string[]) =>
      values.map((value) => value.toLowerCase().replace(LENGTH_HINT, '')).sort();
    return [...this.#fields]
      .filter(([keyword]) => keyword !== 'DESC' && !keyword.startsWith('X-'))
      .map(([keyword, values]) => `${keyword} ${canonical(values).join(' ')}`)
      .sort()
      .join('\n');
  }
}
