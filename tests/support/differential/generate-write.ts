/** Generated adds, modifies, deletes and renames: most are right, the others have one fault. */
import {
  addRequest,
  deleteRequest,
  modifyDnRequest,
  modifyRequest,
  type WireControl,
  type WireModification,
} from '../ldap-wire.ts';
import type { Chance } from './chance.ts';
import { dnKey } from './dn-key.ts';
import { anyDn, attributeName, attributeValue, spelled } from './names-and-values.ts';
import type { GeneratedRequest, RequestKind } from './request.ts';
import { CLASSES, GROUPS, KEPT_DNS, MOVING, PEOPLE, PROJECTS, STEADY, SUFFIX } from './tree.ts';

const KEPT = new Set(KEPT_DNS.map(dnKey));
/** Names that are made and removed over and over. */
const MADE = 40;

function write(
  kind: RequestKind,
  operation: Buffer,
  text: string,
  touches: readonly string[],
  controls: readonly WireControl[],
): GeneratedRequest {
  return { kind, operation, controls, text, touches, sizeLimit: 0 };
}

function changeableDn(chance: Chance): string {
  const dn = writtenDn(chance);
  return KEPT.has(dnKey(dn)) ? `ou=absent,${SUFFIX}` : dn;
}

function writtenDn(chance: Chance): string {
  switch (chance.weighed({ moving: 50, steady: 8, made: 25, node: 12, any: 5 })) {
    case 'moving':
      return spelled(chance, `uid=${chance.pick(MOVING)},${PEOPLE}`);
    case 'steady':
      return `uid=${chance.pick(STEADY)},${PEOPLE}`;
    case 'made':
      return madeDn(chance);
    case 'node':
      return `cn=device${chance.below(6)},ou=Alpha,${PROJECTS}`;
    case 'any':
      return anyDn(chance);
  }
}

function madeDn(chance: Chance): string {
  const number = chance.below(MADE);
  return chance.pick([
    `uid=made${number},${PEOPLE}`,
    `cn=box${number},ou=Alpha,${PROJECTS}`,
    `ou=made${number},${PROJECTS}`,
  ]);
}

export function generatedAdd(chance: Chance, controls: readonly WireControl[]): GeneratedRequest {
  const number = chance.below(MADE);
  const made = `made${number}`;
  const attributes = new Map<string, readonly string[]>();
  let dn: string;
  switch (chance.weighed({ person: 50, unit: 15, device: 15, group: 10, names: 5, odd: 5 })) {
    case 'person':
      dn = `uid=${made},${PEOPLE}`;
      attributes.set('objectClass', personClasses(chance));
      attributes.set('uid', [made]);
      attributes.set('cn', [`Made ${number}`]);
      attributes.set('sn', [attributeValue(chance, 'text')]);
      if (attributes.get('objectClass')!.includes('posixAccount')) {
        attributes.set('uidNumber', [String(40_000 + number)]);
        attributes.set('gidNumber', ['30000']);
        attributes.set('homeDirectory', [`/srv/${made}`]);
      }
      break;
    case 'unit':
      dn = `ou=${made},${PROJECTS}`;
      attributes.set('objectClass', CLASSES.unit);
      if (chance.happens(0.8)) attributes.set('ou', [made]);
      break;
    case 'device':
      dn = `cn=box${number},ou=Alpha,${PROJECTS}`;
      attributes.set('objectClass', CLASSES.device);
      attributes.set('cn', [`box${number}`, `other name of box${number}`]);
      break;
    case 'group':
      dn = `cn=${made},${GROUPS}`;
      attributes.set('objectClass', CLASSES.posixGroup);
      attributes.set('cn', [made]);
      attributes.set('gidNumber', [String(31_000 + number)]);
      attributes.set('memberUid', [chance.pick(STEADY), `outside${number}`]);
      break;
    case 'names':
      dn = `cn=names-${made},${GROUPS}`;
      attributes.set('objectClass', CLASSES.names);
      attributes.set('cn', [`names-${made}`]);
      attributes.set('member', [`uid=${chance.pick(STEADY)},${PEOPLE}`]);
      break;
    case 'odd':
      dn = anyDn(chance);
      attributes.set('objectClass', [attributeValue(chance, 'objectClass')]);
      attributes.set('cn', ['odd']);
      break;
  }
  if (chance.happens(0.35)) dn = withFault(chance, dn, attributes);
  return write(
    'add',
    addRequest(dn, [...attributes]),
    `add ${JSON.stringify(dn)} ${JSON.stringify(Object.fromEntries(attributes))}`,
    [dn],
    controls,
  );
}

function personClasses(chance: Chance): readonly string[] {
  // Now and then without superclasses, which a server then adds or not.
  if (chance.happens(0.04)) return chance.pick([['inetOrgPerson'], ['person', 'uidObject']]);
  return chance.pick([CLASSES.person, [...CLASSES.person, 'posixAccount'], ['top', 'person', 'uidObject']]);
}

