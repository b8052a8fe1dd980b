/**
 * 200,000 malformed LDAP messages over sockets: the server neither ends, nor hangs, nor grows (RELIABILITY R1, S34 to S36;
 * compare CVE-2020-36221 to -36230, CERT CA-2001-18).
 *
 * Behind each message goes a good one. It is answered when the first could be read; otherwise the connection must end.
 */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { PORTAL_DN, PORTAL_PASSWORD } from '../../support/bonfire-tree.ts';
import { recordFigure } from '../../support/figure.ts';
import { BASE_MESSAGES } from '../../support/ldap-base-messages.ts';
import { DoorProcess } from '../../support/ldap-door-process.ts';
import { bindRequest, decodeMessage, elementLength, extendedRequest, message } from '../../support/ldap-wire.ts';
import { WireClient } from '../../support/ldap-wire-client.ts';
import { Mutator } from '../../support/mutator.ts';

const MALFORMED = 200_000;
const AT_A_TIME = 32;
const LONGEST_ANSWER = 20_000;
const MOST_GROWTH = 64;
/** Messages after which memory counts: by then everything is loaded and compiled, and the heap has the size it works with. */
const WARM_UP = 50_000;
const PROBE_ID = 0x7ffffff0;
const PROBE = message(PROBE_ID, extendedRequest('1.3.6.1.4.1.4203.1.11.3'));
const BIND = message(PROBE_ID, bindRequest(PORTAL_DN, PORTAL_PASSWORD));

/** How a connection took what was sent: it answered the probe, or it ended. */
type Taken = 'answered' | 'ended' | 'hung';

class Prober {
  readonly #port: number;
  /** From which loopback address: one alone would run out of ports. */
  readonly #from: string;
  #socket: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #settle: ((taken: Taken) => void) | undefined;

  constructor(port: number, index: number) {
    this.#port = port;
    this.#from = `127.0.0.${2 + index}`;
  }

  /** Sends octets and then the probe; `isLast` when no more is to come: behind a message that is cut off the probe would be part of it. */
  async send(octets: Buffer, isLast: boolean): Promise<Taken> {
    const { promise, resolve } = Promise.withResolvers<Taken>();
    const timer = setTimeout(() => resolve('hung'), LONGEST_ANSWER);
    this.#settle = resolve;
    const socket = this.#socket ?? this.#open();
    if (isLast) socket.end(octets);
    else socket.write(Buffer.concat([octets, PROBE]));
    const taken = await promise;
    clearTimeout(timer);
    if (taken !== 'answered') this.close();
    return taken;
  }

  async bind(): Promise<void> {
    assert.equal(await this.send(BIND, false), 'answered');
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  close(): void {
    this.#socket?.resetAndDestroy();
    this.#socket = undefined;
    this.#received = Buffer.alloc(0);
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress: this.#from, noDelay: true });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => {});
    socket.on('close', () => socket === this.#socket && this.#settle?.('ended'));
    this.#socket = socket;
    return socket;
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    for (;;) {
      const length = elementLength(this.#received);
      if (length === undefined) return;
      const { id } = decodeMessage(this.#received.subarray(0, length));
      this.#received = this.#received.subarray(length);
      if (id === PROBE_ID) this.#settle?.('answered');
    }
  }
}

/** Whether octets end within a message, so that the server waits for more of it. */
function isCutOff(octets: Buffer): boolean {
  for (let at = 0; at < octets.length; ) {
    const rest = octets.subarray(at);
    const [tag, first] = rest;
    // Not LDAP: the connection ends.
    if (tag !== 0x30) return false;
    if (first === undefined) return true;
    const size = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || size > 4) return false;
    const length = rest.length < 2 + size ? undefined : size === 0 ? first : rest.readUIntBE(2, size);
    if (length === undefined || at + 2 + size + length > octets.length) return true;
    at += 2 + size + length;
  }
  return false;
}

describe('a server', () => {
  let server: DoorProcess;
  before(async () => {
    server = await DoorProcess.start();
  });
  after(async () => {
    assert.equal(await server.stop(), 0);
  });

  const isServing = async () => {
    const client = await WireClient.connect(server.port);
    await client.bind(PORTAL_DN, PORTAL_PASSWORD);
    client.close();
  };

  it('closes the connection when a message is cut off, at whatever octet', async () => {
    let [tried, hung] = [0, 0];
    for (const octets of BASE_MESSAGES) {
      const cuts = Array.from({ length: octets.length - 1 }, (_, end) => octets.subarray(0, end + 1));
      for (let at = 0; at < cuts.length; at += AT_A_TIME) {
        const answers = cuts
          .slice(at, at + AT_A_TIME)
          .map((cut, index) => new Prober(server.port, index).send(cut, true));
        hung += (await Promise.all(answers)).filter((taken) => taken !== 'ended').length;
        tried += answers.length;
      }
    }
    recordFigure('directory-malformed', tried, hung + (server.isAlive ? 0 : 1));
    assert.equal(hung, 0);
    await isServing();
  });

  it(`takes ${MALFORMED.toLocaleString('en-US')} malformed messages, and neither ends, hangs nor grows`, async () => {
    const seen = { answered: 0, ended: 0, hung: 0 };
    let [sent, before, most] = [0, Number.POSITIVE_INFINITY, 0];
    const probe = async (index: number) => {
      const mutator = new Mutator(index + 1);
      const prober = new Prober(server.port, index);
      while (sent < MALFORMED && server.isAlive) {
        sent += 1;
        if (sent % 10_000 === 0) {
          if (sent <= WARM_UP) before = server.megabytes;
          most = Math.max(most, server.megabytes - before);
        }
        if (!prober.isOpen && mutator.below(3) > 0) await prober.bind();
        const octets = mutator.mutate(BASE_MESSAGES[mutator.below(BASE_MESSAGES.length)]!);
        seen[await prober.send(octets, isCutOff(octets))] += 1;
      }
      prober.close();
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, (_, index) => probe(index)));
    const failures = seen.hung + (server.isAlive ? 0 : 1) + (most > MOST_GROWTH ? 1 : 0);
    recordFigure('directory-malformed', sent, failures);
    console.log(`${JSON.stringify(seen)}, grown by ${most.toFixed(0)} MB`);
    assert.equal(failures, 0);
    // What was sent reaches both ways out, or it would prove little.
    assert.ok(seen.answered > 10_000 && seen.ended > 10_000);
    await isServing();
  });
});
