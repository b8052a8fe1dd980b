/**
 * A browser for tests of the doors: a cookie jar a host that the test can look into and tamper with, redirects followed
 * or not, forms, TLS with or without a client certificate. Every host is this machine.
 */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Page {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** What was asked to get it. */
  readonly address: string;
}

export interface Asking {
  readonly method?: string;
  /** Name, value, name, value; sent as they are. */
  readonly headers?: readonly string[];
  readonly body?: string;
  /** The address of this machine that the request comes from. */
  readonly from?: string;
}

/** PEM texts of a client certificate. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

export class TestBrowser {
  /** Cookies by host name, then by name. */
  readonly jars = new Map<string, Map<string, string>>();
  /** Every Set-Cookie value, in order. */
  readonly setCookies: string[] = [];
  readonly #client: ClientCertificate | undefined;

  constructor(client?: ClientCertificate) {
    this.#client = client;
  }

  cookies(address: string): Map<string, string> {
    const { hostname } = new URL(address);
    const jar = this.jars.get(hostname) ?? new Map<string, string>();
    this.jars.set(hostname, jar);
    return jar;
  }

  /** One request with the cookies of its host, nothing followed. */
  async ask(address: string, { method = 'GET', headers = [], body, from }: Asking = {}): Promise<Page> {
    const jar = this.cookies(address);
    const cookies = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const page = await send(
      address,
      {
        method,
        headers: ['Accept', 'text/html', ...(cookies === '' ? [] : ['Cookie', cookies]), ...headers],
        ...(from !== undefined && { from }),
      },
      body,
      this.#client,
    );
    for (const line of page.headers['set-cookie'] ?? []) {
      this.setCookies.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return page;
  }

  /** Goes there as a person would: wherever it is sent. */
  async visit(address: string, asking: Asking = {}): Promise<Page> {
    let page = await this.ask(address, asking);
    for (let hops = 0; hops < 10 && page.status >= 300 && page.status < 400; hops++) {
      page = await this.ask(new URL(page.headers.location ?? '', page.address).href);
    }
    return page;
  }

  /** Sends the form of a page without following the answer. */
  post(page: Page, typed: Readonly<Record<string, string>>, headers?: readonly string[]): Promise<Page> {
    const { origin } = new URL(page.address);
    return this.ask(new URL(formAction(page), page.address).href, {
      method: 'POST',
      headers: ['Content-Type', 'application/x-www-form-urlencoded', ...(headers ?? ['Origin', origin])],
      body: new URLSearchParams({ ...hiddenFields(page), ...typed }).toString(),
    });
  }

  /** Sends the form of a page and goes where the answer leads. */
  async submit(page: Page, typed: Readonly<Record<string, string>>): Promise<Page> {
    const answer = await this.post(page, typed);
    if (answer.status < 300 || answer.status >= 400) return answer;
    return this.visit(new URL(answer.headers.location ?? '', answer.address).href);
  }

  /** Visits a service, logs in on the page that is shown, ends at the service. */
  async logIn(address: string, name: string, password: string): Promise<Page> {
    return this.submit(await this.visit(address), { name, password });
  }

  /** Logs out everywhere, through the page that asks. */
  async logOut(address: string): Promise<Page> {
    return this.submit(await this.visit(new URL('/.realmgate/logout', address).href), {});
  }
}

export function basic(name: string, password: string): readonly string[] {
  return ['Authorization', `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`];
}

/** One request without any cookie. */
export function send(
  address: string,
  { method = 'GET', headers = [], from }: Asking = {},
  body?: string,
  client?: ClientCertificate,
): Promise<Page> {
  const { protocol, port, host, pathname, search } = new URL(address);
  const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
  const options = {
    host: '127.0.0.1',
    port,
    method,
    path: pathname + search,
    headers: ['Host', host, 'Connection', 'close', ...headers, ...length],
    agent: false as const,
    ...(from !== undefined && { localAddress: from }),
  };
  return new Promise((resolve, reject) => {
    const outgoing =
      protocol === 'https:'
        ? requestHttps({
            ...options,
            rejectUnauthorized: false,
            servername: new URL(address).hostname,
            ...(client !== undefined && { cert: client.certificate, key: client.key }),
          })
        : requestHttp(options);
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text, address });
      });
    });
    outgoing.end(body);
  });
}

/** The hidden fields of the form on a page. */
export function hiddenFields({ body }: Page): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, name = '', value = ''] of body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)) {
    fields[name] = unescapeHtml(value);
  }
  return fields;
}

function formAction({ body }: Page): string {
  return /<form method="post" action="([^"]+)"/.exec(body)?.[1] ?? '/';
}

function unescapeHtml(text: string): string {
  return text
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

export function titleOf({ body }: Page): string {
  return /<title>([^<]*)<\/title>/.exec(body)?.[1] ?? '(no page)';
}

/** The code on a page for the operator. */
export function codeOf({ body }: Page): string {
  return /[0-9A-Z]{10}-[0-9a-z]{1,3}-[0-9A-Z]{10}/.exec(body)?.[0] ?? '(no code)';
}

/** Every value of a header that the back end received; undefined when it was not reached. */
export function received({ status, body }: Page, name: string): readonly string[] | undefined {
  if (status !== 200 || !body.startsWith('{"method"')) return undefined;
  const { headers } = JSON.parse(body) as { readonly headers: readonly (readonly [string, string])[] };
  return headers.filter(([sent]) => sent.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}
