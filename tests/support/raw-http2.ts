/** HTTP/2 without TLS, one request a connection, header names and values octet by octet as given (RFC 9113, RFC 7541). */
import { connect } from 'node:net';

export type RawHeader = readonly [name: string, value: string];

export interface Http2Request {
  readonly headers: readonly RawHeader[];
  /** A body and the headers after it. */
  readonly trailers?: readonly RawHeader[];
}

const [DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY] = [0, 1, 3, 4, 7];
const [END_STREAM, END_HEADERS] = [1, 4];

/** Resolves `answered` at the end of the response, `refused` when the stream or the connection was ended without one. */
export function exchangeHttp2(
  port: number,
  request: Http2Request,
  limit = 2_000,
): Promise<'answered' | 'refused' | 'silent'> {
  return new Promise((resolve) => {
    let got: Buffer = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1', () => socket.write(requestOctets(request)));
    const done = (result: 'answered' | 'refused' | 'silent') => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => done('silent'), limit);
    socket.on('data', (octets) => {
      got = Buffer.concat([got, octets]);
      while (got.length >= 9 && got.length >= 9 + got.readUIntBE(0, 3)) {
        const [type, flags] = [got[3]!, got[4]!];
        got = got.subarray(9 + got.readUIntBE(0, 3));
        if (type === RST_STREAM || type === GOAWAY) done('refused');
        if ((type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0) done('answered');
      }
    });
    socket.on('error', () => done('refused')).on('close', () => done('refused'));
  });
}

function requestOctets({ headers, trailers }: Http2Request): Buffer {
  const head = trailers === undefined ? END_HEADERS | END_STREAM : END_HEADERS;
  return Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(SETTINGS, 0, 0, Buffer.alloc(0)),
    frame(HEADERS, head, 1, headerBlock(headers)),
    ...(trailers === undefined
      ? []
      : [frame(DATA, 0, 1, Buffer.from('a')), frame(HEADERS, END_HEADERS | END_STREAM, 1, headerBlock(trailers))]),
  ]);
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Literal header fields without indexing, without Huffman coding: what stands here is what arrives. */
function headerBlock(headers: readonly RawHeader[]): Buffer {
  return Buffer.concat(headers.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

function text(value: string): Buffer {
  const octets = Buffer.from(value, 'latin1');
  const length: number[] = [];
  if (octets.length < 127) length.push(octets.length);
  else {
    length.push(127);
    let rest = octets.length - 127;
    for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) | 128);
    length.push(rest);
  }
  return Buffer.concat([Buffer.from(length), octets]);
}
