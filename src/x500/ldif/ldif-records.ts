/**
 * LdifRecords makes records of the lines of an LDIF file (RFC 2849, 2; RFC 4525 for `increment`).
 *
 * After a fault the rest of its record is passed over and the next one is read, so that one run finds all that is wrong
 * with a file. More lenient than the grammar where the files of others are: entries and changes may stand in one file,
 * and the last modification of a record needs no `-`.
 */
import type { DistinguishedName, RelativeDistinguishedName } from '../distinguished-name.ts';
import { readControl } from './control-line.ts';
import {
  Descriptions,
  isDescription,
  NO_ATTRIBUTE,
  type OpenAttribute,
  type SpelledDescription,
} from './descriptions.ts';
import { quoted, shortened } from './fault-text.ts';
import type { LdifLineReader } from './ldif-lines.ts';
import type { LdifControl, LdifFault, LdifModification, LdifRecord } from './ldif-record.ts';
import { SiblingNames } from './sibling-names.ts';
import type { ValueOfUrl } from './value-spec.ts';

export interface LdifRecordOptions {
  /** Octets of the names and values of the largest record. */
  readonly largestRecord: number;
  /** Lines of the longest record. */
  readonly mostLines: number;
  readonly valueOfUrl: ValueOfUrl | undefined;
}

/** What the next line is read as. */
type State =
  | 'first'
  | 'record'
  | 'changetype'
  | 'attributes'
  | 'nothing'
  | 'modification'
  | 'values'
  | 'newrdn'
  | 'deleteoldrdn'
  | 'newsuperior'
  | 'fault';

const OPERATIONS = new Set<string>(['add', 'delete', 'replace', 'increment'] satisfies LdifModification['operation'][]);

export class LdifRecords implements LdifLineReader<SpelledDescription> {
  readonly #options: LdifRecordOptions;
  readonly #names = new SiblingNames();
  readonly #descriptions = new Descriptions();
  #read: (LdifRecord | LdifFault)[] = [];
  #state: State = 'first';
  /** Counts records, so that a description knows which one it was met in. */
  #record = 0;
  #line = 0;
  #lines = 0;
  #octets = 0;
  #dn: DistinguishedName = { rdns: [] };
  #change: 'add' | 'delete' | 'modify' | 'rename' | undefined;
  #controls: LdifControl[] = [];
  #attributes: OpenAttribute[] = [];
  #modifications: LdifModification[] = [];
  #modified: OpenAttribute = NO_ATTRIBUTE;
  #modifiedKey = '';
  #newRdn: RelativeDistinguishedName = [];
  #deleteOldRdn = false;
  #newSuperior: DistinguishedName | undefined;

  constructor(options: LdifRecordOptions) {
    this.#options = options;
  }

  /** What was read since the last call. */
  take(): readonly (LdifRecord | LdifFault)[] {
    const read = this.#read;
    this.#read = [];
    return read;
  }

  name(text: string): SpelledDescription {
    return this.#descriptions.spelled(text);
  }

