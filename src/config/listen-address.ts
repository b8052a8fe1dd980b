/** A listen address in the configuration: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, or `:8080` for every interface. */
import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';

export interface ListenAddress {
  /** An IP address without brackets or a host name; undefined listens on every interface. */
  readonly host: string | undefined;
  /** 0 to 65535; 0 lets the system choose a free port. */
  readonly port: number;
}

const ADDRESS = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]{0,253})):(\d{1,5})$/;
const HOST_NAME = /^(?!.*\.\.)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;
const ADVICE = 'must be an address such as 127.0.0.1:8080, [::1]:8080 or :8080';

/** Undefined for anything that is not `HOST:PORT`, `[IPV6]:PORT` or `:PORT`. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = ADDRESS.exec(text);
  if (match === null) return undefined;
  const [, ipv6, name = '', digits = ''] = match;
  const port = Number(digits);
  if (port > 65_535) return undefined;
  if (ipv6 !== undefined) return isIPv6(ipv6) ? { host: ipv6, port } : undefined;
  if (name === '') return { host: undefined, port };
  // All digits and dots is meant as an IPv4 address: 127.0.0.256 must not be looked up as a name.
  const valid = /^[\d.]+$/.test(name) ? isIPv4(name) : HOST_NAME.test(name);
  return valid ? { host: name, port } : undefined;
}

/** The schema of a listen address: text in, host and port out. */
export function address() {
  return z
    .string({ error: ADVICE })
    .regex(ADDRESS, { error: ADVICE, abort: true })
    .transform((text, context): ListenAddress => {
      const parsed = parseListenAddress(text);
      if (parsed !== undefined) return parsed;
      context.addIssue({ code: 'custom', message: ADVICE });
      return z.NEVER;
    });
}
