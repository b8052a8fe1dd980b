/**
 * Controls that come with a request (RFC 4511, 4.1.11): what those that this server knows ask for.
 *
 * A control that is not known, or does not belong to the operation, is passed over, and refuses the operation when it
 * is critical.
 */
import { BerFault, BerReader, decodeFilter, type Filter, Tag } from '../../../x500/index.ts';
import { ControlType, MAX_INT } from './protocol.ts';
import type { LdapRequest } from './request.ts';
import { RequestRefused } from './request-refused.ts';

/** RFC 2696. */
export interface PagedResultsControl {
  readonly critical: boolean;
  readonly size: number;
  readonly cookie: Buffer;
}

/** RFC 2891. */
export interface SortKey {
  readonly attribute: string;
  /** A matching rule; without it the ordering rule of the attribute. */
  readonly rule?: string;
  readonly reverse: boolean;
}

export interface Controls {
  readonly pagedResults?: PagedResultsControl;
  readonly sort?: { readonly critical: boolean; readonly keys: readonly SortKey[] };
  /** RFC 4528. */
  readonly assertion?: Filter;
  /** The attributes to read (RFC 4527). */
  readonly preRead?: readonly string[];
  readonly postRead?: readonly string[];
  /** draft-armijo-ldap-treedelete. */
  readonly subtreeDelete?: true;
  /** draft-behera-ldap-password-policy: the client wants to be told of the policy. */
  readonly passwordPolicy?: true;
}

export const NO_CONTROLS: Controls = {};

type Operation = LdapRequest['op'];
type Draft = { -readonly [Key in keyof Controls]: Controls[Key] };

interface ControlReader {
  /** The operations that it belongs to. */
  readonly operations: readonly Operation[];
  /** Whether the control has a value. */
  readonly value: 'needed' | 'none' | 'ignored';
  read(controls: Draft, value: BerReader, critical: boolean): void;
}

const MAX_CONTROLS = 32;
const NO_OCTETS = Buffer.alloc(0);
const MAX_SORT_KEYS = 16;
const EVERY_WRITE = ['add', 'delete', 'modify', 'rename'] as const;

const READERS = new Map<string, ControlReader>([
  [
    ControlType.pagedResults,
    {
      operations: ['search'],
      value: 'needed',
      read(controls, value, critical) {
        const outer = value.enter(Tag.sequence);
        const size = value.integer(Tag.integer);
        const cookie = value.octets(Tag.octetString);
        value.leavePast(outer);
        if (size < 0 || size > MAX_INT) throw new RequestRefused('protocolError', 'the page size is out of range');
        controls.pagedResults = { critical, size, cookie };
      },
    },
  ],
  [
    ControlType.sortRequest,
    {
      operations: ['search'],
      value: 'needed',
      read(controls, value, critical) {
        controls.sort = { critical, keys: sortKeys(value) };
      },
    },
  ],
  [
    ControlType.assertion,
    {
      operations: ['search', 'compare', ...EVERY_WRITE],
      value: 'needed',
      read(controls, value) {
        controls.assertion = decodeFilter(value);
      },
    },
  ],
  [
    ControlType.preRead,
    {
      operations: ['delete', 'modify', 'rename'],
      value: 'needed',
      read(controls, value) {
        controls.preRead = attributeSelection(value);
      },
    },
  ],
  [
    ControlType.postRead,
    {
      operations: ['add', 'modify', 'rename'],
      value: 'needed',
      read(controls, value) {
        controls.postRead = attributeSelection(value);
      },
    },
  ],
  [
    ControlType.subtreeDelete,
    {
      operations: ['delete'],
      value: 'none',
      read(controls) {
        controls.subtreeDelete = true;
      },
    },
  ],
  [
    ControlType.passwordPolicy,
    {
      operations: ['bind', 'add', 'modify', 'extended'],
      value: 'none',
      read(controls) {
        controls.passwordPolicy = true;
      },
    },
  ],
  [
    // Entries that are referrals are none here: every entry is answered as what it is, with and without (RFC 3296).
    ControlType.manageDsaIt,
    { operations: ['search', 'compare', ...EVERY_WRITE, 'extended'], value: 'ignored', read() {} },
  ],
]);

