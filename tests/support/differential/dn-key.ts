/** A name that is the same for every spelling of one DN: enough for the names of the generated tree. */

const CANONICAL: Readonly<Record<string, string>> = {
  '2.5.4.3': 'cn',
  commonname: 'cn',
  '2.5.4.11': 'ou',
  organizationalunitname: 'ou',
  '2.5.4.7': 'l',
  localityname: 'l',
  '0.9.2342.19200300.100.1.1': 'uid',
  userid: 'uid',
};

/** The key of a DN; of what is no DN, its text. */
export function dnKey(dn: string): string {
  if (dn === '') return '';
  const rdns = split(dn, ',').map((rdn) => split(rdn, '+').map(assertionKey));
  if (rdns.some((rdn) => rdn.includes(undefined))) return `no DN: ${dn}`;
  return rdns.map((rdn) => rdn.toSorted().join('+')).join(',');
}

/** The keys of a DN and everything above it. */
export function isUnder(dn: string, top: string): boolean {
  const [key, topKey] = [dnKey(dn), dnKey(top)];
  return key === topKey || key.endsWith(`,${topKey}`);
}

function assertionKey(text: string): string | undefined {
  const equals = text.indexOf('=');
  if (equals < 1) return undefined;
  const type = text.slice(0, equals).trim().toLowerCase();
  const value = unescaped(text.slice(equals + 1).trim());
  const folded = value.toLowerCase().normalize('NFKC').replaceAll(/\s+/g, ' ').trim();
  return `${CANONICAL[type] ?? type}=${folded.replaceAll(/[,+\\]/g, (special) => `\\${special}`)}`;
}

function unescaped(text: string): string {
  const octets: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const hex = /^\\([0-9a-fA-F]{2})/.exec(text.slice(at, at + 3))?.[1];
    if (hex !== undefined) {
      octets.push(Number.parseInt(hex, 16));
      at += 2;
      continue;
    }
    if (text[at] === '\\') at += 1;
    const point = String.fromCodePoint(text.codePointAt(at) ?? 0x5c);
    octets.push(...Buffer.from(point));
    at += point.length - 1;
  }
  return Buffer.from(octets).toString();
}

function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === separator) {
      parts.push(part);
      part = '';
    } else if (text[at] === '\\') {
      part += text.slice(at, at + 2);
      at += 1;
    } else part += text[at];
  }
  return [...parts, part];
}
