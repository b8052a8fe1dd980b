/** The corpus of generated requests: the same for the same seed. */
import { bindRequest, element, extendedRequest, octetString, type WireControl, type WireFilter } from '../ldap-wire.ts';
import { Chance } from './chance.ts';
import { generatedCompare, generatedFilter, generatedSearch } from './generate-search.ts';
import { generatedAdd, generatedDelete, generatedModify, generatedRename } from './generate-write.ts';
import { anyDn } from './names-and-values.ts';
import type { GeneratedRequest } from './request.ts';
import { MOVING, PASSWORD, PEOPLE } from './tree.ts';

const WEIGHTS = { search: 52, compare: 9, add: 10, modify: 15, delete: 5, rename: 4, bind: 4, extended: 1 } as const;
/** Requests with the assertion control (RFC 4528). */
const ASSERTED = 0.04;
const OID = {
  manageDsaIt: '2.16.840.1.113730.3.4.2',
  assertion: '1.3.6.1.1.12',
  unknown: '1.3.6.1.4.1.99999.7',
  whoAmI: '1.3.6.1.4.1.4203.1.11.3',
} as const;

export function* generatedRequests(seed: number, count: number): Generator<GeneratedRequest> {
  const chance = new Chance(seed);
  for (let number = 0; number < count; number += 1) {
    const asserted = chance.happens(ASSERTED) ? generatedFilter(chance, 2) : undefined;
    const request = generatedRequest(chance, asserted);
    yield asserted === undefined || request.controls.length === 0
      ? request
      : { ...request, text: `${request.text} if ${asserted.text}` };
  }
}

function generatedRequest(chance: Chance, asserted: WireFilter | undefined): GeneratedRequest {
  const controls =
    asserted === undefined
      ? generatedControls(chance)
      : [{ oid: OID.assertion, critical: true, value: asserted.octets }];
  switch (chance.weighed(WEIGHTS)) {
    case 'search':
      return generatedSearch(chance, controls);
    case 'compare':
      return generatedCompare(chance, controls);
    case 'add':
      return generatedAdd(chance, controls);
    case 'modify':
      return generatedModify(chance, controls);
    case 'delete':
      return generatedDelete(chance, controls);
    case 'rename':
      return generatedRename(chance, controls);
    case 'bind':
      return generatedBind(chance);
    case 'extended':
      return generatedExtended(chance);
  }
}

function generatedControls(chance: Chance): readonly WireControl[] {
  switch (chance.weighed({ none: 96, manage: 2, unknown: 1, unknownCritical: 1 })) {
    case 'none':
      return [];
    case 'manage':
      return [{ oid: OID.manageDsaIt, critical: true }];
    case 'unknown':
      return [{ oid: OID.unknown, critical: false }];
    case 'unknownCritical':
      return [{ oid: OID.unknown, critical: true }];
  }
}

/** A bind on a connection of its own. */
function generatedBind(chance: Chance): GeneratedRequest {
  const dn = chance.happens(0.6) ? `uid=${chance.pick(MOVING)},${PEOPLE}` : anyDn(chance);
  const password = chance.pick([PASSWORD, PASSWORD, 'wrong', '', `${PASSWORD}\0`, PASSWORD.toUpperCase()]);
  const version = chance.happens(0.05) ? chance.pick([1, 2, 4, 127]) : 3;
  const octets = chance.happens(0.05)
    ? element(
        0x60,
        element(0x02, Buffer.from([3])),
        octetString(dn),
        element(0xa3, octetString(chance.pick(['', 'NOSUCH', 'GSS-X']))),
      )
    : bindRequest(dn, password, version);
  return {
    kind: 'bind',
    operation: octets,
    controls: [],
    text: `bind ${JSON.stringify(dn)} ${JSON.stringify(password)} version ${version}`,
    touches: [],
    sizeLimit: 0,
  };
}

function generatedExtended(chance: Chance): GeneratedRequest {
  const oid = chance.pick([OID.whoAmI, '1.2.3.4', 'nonsense']);
  return {
    kind: 'extended',
    operation: extendedRequest(oid),
    controls: [],
    text: `extended ${oid}`,
    touches: [],
    sizeLimit: 0,
  };
}
