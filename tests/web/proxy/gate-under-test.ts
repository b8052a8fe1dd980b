/** A strict server that proxies everything to one upstream as the gate does: strips, asserts, decides nothing. */
import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { systemClock } from '../../../src/base/index.ts';
import { assertedHeaders } from '../../../src/web/http/header-presets.ts';
import { formatAuthority, requestAuthority } from '../../../src/web/http/host.ts';
import { protectNames, stripInbound } from '../../../src/web/http/identity-headers.ts';
import { canonicalPath } from '../../../src/web/http/target.ts';
import { type ProxyOutcome, proxyRequest } from '../../../src/web/proxy/proxy-request.ts';
import { proxyUpgrade, type UpgradeHandle } from '../../../src/web/proxy/proxy-upgrade.ts';
import { refuseUpgrade, STRICT_SERVER, serveStrictly } from '../../../src/web/proxy/strict-server.ts';
import { createUpstream, type Upstream, type UpstreamOptions } from '../../../src/web/proxy/upstream.ts';
import { listen } from '../../support/raw-http.ts';

const names = protectNames();

export class GateUnderTest {
  readonly outcomes: ProxyOutcome[] = [];
  readonly tunnels: UpgradeHandle[] = [];
  readonly upstream: Upstream;
  readonly server: Server;
  port = 0;

  constructor(url: string, options: Partial<UpstreamOptions> = {}) {
    this.upstream = createUpstream({ url, clock: systemClock, ...options });
    this.server = createServer(STRICT_SERVER);
    serveStrictly(this.server, systemClock, {
      request: (req, res) => {
        const forwarding = forwardingOf(req.rawHeaders, req.url ?? '');
        if (forwarding === undefined) return void res.writeHead(400, { Connection: 'close' }).end();
        void proxyRequest(req, res, this.upstream, forwarding).then((outcome) => {
          this.outcomes.push(outcome);
          if (outcome.kind === 'failed') res.writeHead(outcome.status, { 'Content-Length': 0 }).end();
        });
      },
      upgrade: (req, socket: Duplex, head) => {
        const forwarding = forwardingOf(req.rawHeaders, req.url ?? '');
        if (forwarding === undefined) return refuseUpgrade(socket, 400);
        const handle = proxyUpgrade(req, socket, head, this.upstream, forwarding);
        this.tunnels.push(handle);
        void handle.ended.then((outcome) => {
          if (outcome.kind === 'failed') refuseUpgrade(socket, outcome.status);
        });
      },
    });
  }

  async start(): Promise<this> {
    this.port = await listen(this.server);
    return this;
  }

  async stop(): Promise<void> {
    this.upstream.close();
    for (const tunnel of this.tunnels) tunnel.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function forwardingOf(rawHeaders: readonly string[], target: string): { headers: string[]; path: string } | undefined {
  const authority = requestAuthority(rawHeaders, target);
  const canonical = canonicalPath(target);
  if (authority === 'ambiguous' || canonical === 'ambiguous') return undefined;
  const headers = stripInbound(rawHeaders, names);
  headers.push('Host', formatAuthority(authority, 'http'));
  const alice = { user: 'alice', groups: ['labs'], name: '', email: '', assertion: 'a.b.c' };
  for (const [name, value] of assertedHeaders('bonfire', alice)) headers.push(name, value);
  return { headers, path: canonical.forwarded };
}
