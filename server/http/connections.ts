import type { Socket } from "node:net";
import type { Logger } from "pino";
import { networkOf, parseAddress } from "../network/address.ts";

export interface ConnectionLimits {
  /** Open connections of any kind. Default: 10 000. */
  readonly maximum: number;
  /** Open connections from one address on which nobody has shown a valid credential. Default: 256. */
  readonly strangersPerAddress: number;
  /** Behind a proxy, everybody has its address. Default: no address is a proxy's. */
  readonly isTrustedProxy: (address: string) => boolean;
}

const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  maximum: 10_000,
  strangersPerAddress: 256,
  isTrustedProxy: () => false,
};

/** How often the log says that connections were refused, in milliseconds. */
const COMPLAIN_EVERY_MS = 60_000;

export interface Connections {
  /** Counts a new connection, or closes it at once and returns false. */
  admit(socket: Socket): boolean;
  /** Whoever has shown a valid credential on a connection no longer counts as a stranger there. */
  known(socket: Socket): void;
  /** Does the same. @param peer address and port, joined by a colon */
  knownPeer(peer: string): void;
  /** Closes every connection. @returns how many there were */
  endAll(): number;
}

interface Open {
  /** Undefined: does not count. */
  stranger: string | undefined;
}

/** Counts the open connections of a server. Each costs a descriptor, and a process that has none left serves nobody. */
export function countConnections(
  given: Partial<ConnectionLimits>,
  log: Pick<Logger, "warn">,
  monotonicMs: () => number = () => performance.now(),
): Connections {
  const { maximum, strangersPerAddress, isTrustedProxy } = { ...DEFAULT_CONNECTION_LIMITS, ...given };
  const open = new Map<Socket, Open>();
  const byPeer = new Map<string, Socket>();
  const strangers = new Map<string, number>();
  let refused = 0;
  let complainedMs = Number.NEGATIVE_INFINITY;

  const refuse = (socket: Socket, reason: string): false => {
    socket.destroy();
    refused += 1;
    if (monotonicMs() - complainedMs >= COMPLAIN_EVERY_MS) {
      log.warn({ refused, open: open.size, address: socket.remoteAddress, reason }, "connections were refused");
      [refused, complainedMs] = [0, monotonicMs()];
    }
    return false;
  };
  const known = (socket: Socket): void => {
    const entry = open.get(socket);
    if (entry?.stranger === undefined) return;
    const left = (strangers.get(entry.stranger) ?? 1) - 1;
    if (left === 0) strangers.delete(entry.stranger);
    else strangers.set(entry.stranger, left);
    entry.stranger = undefined;
  };

  return {
    known,
    admit(socket) {
      const { remoteAddress = "", remotePort = 0 } = socket;
      if (open.size >= maximum) return refuse(socket, "the server has as many connections as it may have");
      const stranger =
        remoteAddress === "" || isTrustedProxy(remoteAddress) ? undefined : networkOf(parseAddress(remoteAddress) ?? remoteAddress);
      if (stranger !== undefined) {
        const count = strangers.get(stranger) ?? 0;
        if (count >= strangersPerAddress) return refuse(socket, "the address has too many connections without a credential");
        strangers.set(stranger, count + 1);
      }
      const peer = `${remoteAddress}:${remotePort}`;
      open.set(socket, { stranger });
      byPeer.set(peer, socket);
      socket.once("close", () => {
        known(socket);
        open.delete(socket);
        if (byPeer.get(peer) === socket) byPeer.delete(peer);
      });
      return true;
    },
    knownPeer(peer) {
      const socket = byPeer.get(peer);
      if (socket !== undefined) known(socket);
    },
    endAll() {
      const count = open.size;
      for (const socket of open.keys()) socket.destroy();
      return count;
    },
  };
}
