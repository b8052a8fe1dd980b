/** What the contests ask, as requests with the answers that must come. */
import { BONFIRE_SUFFIX, PORTAL_DN, PORTAL_PASSWORD } from '../../tests/support/bonfire-tree.ts';
import { bindRequest, filter, modifyRequest, searchRequest } from '../../tests/support/ldap-wire.ts';
import {
  EVERYBODY_DN,
  GROUPS_DN,
  groupsOf,
  MAIL_PREFIXES,
  mailPrefix,
  NODES,
  NODES_DN,
  PEOPLE_DN,
  person,
  personDn,
  type TreeOptions,
} from './bonfire-people.ts';
import type { LoadRequest } from './ldap-load.ts';
import type { DirectoryServer } from './server.ts';

const QUESTIONS = 100_000;
const ANYTHING = filter.present('objectClass');

export type QuestionKind = 'uid' | 'groups' | 'base' | 'bind' | 'substring' | 'list' | 'modify';

/** Who asks: a service that reads, whoever may write, or nobody before the request itself. */
export type Asking = 'reader' | 'writer' | 'nobody';

export interface Question {
  readonly asking: Asking;
  readonly requests: (tree: TreeOptions) => readonly LoadRequest[];
}

export const QUESTION: Readonly<Record<QuestionKind, Question>> = {
  uid: {
    asking: 'reader',
    requests: (tree) =>
      ofPeople(tree, ({ uid }) => ({
        operation: searchRequest({ base: PEOPLE_DN, scope: 'sub', filter: filter.equal('uid', uid) }),
        entries: 1,
      })),
  },
  groups: {
    asking: 'reader',
    requests: (tree) =>
      ofPeople(tree, ({ uid }, number) => ({
        operation: searchRequest({
          base: GROUPS_DN,
          scope: 'sub',
          filter: filter.and(filter.equal('objectClass', 'posixGroup'), filter.equal('memberUid', uid)),
          attributes: ['cn'],
        }),
        entries: groupsOf(tree, number).length + (tree.everybody ? 1 : 0),
      })),
  },
  base: {
    asking: 'reader',
    requests: (tree) =>
      ofPeople(tree, ({ uid }) => ({
        operation: searchRequest({ base: personDn(uid), scope: 'base', filter: ANYTHING }),
        entries: 1,
      })),
  },
  bind: {
    asking: 'nobody',
    requests: (tree) => ofPeople(tree, ({ uid, password }) => ({ operation: bindRequest(personDn(uid), password) })),
  },
  substring: {
    asking: 'reader',
    requests: (tree) =>
      Array.from({ length: MAIL_PREFIXES }, (_, number) => ({
        operation: searchRequest({
          base: BONFIRE_SUFFIX,
          scope: 'sub',
          filter: filter.substrings('mail', { initial: mailPrefix(number * 7) }),
          attributes: ['uid', 'cn', 'mail'],
        }),
        entries: Math.floor(tree.people / MAIL_PREFIXES),
      })),
  },
  list: {
    asking: 'reader',
    requests: () => [
      {
        operation: searchRequest({
          base: NODES_DN,
          scope: 'one',
          filter: ANYTHING,
          attributes: ['cn', 'serialNumber'],
        }),
        entries: NODES,
        page: 100,
      },
    ],
  },
  modify: {
    asking: 'writer',
    requests: (tree) =>
      ofPeople(tree, ({ uid }, number, turn) => ({
        operation: modifyRequest(personDn(uid), [
          { operation: 'replace', attribute: 'telephoneNumber', values: [`+49 711 ${number} ${turn}`] },
        ]),
      })),
  },
};

/** The bind that a connection begins with. */
export function preambleOf(asking: Asking, server: DirectoryServer): readonly LoadRequest[] {
  if (asking === 'nobody') return [];
  const { dn, password } = asking === 'writer' ? server.writer : { dn: PORTAL_DN, password: PORTAL_PASSWORD };
  return [{ operation: bindRequest(dn, password) }];
}

/** Takes somebody into cn=everybody again, or out of it. */
export function membership(tree: TreeOptions, operation: 'add' | 'delete', count: number): readonly LoadRequest[] {
  return Array.from({ length: count }, (_, number) => ({
    operation: modifyRequest(EVERYBODY_DN, [
      { operation, attribute: 'memberUid', values: [person(tree.seed, number * 11).uid] },
    ]),
  }));
}

/** Every person with everything, in one answer. */
export function everything({ people }: TreeOptions): readonly LoadRequest[] {
  const search = { base: PEOPLE_DN, scope: 'one', filter: ANYTHING } as const;
  return [{ operation: searchRequest(search), entries: people }];
}

/** A plain password for each of the first `count` people, which the server is to hash. */
export function newPasswords(tree: TreeOptions, count: number): readonly LoadRequest[] {
  return firstPeople(tree, count).map(({ uid, password }) => ({
    operation: modifyRequest(personDn(uid), [
      { operation: 'replace', attribute: 'userPassword', values: [longer(password)] },
    ]),
  }));
}

export function bindsOf(tree: TreeOptions, count: number): readonly LoadRequest[] {
  return firstPeople(tree, count).map(({ uid, password }) => ({
    operation: bindRequest(personDn(uid), longer(password)),
  }));
}

/** As long as new passwords must be. */
const longer = (password: string) => `${password} and much longer`;

const firstPeople = ({ seed }: TreeOptions, count: number) =>
  Array.from({ length: count }, (_, number) => person(seed, number));

/** A request about each of many people, in an order without a pattern. */
function ofPeople(
  { people, seed }: TreeOptions,
  request: (found: ReturnType<typeof person>, number: number, turn: number) => LoadRequest,
): readonly LoadRequest[] {
  let state = 0x2545f491;
  return Array.from({ length: QUESTIONS }, (_, turn) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const number = (state >>> 0) % people;
    return request(person(seed, number), number, turn);
  });
}
