/** The `control:` line of a change record: an object identifier, `true` or `false`, a value (RFC 2849, 2). */
import type { LdifControl } from './ldif-record.ts';
import { readValueSpec, type ValueOfUrl } from './value-spec.ts';

const CONTROL = /^(\d+(?:\.\d+)+)(?: +(true|false))?(?= *$|:)/i;
const COLON = 0x3a;

/** A control of what follows `control:`; a text says what is wrong with it. */
export function readControl(value: Buffer, valueOfUrl: ValueOfUrl | undefined): LdifControl | string {
  const match = CONTROL.exec(value.toString('latin1'));
  if (match === null) return 'not a control: an object identifier, true or false, a value';
  const [head, oid = '', critical = 'false'] = match;
  const control = { oid, critical: critical.toLowerCase() === 'true' };
  if (value[head.length] !== COLON) return control;
  const content = readValueSpec(value, head.length + 1, value.length, valueOfUrl);
  return typeof content === 'string' ? content : { ...control, value: content };
}
