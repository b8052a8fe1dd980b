/**
 * What a connection does with hand-made messages: the table that slapd 2.5 was asked (RELIABILITY), all operations in all
 * states, and the order of things (RFC 4511, 3.1, 4.1.1, 4.4.1, 4.11; RFC 3909).
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { BONFIRE_SUFFIX, PORTAL_DN } from '../../support/bonfire-tree.ts';
import { ALICE, OPERATOR } from '../../support/interop-tree.ts';
import { type DoorSite, startDoorSite } from '../../support/ldap-door-site.ts';
import { noticeOf, type Outcome, RawConnection } from '../../support/ldap-raw-connection.ts';
import {
  bindRequest,
  compareRequest,
  decodeResult,
  deleteRequest,
  element,
  extendedRequest,
  filter,
  integer,
  message,
  modifyRequest,
  octetString,
  searchRequest,
  TAG,
} from '../../support/ldap-wire.ts';

const any = filter.present('objectClass');
const ROOT = searchRequest({ base: '', scope: 'base', filter: any, attributes: ['1.1'] });
const EVERYTHING = searchRequest({ base: BONFIRE_SUFFIX, scope: 'sub', filter: any });
const WHO_AM_I = extendedRequest('1.3.6.1.4.1.4203.1.11.3');
const cancel = (id: number) => extendedRequest('1.3.6.1.1.8', element(0x30, integer(id)));

let site: DoorSite;

async function open(): Promise<RawConnection> {
  return RawConnection.open(site.port);
}

async function bound(who: { readonly dn: string; readonly password: string } = OPERATOR): Promise<RawConnection> {
  const connection = await open();
  assert.equal(await connection.ask(bindRequest(who.dn, who.password), 900), 0);
  return connection;
}

/** Sends octets on a new connection: the notice of disconnection that came, and nothing else, before it ended. */
async function noticeAfter(octets: Buffer): Promise<number | undefined> {
  const connection = await open();
  connection.send(octets);
  const came = await connection.rest();
  assert.ok(came.length <= 1, 'nothing but a notice');
  return came[0] && noticeOf(came[0]);
}

