import { isIP } from "node:net";

/** Parses an address as sockets and proxies write it, with or without a port. @returns one spelling for each address; undefined if it is none */
export function parseAddress(text: string): string | undefined {
  // Nearly all are: no request pays for the others.
  if (isIP(text) === 4) return text;
  const trimmed = text.trim();
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed)?.[1];
  const bare = bracketed ?? (/^[^:]+:\d+$/.test(trimmed) ? trimmed.slice(0, trimmed.indexOf(":")) : trimmed);
  switch (isIP(bare)) {
    case 4:
      return bare;
    case 6: {
      const [address = ""] = bare.split("%");
      // A socket that takes both kinds shows IPv4 peers as addresses of IPv6.
      return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? canonical(address);
    }
    default:
      return undefined;
  }
}

/** Shortens an IPv6 address as URLs do, so that each has one spelling. */
function canonical(address: string): string {
  return URL.parse(`http://[${address}]`)?.hostname.slice(1, -1) ?? address.toLowerCase();
}

/**
 * The network that a limit counts as one client: the address, or of IPv6 the 64 bits that a single customer is given, because otherwise
 * anybody had as many clients as they wanted.
 *
 * @param address as {@link parseAddress} returns it; any other text stands for itself
 */
export function networkOf(address: string): string {
  return prefixOf(address, 4);
}

/** What one customer can be given at most: of IPv6 48 bits, in which there are 65,536 networks. @param address as for {@link networkOf} */
export function siteOf(address: string): string {
  return prefixOf(address, 3);
}

function prefixOf(address: string, count: number): string {
  if (isIP(address) !== 6) return address;
  const [before = "", after] = address.split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? [] : after.split(":");
  const groups = after === undefined ? head : [...head, ...Array<string>(Math.max(8 - head.length - tail.length, 0)).fill("0"), ...tail];
  return `${groups.slice(0, count).join(":")}::/${count * 16}`;
}
