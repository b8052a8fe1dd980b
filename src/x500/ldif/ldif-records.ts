/**
 * LdifRecords makes records of the lines of an LDIF file (RFC 2849, 2; RFC 4525 for `increment`).
 *
 * After a fault the rest of its record is passed over and the next one is read, so that one run finds all that is wrong
 * with a file. More lenient than the grammar where the files of others are: entries and changes may stand in one file,
 * and the last modification of a record needs no `-`.
 */
import type { DistinguishedName, RelativeDistinguishedName } from '../distinguished-name.ts';
import type { LdifLineReader } from './ldif-lines.ts';
import type { LdifControl, LdifFault, LdifModification, LdifRecord } from './ldif-record.ts';
import { SiblingNames } from './sibling-names.ts';
import { readValueSpec, type ValueOfUrl } from './value-spec.ts';

interface OpenAttribute {
  readonly attribute: string;
  readonly values: Uint8Array[];
}

/** A description in any spelling, with what the record that is being read has of it. */
interface Description {
  readonly key: string;
  /** The number of the record that `open` belongs to. */
  record: number;
  open: OpenAttribute;
}

interface SpelledName {
  readonly text: string;
  readonly description: Description;
  /** Why it can be no attribute of an entry; undefined when it can. */
  readonly objection: string | undefined;
}

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

const NOTHING: OpenAttribute = { attribute: '', values: [] };
const OPERATIONS = new Set<string>(['add', 'delete', 'replace', 'increment'] satisfies LdifModification['operation'][]);
const DESCRIPTION = /^(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)(?:;[A-Za-z0-9-]+)*$/;
const CONTROL = /^(\d+(?:\.\d+)+)(?: +(true|false))?(?= *$|:)/i;
/** Different descriptions that are remembered over records; options such as dates make new ones without end. */
const MOST_DESCRIPTIONS = 4096;

export class LdifRecords implements LdifLineReader<SpelledName> {
  readonly #options: LdifRecordOptions;
  readonly #names = new SiblingNames();
  readonly #descriptions = new Map<string, Description>();
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
  #modified: OpenAttribute = NOTHING;
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

  /** Whether so many descriptions were met that they should be forgotten, here and where the spellings are looked up. */
  forget(): boolean {
    if (this.#descriptions.size <= MOST_DESCRIPTIONS || this.#state !== 'record') return false;
    this.#descriptions.clear();
    return true;
  }

  name(text: string): SpelledName {
    const key = text.toLowerCase();
    let description = this.#descriptions.get(key);
    if (description === undefined) {
      description = { key, record: -1, open: NOTHING };
      this.#descriptions.set(key, description);
    }
    return { text, description, objection: objectionTo(key) };
  }

  line(name: SpelledName, value: Buffer, line: number): void {
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
        if (key !== this.#modified.attribute.toLowerCase())
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

  blank(): void {
    const [line, dn, controls] = [this.#line, this.#dn, this.#controls];
    switch (this.#state) {
      case 'first':
      case 'record':
        return;
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
  }

  fault(line: number, message: string): void {
    if (this.#state !== 'fault') this.#read.push({ kind: 'fault', line, message });
    this.#state = 'fault';
  }

  #firstLine(key: string, value: Buffer, line: number): void {
    if (key === 'dn') {
      const dn = this.#names.parse(value);
      if (dn === undefined) return this.fault(line, `not a distinguished name: ${quote(value)}`);
      this.#begin(dn, line);
    } else if (key === 'version' && this.#state === 'first') {
      if (value.toString('latin1') !== '1') return this.fault(line, `version ${quote(value)} of LDIF; only 1 is known`);
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

  #attribute({ text, description, objection }: SpelledName, value: Buffer, line: number): void {
    if (description.record === this.#record) {
      description.open.values.push(value);
      return;
    }
    if (objection !== undefined) return this.fault(line, objection);
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
        return this.fault(line, `changetype ${quote(value)} is none of add, delete, modify, moddn, modrdn`);
    }
    this.#change = text;
  }

  #control(value: Buffer, line: number): void {
    const match = CONTROL.exec(value.toString('latin1'));
    if (match === null) return this.fault(line, 'not a control: an object identifier, true or false, a value');
    const [head, oid = '', critical = 'false'] = match;
    const control = { oid, critical: critical.toLowerCase() === 'true' };
    if (value.length === head.length || value[head.length] !== 0x3a) {
      this.#controls.push(control);
      return;
    }
    const content = readValueSpec(value, head.length + 1, value.length, this.#options.valueOfUrl);
    if (typeof content === 'string') return this.fault(line, content);
    this.#controls.push({ ...control, value: content });
  }

  #modification(key: string, value: Buffer, line: number): void {
    if (!isOperation(key))
      return this.fault(line, `add:, delete:, replace: or increment: was expected, not ${shortened(key)}:`);
    const attribute = value.toString('latin1');
    if (!DESCRIPTION.test(attribute)) return this.fault(line, `not an attribute: ${quote(value)}`);
    const values: Uint8Array[] = [];
    this.#modified = { attribute, values };
    this.#modifications.push({ operation: key, attribute, values });
    this.#state = 'values';
  }

  #rename(state: 'newrdn' | 'deleteoldrdn' | 'newsuperior', key: string, value: Buffer, line: number): void {
    if (key !== state) return this.fault(line, `${state}: was expected, not ${shortened(key)}:`);
    switch (state) {
      case 'newrdn': {
        const [rdn, ...more] = this.#names.parse(value)?.rdns ?? [];
        if (rdn === undefined || more.length > 0) return this.fault(line, `not one part of a name: ${quote(value)}`);
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
        if (this.#newSuperior === undefined) return this.fault(line, `not a distinguished name: ${quote(value)}`);
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

function objectionTo(key: string): string | undefined {
  if (key === 'dn') return 'dn: inside of a record; is a blank line missing before it?';
  if (key === 'changetype') return 'changetype: belongs right after dn:';
  return DESCRIPTION.test(key) ? undefined : `not an attribute: ${shortened(key)}`;
}

function isOperation(key: string): key is LdifModification['operation'] {
  return OPERATIONS.has(key);
}

function shortened(text: string): string {
  return text.slice(0, 100);
}

/** A value for a message: no control character of it reaches a terminal. */
function quote(value: Buffer): string {
  return JSON.stringify(shortened(value.toString('utf8', 0, 400))).replace(/\p{Cc}/gu, '?');
}