describe('the LDAP door', () => {
  before(async () => {
    site = await startDoorSite();
  });
  after(() => site.close());

  describe('answers as the table of slapd says', () => {
    const bind = async (dn: string, password: string | Buffer, version = 3): Promise<Outcome> =>
      (await open()).ask(bindRequest(dn, password, version));

    it('a bind with a name and an empty password: 53', async () => {
      assert.equal(await bind(ALICE.dn, ''), 53);
      assert.equal(await bind(`uid=nobody,ou=People,${BONFIRE_SUFFIX}`, ''), 53);
    });
    it('a bind with a password and no name: 49', async () => assert.equal(await bind('', 'secret'), 49));
    it('a bind with nothing: anonymous', async () => assert.equal(await bind('', ''), 0));
    it('a wrong password, an unknown name, a password with NUL: 49', async () => {
      assert.equal(await bind(ALICE.dn, 'wrong'), 49);
      assert.equal(await bind(`uid=nobody,ou=People,${BONFIRE_SUFFIX}`, 'wrong'), 49);
      assert.equal(await bind(ALICE.dn, `${ALICE.password}\0`), 49);
      assert.equal(await bind(ALICE.dn, Buffer.from('ff', 'hex')), 49);
    });
    it('a name that is none: 34', async () => {
      assert.equal(await bind('not a name', 'secret'), 34);
      assert.equal(await bind('cn=\\zz', 'secret'), 34);
    });
    it('a bind of version 2 or 4: 2', async () => {
      assert.equal(await bind('', '', 2), 2);
      assert.equal(await bind('', '', 4), 2);
    });
    it('a SASL mechanism that is empty, unknown, or for encrypted connections: 7', async () => {
      for (const mechanism of ['', 'GSSAPI', 'PLAIN', 'EXTERNAL']) {
        const sasl = element(TAG.bind, integer(3), octetString(''), element(0xa3, octetString(mechanism)));
        assert.equal(await (await open()).ask(sasl), 7, mechanism);
      }
    });
    it('a message id of 0, -1 or 2^31: notice of disconnection', async () => {
      for (const id of [0, -1, 2 ** 31]) assert.equal(await noticeAfter(message(id, ROOT)), 2, String(id));
      assert.equal(await (await open()).ask(ROOT, 2 ** 31 - 1), 0);
    });
    it('an unknown operation, or a response: notice of disconnection', async () => {
      for (const tag of [0x7e, 0x41, 0x61, 0x64, 0x65, 0x78]) {
        assert.equal(await noticeAfter(message(1, element(tag, octetString('')))), 2, tag.toString(16));
      }
    });
    it('an indefinite length, one of 2 GiB, and 8 octets of length: notice of disconnection', async () => {
      for (const octets of ['30800201016000', '30847fffffff0201', '3088ffffffffffffffff02']) {
        assert.equal(await noticeAfter(Buffer.from(octets, 'hex')), 2, octets);
      }
    });
    it('a length that is not minimal: read', async () => {
      const inner = message(1, ROOT).subarray(2);
      const connection = await open();
      connection.send(Buffer.from([0x30, 0x84, 0, 0, 0, inner.length]), inner);
      assert.equal(await connection.outcome(), 0);
    });
    it('a filter of 65 or 20,000 levels: 11, and the connection goes on', async () => {
      for (const depth of [65, 3_000]) {
        let nested = any;
        for (let level = 1; level < depth; level += 1) nested = filter.not(nested);
        const connection = await open();
        assert.equal(await connection.ask(searchRequest({ base: '', scope: 'base', filter: nested })), 11);
        assert.equal(await connection.ask(ROOT, 2), 0);
      }
    });
    it('an empty AND matches, an empty OR does not (RFC 4526)', async () => {
      const found = async (part: typeof any) => {
        const connection = await open();
        connection.send(message(1, searchRequest({ base: '', scope: 'base', filter: part })));
        return (await connection.next())?.operation.tag === TAG.searchEntry;
      };
      assert.equal(await found(filter.and()), true);
      assert.equal(await found(filter.or()), false);
    });
    it('a scope of 9: 2; an unknown critical control: 12; and the connection goes on', async () => {
      const connection = await open();
      const scope = Buffer.from(ROOT);
      scope[scope.indexOf(Buffer.from('0a0100', 'hex')) + 2] = 9;
      assert.equal(await connection.ask(scope), 2);
      assert.equal(await connection.ask(ROOT, 2, [{ oid: '1.2.3.4', critical: true }]), 12);
      assert.equal(await connection.ask(ROOT, 3, [{ oid: '1.2.3.4' }]), 0);
    });
    it('6 MB before a bind: notice of disconnection, at the head of it', async () => {
      assert.equal(await noticeAfter(Buffer.from('30845b8d80000201', 'hex')), 2);
    });
  });

  it('takes a message of 64 KiB before a bind, and megabytes after it', async () => {
    const size = (octets: number) => compareRequest(PORTAL_DN, 'description', 'x'.repeat(octets));
    assert.equal(await (await open()).ask(size(60_000)), 32);
    assert.equal(await noticeAfter(message(1, size(70_000))), 2);
    const connection = await bound();
    assert.notEqual(await connection.ask(size(3_000_000)), 'closed');
    assert.equal(await connection.ask(WHO_AM_I, 2), 0);
    connection.send(Buffer.from('308401000001020101', 'hex'));
    assert.deepEqual((await connection.rest()).map(noticeOf), [2]);
  });

  it('is nobody again when a bind fails, and while one is under way', async () => {
    const connection = await bound();
    const who = async () => {
      connection.send(message(1, WHO_AM_I));
      return (await connection.next())?.operation.content.toString('latin1').includes('operator');
    };
    assert.equal(await who(), true);
    assert.equal(await connection.ask(bindRequest(OPERATOR.dn, 'wrong')), 49);
    assert.equal(await who(), false);
    assert.equal(await connection.ask(bindRequest(OPERATOR.dn, OPERATOR.password)), 0);
    assert.equal(await who(), true);
    assert.equal(await connection.ask(bindRequest('', '')), 0);
    assert.equal(await who(), false);
  });

  it('answers in the order in which it was asked, however the octets come', async () => {
    const asked = [
      bindRequest(OPERATOR.dn, OPERATOR.password),
      EVERYTHING,
      WHO_AM_I,
      modifyRequest(ALICE.dn, [{ operation: 'replace', attribute: 'description', values: ['x'] }]),
      compareRequest(ALICE.dn, 'description', 'x'),
      ROOT,
    ];
    const octets = Buffer.concat(asked.map((operation, index) => message(index + 1, operation)));
    for (const size of [octets.length, 1, 7, 64]) {
      const connection = await open();
      for (let at = 0; at < octets.length; at += size) {
        connection.send(octets.subarray(at, at + size));
        if (size < octets.length) await wait(0);
      }
      const codes: number[] = [];
      for (let last = 0; last < asked.length; ) {
        const answer = await connection.next();
        assert.ok(answer !== undefined);
        assert.ok(answer.id === last || answer.id === last + 1, `${answer.id} after ${last}`);
        if (answer.operation.tag === TAG.searchEntry) continue;
        last = answer.id;
        codes.push(decodeResult(answer.operation).code);
      }
      assert.deepEqual(codes, [0, 0, 0, 0, 6, 0], `in pieces of ${size}`);
      connection.close();
    }
  });

  it('says nothing to an unbind, and closes', async () => {
    const connection = await open();
    connection.send(message(1, ROOT), message(2, element(TAG.unbind)), message(3, ROOT));
    // What was under way may be abandoned (RFC 4511, 4.3); what comes after is nothing to anybody.
    const answered = new Set((await connection.rest()).map(({ id }) => id));
    assert.deepEqual(
      [...answered].filter((id) => id !== 1),
      [],
    );
  });

  it('ignores an abandon of what is not there, and answers no cancel of it but with 119', async () => {
    const connection = await open();
    connection.send(message(1, integer(77, TAG.abandon)), message(2, cancel(77)), message(3, cancel(3)));
    assert.equal(await connection.outcome(2), 119);
    assert.equal(await connection.outcome(3), 119);
    assert.equal(await connection.ask(extendedRequest('1.3.6.1.1.8'), 4), 2);
    assert.equal(await connection.ask(extendedRequest('1.3.6.1.1.8', Buffer.from('xx')), 5), 2);
  });

  it('abandons and cancels what waits behind an operation that is under way', async () => {
    const connection = await bound();
    const write = modifyRequest(ALICE.dn, [{ operation: 'replace', attribute: 'description', values: ['y'] }]);
    connection.send(
      message(1, write),
      message(2, ROOT),
      message(3, WHO_AM_I),
      message(4, integer(2, TAG.abandon)),
      message(5, cancel(3)),
      message(6, ROOT),
    );
    const answers = new Map<number, number>();
    while (answers.size < 4) {
      const answer = (await connection.next())!;
      if (answer.operation.tag !== TAG.searchEntry) answers.set(answer.id, decodeResult(answer.operation).code);
    }
    assert.deepEqual(Object.fromEntries(answers), { 1: 0, 3: 118, 5: 0, 6: 0 });
  });

  it('says of a change that was canceled whether it was made', async () => {
    const connection = await bound();
    const write = modifyRequest(ALICE.dn, [{ operation: 'replace', attribute: 'description', values: ['z'] }]);
    connection.send(message(1, write), message(2, cancel(1)));
    const ended = await connection.outcome(1);
    const canceled = await connection.outcome(2);
    assert.ok((ended === 118 && canceled === 0) || (ended === 0 && canceled === 120), `${ended} and ${canceled}`);
    const holds = await connection.ask(compareRequest(ALICE.dn, 'description', 'z'), 3);
    assert.equal(holds === 6, ended === 0);
    connection.send(message(4, bindRequest(OPERATOR.dn, OPERATOR.password)), message(5, cancel(4)));
    assert.equal(await connection.outcome(4), 0);
    assert.ok([119, 121].includes((await connection.outcome(5)) as number));
  });

  it('stays alive whatever operation comes in whatever state', async () => {
    const states: Record<string, () => Promise<RawConnection>> = {
      fresh: open,
      bound: () => bound(),
      binding: async () => {
        const connection = await open();
        connection.send(message(1, bindRequest(ALICE.dn, ALICE.password)));
        return connection;
      },
      writing: async () => {
        const connection = await bound();
        connection.send(message(1, deleteRequest(`uid=none,ou=People,${BONFIRE_SUFFIX}`)));
        return connection;
      },
      searching: async () => {
        const connection = await bound();
        connection.send(message(1, EVERYTHING));
        return connection;
      },
      closing: async () => {
        const connection = await open();
        connection.send(message(1, element(TAG.unbind)));
        return connection;
      },
    };
    for (const [state, reach] of Object.entries(states)) {
      for (let tag = 0; tag < 256; tag += 1) {
        const connection = await reach();
        connection.send(message(2, element(tag, integer(3), octetString('x'))));
        // What is not read as a message of a later kind ends the connection; either way it ends here.
        connection.socket.end();
        await connection.rest().catch((error: unknown) => assert.fail(`${state}, ${tag}: ${error}`));
      }
    }
    assert.equal(await (await open()).ask(ROOT), 0);
  });
});