function withFault(chance: Chance, dn: string, attributes: Map<string, readonly string[]>): string {
  const { name, family } = attributeName(chance);
  switch (
    chance.weighed({
      missing: 4,
      more: 6,
      twice: 2,
      empty: 1,
      parent: 3,
      noClass: 1,
      otherName: 3,
      twoNames: 2,
      operational: 1,
      longer: 1,
    })
  ) {
    case 'missing':
      attributes.delete(chance.pick([...attributes.keys()]));
      return dn;
    case 'more':
      attributes.set(name, [attributeValue(chance, family)]);
      return dn;
    case 'twice': {
      const value = attributeValue(chance, family);
      attributes.set(name, [value, value.toUpperCase()]);
      return dn;
    }
    case 'empty':
      attributes.set(name, []);
      return dn;
    case 'parent':
      return dn.replace(/,.*/, `,ou=absent,${SUFFIX}`);
    case 'noClass':
      attributes.delete('objectClass');
      return dn;
    case 'otherName':
      return dn.replace(/^[a-z]+=[^,]*/, `description=named by ${chance.below(5)}`);
    case 'twoNames':
      return dn.replace(/^([a-z]+=[^,]*)/, '$1+l=here');
    case 'operational':
      attributes.set('createTimestamp', ['20000101000000Z']);
      return dn;
    case 'longer':
      attributes.set('description', ['x'.repeat(2_000)]);
      return dn;
  }
}

export function generatedModify(chance: Chance, controls: readonly WireControl[]): GeneratedRequest {
  const group = chance.happens(0.06);
  const dn = group ? `cn=posix${chance.below(4)},${GROUPS}` : changeableDn(chance);
  const modifications = Array.from({ length: 1 + chance.below(2) }, () => modification(chance, group));
  return write(
    'modify',
    modifyRequest(dn, modifications),
    `modify ${JSON.stringify(dn)} ${JSON.stringify(modifications)}`,
    [dn],
    controls,
  );
}

function modification(chance: Chance, group: boolean): WireModification {
  const operation = chance.weighed({ add: 8, delete: 6, replace: 8, increment: 1 });
  if (group) {
    const values = [`outside${chance.below(6)}`];
    return { operation: operation === 'increment' ? 'add' : operation, attribute: 'memberUid', values };
  }
  if (operation === 'increment') {
    return {
      operation,
      attribute: chance.pick(['uidNumber', 'shadowMax', 'cn']),
      values: [chance.pick(['1', '-3', 'x'])],
    };
  }
  // Login names and the classes themselves change less often than the rest: they change what else is right.
  let { name, family } = attributeName(chance);
  if (family === 'uid' || (family === 'objectClass' && chance.happens(0.5))) [name, family] = ['description', 'text'];
  const count = chance.weighed({ none: operation === 'add' ? 0.3 : 3, one: 8, two: 2 });
  const values = Array.from({ length: { none: 0, one: 1, two: 2 }[count] }, () => attributeValue(chance, family));
  return { operation, attribute: name, values };
}

export function generatedDelete(chance: Chance, controls: readonly WireControl[]): GeneratedRequest {
  const dn = chance.happens(0.7)
    ? madeDn(chance)
    : chance.pick([anyDn(chance), PEOPLE, PROJECTS, `uid=${chance.pick(MOVING)},${PEOPLE}`]);
  // Those in groups stay: what their end does to the groups is compared by a test of its own.
  const kept = /steady|^cn=(posix|names)/i.test(dn) || KEPT.has(dnKey(dn)) ? `${dn},ou=absent,${SUFFIX}` : dn;
  return write('delete', deleteRequest(kept), `delete ${JSON.stringify(kept)}`, [kept], controls);
}

export function generatedRename(chance: Chance, controls: readonly WireControl[]): GeneratedRequest {
  const from = changeableDn(chance);
  // Who is named by others stays: that names follow a rename is one difference, and has tests of its own.
  const named = /steady/i.test(from) || [PEOPLE, GROUPS].some((each) => dnKey(from) === dnKey(each));
  const dn = named ? `uid=absent,${PEOPLE}` : from;
  const type = /^\s*(uid|cn|ou)\b/i.exec(dn)?.[1] ?? 'cn';
  // A name for each kind of entry, so that few of them claim the login name of another.
  const name = `${type.toLowerCase() === 'cn' ? 'box' : 'made'}${chance.below(MADE)}`;
  const kinds = { plain: 50, another: 8, taken: 8, other: 12, malformed: 10, two: 12 };
  const newRdn = {
    plain: `${type}=${name}`,
    another: `${type}=renamed${chance.below(1_000)}`,
    taken: `${type}=${type.toLowerCase() === 'cn' ? 'device1' : chance.pick(MOVING)}`,
    other: 'description=renamed',
    malformed: 'nonsense',
    two: `${type}=${name}+l=there`,
  }[chance.weighed(kinds)];
  const deleteOld = chance.happens(0.6);
  const newSuperior = chance.happens(0.3) ? newParent(chance, dn) : undefined;
  const target = `${newRdn},${newSuperior ?? dn.replace(/^(?:\\.|[^,])*,/, '')}`;
  return write(
    'modifyDn',
    modifyDnRequest(dn, newRdn, deleteOld, newSuperior),
    `rename ${JSON.stringify(dn)} to ${newRdn}${deleteOld ? ' deleting' : ''}${newSuperior === undefined ? '' : ` under ${JSON.stringify(newSuperior)}`}`,
    [dn, target],
    controls,
  );
}

function newParent(chance: Chance, dn: string): string {
  switch (chance.weighed({ people: 20, projects: 20, alpha: 20, absent: 2, below: 2, outside: 1 })) {
    case 'people':
      return PEOPLE;
    case 'projects':
      return PROJECTS;
    case 'alpha':
      return `ou=Alpha,${PROJECTS}`;
    case 'absent':
      return `ou=absent,${SUFFIX}`;
    case 'below':
      return chance.pick([dn, `cn=under,${dn}`]);
    case 'outside':
      return '';
  }
}
