/**
 * A browser as small as a login needs: a cookie jar a host, redirects, forms. Host names ending in .localhost are reached
 * at 127.0.0.1, as browsers do.
 */
import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The address that was finally asked. */
  readonly address: string;
}

export interface Asking {
  readonly method?: string;
  /** Name, value, name, value: sent as they are, in this order. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** One request, nothing followed. */
export function ask(address: string, { method = 'GET', headers = [], body }: Asking = {}): Promise<Answer> {
  const { hostname, port, host, pathname, search } = new URL(address);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: hostname.endsWith('localhost') ? '127.0.0.1' : hostname,
      port,
      method,
      path: pathname + search,
      headers: [
        'Host',
        host,
        ...headers,
        ...(body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))]),
      ],
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString(),
          address,
        }),
      );
    });
    outgoing.end(body);
  });
}

export class Browser {
  readonly #jars = new Map<string, Map<string, string>>();

  /** Goes to an address as a person's browser does and follows where it is sent. */
  async visit(address: string, asking: Asking = {}): Promise<Answer> {
    let answer = await this.#ask(address, asking);
    for (let hops = 0; hops < 10 && answer.status >= 300 && answer.status < 400; hops++) {
      answer = await this.#ask(new URL(String(answer.headers['location']), answer.address).href, {});
    }
    return answer;
  }

  /** Sends the form of a page with these values typed in; hidden fields go along. */
  submit(page: Answer, typed: Readonly<Record<string, string>>): Promise<Answer> {
    const action = /<form method="post" action="([^"]+)"/.exec(page.body)?.[1] ?? '/';
    const fields = new URLSearchParams();
    for (const [, name = '', value = ''] of page.body.matchAll(
      /<input type="hidden" name="([^"]*)" value="([^"]*)">/g,
    )) {
      fields.set(
        name,
        value
          .replace(/&#39;/g, "'")
          .replace(/&quot;/g, '"')
          .replace(/&lt;/g, '<')
          .replace(/&gt;/g, '>')
          .replace(/&amp;/g, '&'),
      );
    }
    for (const [name, value] of Object.entries(typed)) fields.set(name, value);
    const origin = new URL(page.address).origin;
    return this.visit(new URL(action, page.address).href, {
      method: 'POST',
      headers: ['Content-Type', 'application/x-www-form-urlencoded', 'Origin', origin],
      body: fields.toString(),
    });
  }

  /** What it would send as `Cookie` to an address. */
  cookie(address: string): string {
    return [...this.#jarOf(address)].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #jarOf(address: string): Map<string, string> {
    const { hostname } = new URL(address);
    const jar = this.#jars.get(hostname) ?? new Map<string, string>();
    this.#jars.set(hostname, jar);
    return jar;
  }

  async #ask(address: string, asking: Asking): Promise<Answer> {
    const jar = this.#jarOf(address);
    const cookies = this.cookie(address);
    const headers = ['Accept', 'text/html', ...(cookies === '' ? [] : ['Cookie', cookies]), ...(asking.headers ?? [])];
    const answer = await ask(address, { ...asking, headers });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }
}