  line(name: SpelledDescription, value: Buffer, line: number): void {
    this.#lines += 1;
    this.#octets += name.text.length + value.length;
    if (this.#lines > this.#options.mostLines)
      return this.fault(line, `a record of more than ${this.#options.mostLines} lines`);
    if (this.#octets > this.#options.largestRecord)
      return this.fault(line, `a record of more than ${this.#options.largestRecord} octets`);
    const { key } = name.description;
    switch (this.#state) {
      case 'attributes':
        return this.#attribute(name, value, line);
      case 'first':
      case 'record':
        return this.#firstLine(key, value, line);
      case 'changetype':
        if (key === 'control') return this.#control(value, line);
        if (key === 'changetype') return this.#changetype(value, line);
        if (this.#controls.length > 0) return this.fault(line, 'controls of an entry: changetype: is missing');
        this.#state = 'attributes';
        return this.#attribute(name, value, line);
      case 'nothing':
        return this.fault(
          line,
          `nothing more belongs to this record, but ${shortened(key)}: follows; is a blank line missing?`,
        );
      case 'modification':
        return this.#modification(key, value, line);
      case 'values':
        if (key !== this.#modifiedKey)
          return this.fault(
            line,
            `a value of ${shortened(this.#modified.attribute)} or - was expected, not ${shortened(key)}:`,
          );
        this.#modified.values.push(value);
        return;
      case 'newrdn':
      case 'deleteoldrdn':
      case 'newsuperior':
        return this.#rename(this.#state, key, value, line);
      case 'fault':
        return;
    }
  }

  dash(line: number): void {
    if (this.#state === 'values') this.#state = 'modification';
    else this.fault(line, '- where no modification ends');
  }

  blank(): 'forget' | undefined {
    const [line, dn, controls] = [this.#line, this.#dn, this.#controls];
    switch (this.#state) {
      case 'first':
      case 'record':
        return undefined;
      case 'attributes':
        if (this.#attributes.length === 0) this.fault(line, 'an entry without attributes');
        else if (this.#change === undefined) this.#read.push({ kind: 'entry', line, dn, attributes: this.#attributes });
        else this.#read.push({ kind: 'add', line, dn, controls, attributes: this.#attributes });
        break;
      case 'nothing':
        if (this.#change === 'delete') this.#read.push({ kind: 'delete', line, dn, controls });
        else this.#finishRename();
        break;
      case 'newsuperior':
        this.#finishRename();
        break;
      case 'modification':
      case 'values':
        this.#read.push({ kind: 'modify', line, dn, controls, modifications: this.#modifications });
        break;
      case 'changetype':
        this.fault(line, 'a record with nothing but a name');
        break;
      case 'newrdn':
      case 'deleteoldrdn':
        this.fault(line, `${this.#state}: is missing`);
        break;
      case 'fault':
        break;
    }
    this.#state = 'record';
    this.#lines = 0;
    this.#octets = 0;
    return this.#descriptions.tidy() ? 'forget' : undefined;
  }

  fault(line: number, message: string): void {
    if (this.#state !== 'fault') this.#read.push({ kind: 'fault', line, message });
    this.#state = 'fault';
  }

  #firstLine(key: string, value: Buffer, line: number): void {
    if (key === 'dn') {
      const dn = this.#names.parse(value);
      if (dn === undefined) return this.fault(line, `not a distinguished name: ${quoted(value)}`);
      this.#begin(dn, line);
    } else if (key === 'version' && this.#state === 'first') {
      if (value.toString('latin1') !== '1')
        return this.fault(line, `version ${quoted(value)} of LDIF; only 1 is known`);
      this.#state = 'record';
    } else this.fault(line, `a record begins with dn:, not with ${shortened(key)}:`);
  }

  #begin(dn: DistinguishedName, line: number): void {
    this.#record += 1;
    this.#line = line;
    this.#dn = dn;
    this.#change = undefined;
    this.#controls = [];
    this.#attributes = [];
    this.#state = 'changetype';
  }

  #attribute({ text, description }: SpelledDescription, value: Buffer, line: number): void {
    if (description.record === this.#record) {
      description.open.values.push(value);
      return;
    }
    if (description.objection !== undefined) return this.fault(line, description.objection);
    const open = { attribute: text, values: [value] };
    description.record = this.#record;
    description.open = open;
    this.#attributes.push(open);
  }

  #changetype(value: Buffer, line: number): void {
    const text = value.toString('latin1').toLowerCase();
    switch (text) {
      case 'add':
        this.#state = 'attributes';
        break;
      case 'delete':
        this.#state = 'nothing';
        break;
      case 'modify':
        this.#modifications = [];
        this.#state = 'modification';
        break;
      case 'modrdn':
      case 'moddn':
        this.#state = 'newrdn';
        this.#newSuperior = undefined;
        this.#change = 'rename';
        return;
      default:
        return this.fault(line, `changetype ${quoted(value)} is none of add, delete, modify, moddn, modrdn`);
    }
    this.#change = text;
  }

  #control(value: Buffer, line: number): void {
    const control = readControl(value, this.#options.valueOfUrl);
    if (typeof control === 'string') return this.fault(line, control);
    this.#controls.push(control);
  }

  #modification(key: string, value: Buffer, line: number): void {
    if (!isOperation(key))
      return this.fault(line, `add:, delete:, replace: or increment: was expected, not ${shortened(key)}:`);
    const attribute = value.toString('latin1');
    if (!isDescription(attribute)) return this.fault(line, `not an attribute: ${quoted(value)}`);
    const values: Uint8Array[] = [];
    this.#modified = { attribute, values };
    this.#modifiedKey = attribute.toLowerCase();
    this.#modifications.push({ operation: key, attribute, values });
    this.#state = 'values';
  }

  #rename(state: 'newrdn' | 'deleteoldrdn' | 'newsuperior', key: string, value: Buffer, line: number): void {
    if (key !== state) return this.fault(line, `${state}: was expected, not ${shortened(key)}:`);
    switch (state) {
      case 'newrdn': {
        const [rdn, ...more] = this.#names.parse(value)?.rdns ?? [];
        if (rdn === undefined || more.length > 0) return this.fault(line, `not one part of a name: ${quoted(value)}`);
        this.#newRdn = rdn;
        this.#state = 'deleteoldrdn';
        return;
      }
      case 'deleteoldrdn': {
        const text = value.toString('latin1');
        if (text !== '0' && text !== '1') return this.fault(line, 'deleteoldrdn: is 0 or 1');
        this.#deleteOldRdn = text === '1';
        this.#state = 'newsuperior';
        return;
      }
      case 'newsuperior':
        this.#newSuperior = this.#names.parse(value);
        if (this.#newSuperior === undefined) return this.fault(line, `not a distinguished name: ${quoted(value)}`);
        this.#state = 'nothing';
    }
  }

  #finishRename(): void {
    this.#read.push({
      kind: 'rename',
      line: this.#line,
      dn: this.#dn,
      controls: this.#controls,
      newRdn: this.#newRdn,
      deleteOldRdn: this.#deleteOldRdn,
      ...(this.#newSuperior === undefined ? {} : { newSuperior: this.#newSuperior }),
    });
  }
}

function isOperation(key: string): key is LdifModification['operation'] {
  return OPERATIONS.has(key);
}
