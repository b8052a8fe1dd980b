/**
 * The LDIF text of a record (RFC 2849): lines of at most 78 columns as `slapcat` has them, a value in base64 where it could not be read back
 * or where a terminal would act on it. Ends with an empty line, so that records follow each other.
 */
import { type DistinguishedName, formatDistinguishedName } from '../distinguished-name.ts';
import type { LdifAttribute, LdifControl, LdifRecord } from './ldif-record.ts';

/** What a file begins with. */
export const LDIF_VERSION = 'version: 1\n\n';

const COLUMNS = 78;
/** Printable ASCII that begins with no blank, colon or less-than sign, and ends with no blank. */
const PLAIN = /^[!-9;=-~](?:[ -~]*[!-~])?$/;

/** What is written; where it stood in a file is not. */
export type LdifText = LdifRecord extends infer Each ? (Each extends LdifRecord ? Omit<Each, 'line'> : never) : never;

export function formatLdif(record: LdifText): string {
  return `${nameLine('dn', record.dn)}${body(record)}\n`;
}

function body(record: LdifText): string {
  switch (record.kind) {
    case 'entry':
      return attributeLines(record.attributes);
    case 'add':
      return `${changeLines('add', record.controls)}${attributeLines(record.attributes)}`;
    case 'delete':
      return changeLines('delete', record.controls);
    case 'modify': {
      const modifications = record.modifications.map(
        (one) => `${one.operation}: ${one.attribute}\n${attributeLines([one])}-\n`,
      );
      return `${changeLines('modify', record.controls)}${modifications.join('')}`;
    }
    case 'rename': {
      const head = `${changeLines('moddn', record.controls)}${nameLine('newrdn', { rdns: [record.newRdn] })}`;
      const superior = record.newSuperior === undefined ? '' : nameLine('newsuperior', record.newSuperior);
      return `${head}deleteoldrdn: ${record.deleteOldRdn ? 1 : 0}\n${superior}`;
    }
  }
}

function changeLines(change: string, controls: readonly LdifControl[]): string {
  const lines = controls.map(({ oid, critical, value }) => {
    const head = `control: ${oid} ${critical}`;
    return value === undefined ? `${head}\n` : valueLine(head, value);
  });
  return `${lines.join('')}changetype: ${change}\n`;
}

function attributeLines(attributes: readonly LdifAttribute[]): string {
  let lines = '';
  for (const { attribute, values } of attributes) for (const value of values) lines += valueLine(attribute, value);
  return lines;
}

function nameLine(name: string, dn: DistinguishedName): string {
  return valueLine(name, Buffer.from(formatDistinguishedName(dn)));
}

function valueLine(name: string, value: Uint8Array): string {
  const octets = Buffer.from(value.buffer, value.byteOffset, value.length);
  if (octets.length === 0) return `${name}:\n`;
  const text = octets.toString('latin1');
  return fold(PLAIN.test(text) ? `${name}: ${text}` : `${name}:: ${octets.toString('base64')}`);
}

function fold(line: string): string {
  if (line.length <= COLUMNS) return `${line}\n`;
  let folded = line.slice(0, COLUMNS);
  for (let at = COLUMNS; at < line.length; at += COLUMNS - 1) folded += `\n ${line.slice(at, at + COLUMNS - 1)}`;
  return `${folded}\n`;
}