/** The controls that this server knows, for the root DSE. */
export const SUPPORTED_CONTROLS: readonly string[] = [...READERS.keys()];

/** Reads `controls [0]`. Throws BerFault for what are no controls, RequestRefused for those that cannot be met. */
export function decodeControls(reader: BerReader, operation: Operation): Controls {
  const controls: Draft = {};
  const seen = new Set<string>();
  const outer = reader.enter(0xa0);
  while (reader.more) {
    const inner = reader.enter(Tag.sequence);
    const type = reader.text(Tag.octetString);
    const critical = reader.peek() === Tag.boolean && reader.boolean(Tag.boolean);
    const value = reader.peek() === Tag.octetString ? reader.octets(Tag.octetString) : undefined;
    reader.leavePast(inner);
    if (seen.size >= MAX_CONTROLS) throw new RequestRefused('protocolError', `more than ${MAX_CONTROLS} controls`);
    if (seen.has(type)) throw new RequestRefused('protocolError', `control ${shown(type)} is there twice`);
    seen.add(type);
    const known = READERS.get(type);
    if (known?.operations.includes(operation) === true) readControl(controls, type, known, value, critical);
    // Nobody answers an abandon or an unbind, so that nothing can be critical to it (RFC 4511, 4.1.11).
    else if (critical && operation !== 'abandon' && operation !== 'unbind') {
      const why = known === undefined ? 'is not known' : 'does not belong to this operation';
      throw new RequestRefused('unavailableCriticalExtension', `critical control ${shown(type)} ${why}`);
    }
  }
  reader.leave(outer);
  return controls;
}

function readControl(
  controls: Draft,
  type: string,
  known: ControlReader,
  value: Buffer | undefined,
  critical: boolean,
): void {
  if (known.value !== 'ignored' && (value !== undefined && value.length > 0) !== (known.value === 'needed')) {
    const what = known.value === 'needed' ? 'needs a value' : 'has no value';
    throw new RequestRefused('protocolError', `control ${type} ${what}`);
  }
  const content = new BerReader(value ?? NO_OCTETS);
  try {
    known.read(controls, content, critical);
  } catch (error) {
    if (!(error instanceof BerFault)) throw error;
    const code = error.kind === 'limit' ? 'adminLimitExceeded' : 'protocolError';
    throw new RequestRefused(code, `the value of control ${type}: ${error.message}`);
  }
}

function sortKeys(value: BerReader): readonly SortKey[] {
  const keys: SortKey[] = [];
  const outer = value.enter(Tag.sequence);
  while (value.more) {
    const inner = value.enter(Tag.sequence);
    const attribute = value.text(Tag.octetString);
    const rule = value.peek() === 0x80 ? value.text(0x80) : undefined;
    const reverse = value.peek() === 0x81 && value.boolean(0x81);
    value.leavePast(inner);
    if (keys.length === MAX_SORT_KEYS)
      throw new RequestRefused('adminLimitExceeded', `more than ${MAX_SORT_KEYS} sort keys`);
    keys.push(rule === undefined ? { attribute, reverse } : { attribute, rule, reverse });
  }
  value.leave(outer);
  if (keys.length === 0) throw new RequestRefused('protocolError', 'the sort control has no key');
  return keys;
}

/** AttributeSelection of RFC 4511, 4.5.1. */
export function attributeSelection(reader: BerReader): readonly string[] {
  const attributes: string[] = [];
  const outer = reader.enter(Tag.sequence);
  while (reader.more) attributes.push(reader.text(Tag.octetString));
  reader.leave(outer);
  return attributes;
}

/** An object identifier that a client made up may be of any length. */
function shown(type: string): string {
  return type.length > 64 ? `${type.slice(0, 64)}...` : type;
}
