/**
 * What a plugin and its host exchange before gRPC starts: environment variables in one direction, one line on stdout in the other.
 *
 * @see https://github.com/hashicorp/go-plugin/blob/main/docs/internals.md
 */
import type { Buffer } from "node:buffer";

/** Not a secret: it only serves to tell people who start a plugin by hand that it is a plugin. */
const MAGIC_COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const CORE_PROTOCOL = 1;
/** The only version that this SDK serves. */
export const PROTOCOL_VERSION = 6;
/** The version that Terraform requests. */
const DEFAULT_PORTS = { minPort: 10_000, maxPort: 25_000 };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a host, not a person, started this process. */
export function isStartedByHost(env: Environment): boolean {
  return env.TF_PLUGIN_MAGIC_COOKIE === MAGIC_COOKIE;
}

/**
 * Whether the host speaks our version. The handshake line names our version in either case, because a host that does not speak it can
 * explain the mismatch to its user better than a plugin can.
 */
export function hostSpeaksOurVersion(env: Environment): boolean {
  const offered = env.PLUGIN_PROTOCOL_VERSIONS;
  return offered === undefined || offered.split(",").some((version) => Number(version) === PROTOCOL_VERSION);
}

/** The range of TCP ports (inclusive) in which the host wants a plugin to listen. */
export function portRange(env: Environment): { readonly minPort: number; readonly maxPort: number } {
  const [minPort, maxPort] = [Number(env.PLUGIN_MIN_PORT), Number(env.PLUGIN_MAX_PORT)];
  return isPort(minPort) && isPort(maxPort) ? { minPort, maxPort } : DEFAULT_PORTS;
}

/**
 * @param at the socket's path, or host and port
 * @param certificate the server's, in DER, if the host asked for TLS
 */
export function handshakeLine(at: { readonly network: "unix" | "tcp"; readonly address: string }, certificate: Buffer | undefined): string {
  // The host expects the standard alphabet without padding, and takes an empty field to mean no TLS.
  const encoded = certificate?.toString("base64").replace(/=+$/, "") ?? "";
  return `${[CORE_PROTOCOL, PROTOCOL_VERSION, at.network, at.address, "grpc", encoded].join("|")}\n`;
}

function isPort(number: number): boolean {
  return Number.isInteger(number) && number > 0 && number < 65_536;
}
