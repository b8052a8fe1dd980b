/** Attributes, values and names that generated requests are made of: right, nearly right and wrong. */
import type { Chance } from './chance.ts';
import { GROUPS, KNOWN_DNS, MOVING, PEOPLE, PROJECTS, STEADY, SUFFIX } from './tree.ts';

/** By the kind of value that belongs into it. */
const ATTRIBUTES = {
  text: [
    'cn',
    'sn',
    'givenName',
    'description',
    'title',
    'o',
    'ou',
    'l',
    'displayName',
    'employeeType',
    'gecos',
    'serialNumber',
  ],
  mail: ['mail'],
  uid: ['uid'],
  number: ['uidNumber', 'gidNumber', 'shadowMax'],
  phone: ['telephoneNumber', 'mobile', 'homePhone'],
  dn: ['seeAlso', 'manager', 'owner', 'secretary'],
  group: ['memberUid', 'member'],
  objectClass: ['objectClass'],
  exact: ['homeDirectory', 'loginShell', 'labeledURI'],
  octets: ['sshPublicKey'],
  time: ['createTimestamp', 'modifyTimestamp'],
  unknown: ['noSuchAttribute', 'x-local', '1.2.3.4.5'],
} as const;
type Family = keyof typeof ATTRIBUTES;

const FAMILY_WEIGHTS: Readonly<Record<Family, number>> = {
  text: 30,
  mail: 10,
  uid: 11,
  group: 1,
  number: 12,
  phone: 6,
  dn: 4,
  objectClass: 12,
  exact: 5,
  octets: 3,
  time: 3,
  unknown: 3,
};

const CLASSES = [
  'person',
  'inetOrgPerson',
  'organizationalPerson',
  'posixAccount',
  'ldapPublicKey',
  'organizationalUnit',
  'device',
  'top',
  'shadowAccount',
  'noSuchClass',
  '2.5.6.6',
];
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  cn: ['CN', 'commonName', '2.5.4.3'],
  sn: ['surname', 'SN', '2.5.4.4'],
  mail: ['rfc822Mailbox', 'MAIL', '0.9.2342.19200300.100.1.3'],
  uid: ['userid', 'UID', '0.9.2342.19200300.100.1.1'],
  objectClass: ['objectclass', '2.5.4.0'],
  l: ['localityName'],
  gn: ['givenName'],
};
const TEXTS = [
  'Müller',
  'MÜLLER',
  'smith',
  'Smith ',
  ' Smith',
  'van der Berg',
  'van  der   berg',
  "O'Neill",
  'Straße',
  'STRASSE',
  '李',
  'Dr',
  'first line',
  'Number 5',
  'Given3 Ünal',
  'given3 ünal',
  'Stuttgart',
  'Rack 1',
  'A-3',
  'Experiments',
  'BonFIRE',
  '',
  ' ',
  '*',
  '(',
  '\\',
  'a,b',
  'ﬁnd',
  'e\u0301',
  '\u00e9',
  'x\u0000y',
  'ＦＵＬＬ',
];

export interface AttributeName {
  readonly name: string;
  readonly family: Family;
}

export function attributeName(chance: Chance): AttributeName {
  const family = chance.weighed(FAMILY_WEIGHTS);
  const name = chance.pick<string>(ATTRIBUTES[family]);
  const others = OTHER_NAMES[name];
  return { family, name: others !== undefined && chance.happens(0.2) ? chance.pick(others) : name };
}

/** A value for an attribute of this family; now and then one that its syntax does not allow. */
export function attributeValue(chance: Chance, family: Family): string {
  const uid = () => chance.pick([...STEADY, ...MOVING, 'somebody', 'nobody']);
  const respelled = (text: string) => (chance.happens(0.2) ? text.toUpperCase() : text);
  switch (family) {
    case 'text':
    case 'unknown':
      return chance.pick(TEXTS);
    case 'mail':
      return chance.happens(0.1) ? chance.pick(TEXTS) : respelled(`${uid()}@bonfire-project.eu`);
    case 'uid':
      return respelled(uid());
    case 'group':
      return chance.happens(0.5) ? personDn(chance) : chance.pick([...STEADY, 'outside1']);
    case 'number':
      return chance.happens(0.12)
        ? chance.pick(['', '-', 'twelve', '007', '+5', '-0', ' 5', '1.5', '99999999999999999999'])
        : String(chance.pick([20_000, 20_003, 20_010, 30_000, 30_001, 90, 0, -1]) + chance.below(4));
    case 'phone':
      return chance.pick(['+49 711 1000', '+497111000', '+49-711-1003', '+49 711  1006', '', '---', 'call me', 'ünal']);
    case 'dn':
      return chance.happens(0.1) ? chance.pick(['nonsense', 'uid=', '=x', 'uid=a,,dc=b', '']) : personDn(chance);
    case 'objectClass':
      return respelled(chance.pick(CLASSES));
    case 'exact':
      return chance.pick([`/srv/${uid()}`, '/bin/sh', '/BIN/SH', 'http://example.org a label', ' /bin/sh']);
    case 'octets':
      return `ssh-ed25519 AAAA${chance.below(36)} ${uid()}`;
    case 'time':
      return chance.pick([
        '20000101000000Z',
        '20991231235959Z',
        '200001010000Z',
        '20000101000000.5Z',
        '20000101000000+0100',
        '2000',
        'yesterday',
        '20001301000000Z',
      ]);
  }
}

function personDn(chance: Chance): string {
  return spelled(chance, `uid=${chance.pick(STEADY)},${PEOPLE}`);
}

/** A DN that is there, was there, or never was; in one of its spellings; now and then no DN. */
export function anyDn(chance: Chance): string {
  const kind = chance.weighed({ known: 70, absent: 16, deeper: 5, top: 4, malformed: 5 });
  switch (kind) {
    case 'known':
      return spelled(chance, chance.pick(KNOWN_DNS));
    case 'absent':
      return spelled(chance, `uid=absent${chance.below(9)},${chance.pick([PEOPLE, GROUPS, PROJECTS, SUFFIX])}`);
    case 'deeper':
      return `cn=x,ou=absent,${chance.pick(KNOWN_DNS)}`;
    case 'top':
      return chance.happens(0.05) ? 'cn=Subschema' : chance.pick(['', 'dc=eu', 'dc=elsewhere,dc=org', 'o=none']);
    case 'malformed':
      return chance.pick([
        'nonsense',
        'uid',
        'uid=a,',
        ',uid=a',
        'uid=a\\',
        'uid=a\\g1',
        '=a',
        'uid=a,,dc=eu',
        'uid=#zz',
        'a b=c',
      ]);
  }
}

/** The same name as another client would write it. */
export function spelled(chance: Chance, dn: string): string {
  if (chance.happens(0.6)) return dn;
  switch (chance.weighed({ upper: 3, spaces: 3, oid: 2, escaped: 2 })) {
    case 'upper':
      return dn.toUpperCase().replaceAll('\\2C', '\\2c');
    case 'spaces':
      return dn.replaceAll(/(?<!\\),/g, ' , ').replaceAll('=', ' = ');
    case 'oid':
      return dn.replaceAll(/(^|,)ou=/g, '$12.5.4.11=').replaceAll(/(^|,)cn=/g, '$1commonName=');
    case 'escaped':
      return dn.replace(/(?<=[a-z]=[a-z])[a-z]/, (letter) => `\\${letter.charCodeAt(0).toString(16)}`);
  }
}
