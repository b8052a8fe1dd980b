/**
 * The guarded example application: a small back end that shows the headers it got.
 *
 *   node server.mjs [port]          listens on 127.0.0.1, port 0 picks a free one; prints `listening on PORT`
 *
 * It checks nothing itself: it believes the asserted identity, as the services behind a gate do, and for that reason
 * listens on loopback only. GET /idm/ answers a page to a browser and JSON to everybody else; a WebSocket is greeted
 * by name and closed.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const ESCAPE = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text) => text.replace(/[&<>"]/g, (character) => ESCAPE[character]);

function pairs(rawHeaders) {
  const list = [];
  for (let index = 0; index < rawHeaders.length; index += 2) list.push([rawHeaders[index], rawHeaders[index + 1]]);
  return list;
}

function page(headers, who) {
  const rows = headers
    .map(([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`)
    .join('\n');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Guarded example</title><style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;width:min(100% - 2rem,60rem)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #8884}th{white-space:nowrap}td{overflow-wrap:anywhere}</style>
<h1>Hello, ${escaped(who)}</h1><p>This is what the application behind the gate received. <a href="/.realmgate/logout">Log out</a></p>
<table>${rows}</table></html>`;
}

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const headers = pairs(request.rawHeaders);
    const who = request.headers['x-bonfire-asserted-id'] || 'nobody';
    if (request.headers.accept?.includes('text/html')) {
      // What is one person's own is not kept: after a logout the back button shows the login page.
      response
        .setHeader('Content-Type', 'text/html; charset=utf-8')
        .setHeader('Cache-Control', 'no-store')
        .end(page(headers, who));
    } else {
      const body = { method: request.method, url: request.url, headers };
      response.setHeader('Content-Type', 'application/json').end(`${JSON.stringify(body, null, 2)}\n`);
    }
  });
});

/** Opens a WebSocket, says hello in one text frame, closes (RFC 6455, sections 4.2.2 and 5). */
server.on('upgrade', (request, socket) => {
  socket.on('error', () => socket.destroy());
  const { upgrade = '', 'sec-websocket-key': key = '' } = request.headers;
  if (upgrade.toLowerCase() !== 'websocket') return socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const greeting = Buffer.from(`hello ${request.headers['x-bonfire-asserted-id'] || 'nobody'}`.slice(0, 125));
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.end(Buffer.concat([Buffer.from([0x81, greeting.length]), greeting, Buffer.from([0x88, 0])]));
});

server.listen(Number(process.argv[2] ?? 8082), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.close(() => process.exit(0)));
