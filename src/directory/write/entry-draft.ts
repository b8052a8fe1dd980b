/**
 * EntryDraft is the content of an entry while a change to it is made and checked: attributes by description, without membership and
 * passwords, which are objects of their own.
 */
import type { StoredAttribute, StoredEntry } from '../stored/entry-form.ts';
import type { AttributeDescription, AttributeDescriptions } from './attribute-description.ts';
import { valueKey } from './value-rules.ts';

export class DraftAttribute {
  readonly description: AttributeDescription;
  #values: readonly Uint8Array[];
  /** The key of each value, made when first asked for. */
  #keys: Set<string> | undefined;

  constructor(description: AttributeDescription, values: readonly Uint8Array[]) {
    this.description = description;
    this.#values = values;
  }

  get values(): readonly Uint8Array[] {
    return this.#values;
  }

  /** Whether a value has this key (`valueKey`). */
  has(key: string): boolean {
    this.#keys ??= new Set(this.#values.map((value) => valueKey(this.description.type, value)));
    return this.#keys.has(key);
  }

  /** Replaces the values. */
  set(values: readonly Uint8Array[]): void {
    this.#values = values;
    this.#keys = undefined;
  }
}

export class EntryDraft {
  readonly #attributes = new Map<string, DraftAttribute>();

  /** What is stored, as a draft. Attributes that the schema no longer knows are dropped. */
  static of(stored: StoredEntry, descriptions: AttributeDescriptions): EntryDraft {
    const draft = new EntryDraft();
    for (const list of [stored.user, stored.operational]) {
      for (const { description, values } of list) {
        const known = descriptions.of(description);
        if (known !== undefined) draft.#attributes.set(known.name, new DraftAttribute(known, values));
      }
    }
    return draft;
  }

  get(description: AttributeDescription): DraftAttribute | undefined {
    return this.#attributes.get(description.name);
  }

  /** The values of a type, without options. */
  values(name: string): readonly Uint8Array[] {
    return this.#attributes.get(name)?.values ?? [];
  }

  /** Gives the attribute these values; none removes it. */
  set(description: AttributeDescription, values: readonly Uint8Array[]): void {
    if (values.length === 0) this.#attributes.delete(description.name);
    else {
      const attribute = this.#attributes.get(description.name);
      if (attribute === undefined) this.#attributes.set(description.name, new DraftAttribute(description, values));
      else attribute.set(values);
    }
  }

  attributes(): Iterable<DraftAttribute> {
    return this.#attributes.values();
  }

  /** The two lists as they are stored. */
  stored(): Pick<StoredEntry, 'user' | 'operational'> {
    const user: StoredAttribute[] = [];
    const operational: StoredAttribute[] = [];
    for (const { description, values } of this.#attributes.values()) {
      (description.type.operational ? operational : user).push({ description: description.name, values });
    }
    return { user, operational };
  }
}
