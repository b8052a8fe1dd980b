/** A keep-alive client that sends requests octet by octet as they are given (Latin-1) and reads whole responses. */
import { connect, type Socket } from 'node:net';
import { bodyDecoder } from '../../src/web/proxy/body-decoder.ts';
import { parseResponseHead } from '../../src/web/proxy/response-head.ts';

export interface RawResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export class RawClient {
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** The response to `text`, or undefined when the connection ended without one. */
  send(text: string): Promise<RawResponse | undefined> {
    const socket = this.#socket?.writable ? this.#socket : connect(this.#port, '127.0.0.1').on('error', () => {});
    this.#socket = socket;
    let got: Buffer = Buffer.alloc(0);
    return new Promise((resolve) => {
      const finish = (response: RawResponse | undefined, keep: boolean) => {
        socket.off('data', onData).off('close', onClose);
        if (!keep) {
          socket.destroy();
          this.#socket = undefined;
        }
        resolve(response);
      };
      const onClose = () => finish(read(got, true)?.response, false);
      const onData = (octets: Buffer) => {
        got = got.length === 0 ? octets : Buffer.concat([got, octets]);
        const answer = read(got, false);
        if (answer !== undefined) finish(answer.response, answer.keep);
      };
      socket.on('data', onData).on('close', onClose);
      socket.write(text, 'latin1');
    });
  }

  close(): void {
    this.#socket?.destroy();
  }
}

function read(got: Buffer, ended: boolean): { response: RawResponse; keep: boolean } | undefined {
  const end = got.indexOf('\r\n\r\n');
  const head = end === -1 ? undefined : parseResponseHead(got.toString('latin1', 0, end), 'GET');
  if (head === undefined) return undefined;
  const parts: Buffer[] = [];
  const rest = got.subarray(end + 4);
  const taken = bodyDecoder(head.framing)?.decode(rest, parts) ?? 0;
  if (typeof taken !== 'number' && !(ended && head.framing.kind === 'close')) return undefined;
  const headers = new Map<string, string>();
  for (let at = 0; at < head.headers.length; at += 2)
    headers.set(head.headers[at]!.toLowerCase(), head.headers[at + 1]!);
  return {
    response: { status: head.status, headers, body: Buffer.concat(parts).toString() },
    keep: head.persistent && taken === rest.length,
  };
}
