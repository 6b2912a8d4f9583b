/**
 * Whom a request comes from, behind reverse proxies too. The only function that may look at a forwarding header: limits, the audit log, usage
 * and sessions all have the client's address from here.
 */
import { BlockList, isIP } from "node:net";
import { parseAddress } from "./address.ts";

/** Of Coder's `--proxy-trusted-origins` and `--proxy-trusted-headers`. Both empty: nobody's headers count. */
export interface TrustedProxies {
  /** Networks such as `10.0.0.0/8`, or single addresses: whose forwarding headers count. */
  readonly origins: readonly string[];
  /** Such as `X-Forwarded-For`. The first one that holds an address counts. */
  readonly headers: readonly string[];
}

export const NO_PROXIES: TrustedProxies = { origins: [], headers: [] };

export interface ClientAddresses {
  /** The trusted headers, in lower case. A request of any other peer must lose them before anything reads it. */
  readonly headers: readonly string[];
  isProxy(peer: string): boolean;
  /**
   * @param peer the other end of the connection
   * @param header the value of a header by its name in lower case; of several, joined by commas in their order
   * @returns the client's address, or the peer's, in one spelling
   */
  of(peer: string, header: (name: string) => string | undefined): string;
}

/** @throws RangeError naming the origin or the header that is none */
export function createClientAddresses({ origins, headers }: TrustedProxies): ClientAddresses {
  const proxies = new BlockList();
  for (const origin of origins) trust(proxies, origin);
  for (const header of headers)
    if (!/^[A-Za-z0-9-]+$/.test(header)) throw new RangeError(`${JSON.stringify(header)} is not the name of a header`);
  const names = [...new Set(headers.map((header) => header.toLowerCase()))];
  const isTrusted = (address: string): boolean => proxies.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  const isProxy = (peer: string): boolean => {
    const address = origins.length === 0 ? undefined : parseAddress(peer);
    return address !== undefined && isTrusted(address);
  };
  return {
    headers: names,
    isProxy,
    of(peer, header) {
      if (isProxy(peer))
        for (const name of names) {
          const client = clientOf(header(name), isTrusted);
          if (client !== undefined) return client;
        }
      return parseAddress(peer) ?? peer;
    },
  };
}

/**
 * Reads a chain of addresses from its end, where the nearest proxy has put what it saw itself. What stands before the first address that is
 * no proxy's may be anything that a client has sent.
 */
function clientOf(value: string | undefined, isTrusted: (address: string) => boolean): string | undefined {
  if (value === undefined || value.trim() === "") return undefined;
  let client: string | undefined;
  for (const part of value.split(",").toReversed()) {
    const address = parseAddress(part);
    if (address === undefined) break;
    client = address;
    if (!isTrusted(address)) break;
  }
  return client;
}

function trust(proxies: BlockList, origin: string): void {
  const [given = "", prefix, ...rest] = origin.trim().split("/");
  const address = parseAddress(given);
  const family = address !== undefined && isIP(address) === 6 ? "ipv6" : "ipv4";
  const most = family === "ipv6" ? 128 : 32;
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (address === undefined || !(bits <= most) || rest.length > 0)
    throw new RangeError(`${JSON.stringify(origin)} is not a network: expected an address, or one such as 10.0.0.0/8`);
  proxies.addSubnet(address, bits, family);
}
