/**
 * What a plugin and its host say to each other before they speak gRPC: environment variables one way, one line on stdout the other.
 *
 * @see https://github.com/hashicorp/go-plugin/blob/main/docs/internals.md
 */
import type { Buffer } from "node:buffer";

/** Not a secret: it only tells a person who starts a plugin by hand that it is one. */
const MAGIC_COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const CORE_PROTOCOL = 1;
/** The only version that this SDK serves. */
export const PROTOCOL_VERSION = 6;
/** What Terraform asks for, where it asks. */
const DEFAULT_PORTS = { minPort: 10_000, maxPort: 25_000 };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a host started this process, and not a person. */
export function isStartedByHost(env: Environment): boolean {
  return env.TF_PLUGIN_MAGIC_COOKIE === MAGIC_COOKIE;
}

/**
 * Whether the host speaks our version. The answer names that version either way: a host that does not speak it explains the mismatch to
 * its user better than a plugin can.
 */
export function hostSpeaksOurVersion(env: Environment): boolean {
  const offered = env.PLUGIN_PROTOCOL_VERSIONS;
  return offered === undefined || offered.split(",").some((version) => Number(version) === PROTOCOL_VERSION);
}

/** The TCP ports, both ends included, of which the host wants a plugin to take one. */
export function portRange(env: Environment): { readonly minPort: number; readonly maxPort: number } {
  const [minPort, maxPort] = [Number(env.PLUGIN_MIN_PORT), Number(env.PLUGIN_MAX_PORT)];
  return isPort(minPort) && isPort(maxPort) ? { minPort, maxPort } : DEFAULT_PORTS;
}

/**
 * @param at the socket's path, or host and port
 * @param certificate the server's, in DER, if the host asked for TLS
 */
export function handshakeLine(at: { readonly network: "unix" | "tcp"; readonly address: string }, certificate: Buffer | undefined): string {
  // The host wants the standard alphabet without padding, and takes an empty field for no TLS.
  const encoded = certificate?.toString("base64").replace(/=+$/, "") ?? "";
  return `${[CORE_PROTOCOL, PROTOCOL_VERSION, at.network, at.address, "grpc", encoded].join("|")}\n`;
}

function isPort(number: number): boolean {
  return Number.isInteger(number) && number > 0 && number < 65_536;
}
