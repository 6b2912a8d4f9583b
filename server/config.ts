import type { Logger } from "pino";
import type { ExternalAuthProvider } from "./external-auth/provider.ts";
import type { ConnectionLimits } from "./http/connections.ts";
import type { RateLimits } from "./http/rate-limit.ts";
import { type ClientAddresses, createClientAddresses, NO_PROXIES, type TrustedProxies } from "./network/client-address.ts";
import { DEFAULT_TOKEN_LIFETIMES, describeDuration, LONGEST_LIFETIME_MS, type TokenLifetimes } from "./tokens/lifetimes.ts";

export interface ServerConfig {
  /** Holds the SQLite database and the encryption key. Created if it does not exist. */
  readonly dataDirectory: string;
  /** `host:port`; port 0 picks any free port. */
  readonly httpAddress: string;
  /** `postgres://…`. Default: SQLite in the data directory. */
  readonly databaseUrl?: string;
  /** The address at which browsers and agents reach this server. Default: the one that it listens on. */
  readonly accessUrl?: string;
  /** Holds `coder-<os>-<arch>[.exe]`, which `/bin/…` serves. */
  readonly agentBinaryDirectory?: string;
  /** Default: none. */
  readonly externalAuthProviders?: readonly ExternalAuthProvider[];
  /** Reverse proxies whose forwarding headers name the client. Default: none. */
  readonly trustedProxies?: TrustedProxies;
  /** Default: 60 logins and 12 uploads a minute. */
  readonly rateLimits?: Partial<RateLimits>;
  /** Default: 168 h, at most 876 600 h, and at most 168 h for owners. */
  readonly tokenLifetimes?: Partial<TokenLifetimes>;
  /** How long entries of the audit log are kept, in milliseconds. Default: 0, which means forever. */
  readonly auditLogsRetentionMs?: number;
  /** Default: 10 000 in all, and 256 from one address on which nobody has shown a credential. */
  readonly connections?: Partial<Omit<ConnectionLimits, "isTrustedProxy">>;
  /** How long a gRPC connection without a call stays open, in milliseconds. Default: 60 000. */
  readonly idleMs?: number;
  /** How long requests and streams may take to end when the server closes, in milliseconds. Default: 10 000. */
  readonly closeTimeoutMs?: number;
  readonly log: Logger;
  /** Default: the clock. */
  readonly now?: () => Date;
  /** How long a daemon keeps a job without a heartbeat, in milliseconds. Default: 45 000. */
  readonly jobLeaseMs?: number;
  /** How many running jobs one person may have while somebody else waits. Default: one fewer than there are daemons for the next job. */
  readonly maxRunningJobsPerOwner?: number;
}

/** A setting with which the server cannot start. The message is one sentence for the operator. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** @throws ConfigError */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new ConfigError(
      `The HTTP address ${JSON.stringify(text)} is not valid: expected host:port, such as 127.0.0.1:3000 or [::1]:3000.`,
    );
  const host = match[1] || match[2] || "0.0.0.0";
  // Listens on one address only, because the name may stand for two.
  return { host: host === "localhost" ? "127.0.0.1" : host, port };
}

/** @returns the URL without a trailing slash. @throws ConfigError */
export function parseAccessUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "")
    throw new ConfigError(
      `The access URL ${JSON.stringify(text)} is not valid: expected an http:// or https:// address without a query or fragment.`,
    );
  if (url.username !== "" || url.password !== "") throw new ConfigError("The access URL must not contain a user name or password.");
  return url.href.replace(/\/+$/, "");
}

/** @throws ConfigError */
export function checkTokenLifetimes(given: Partial<TokenLifetimes>): TokenLifetimes {
  const lifetimes = { ...DEFAULT_TOKEN_LIFETIMES, ...given };
  for (const ms of Object.values(lifetimes)) {
    if (!(ms >= 1_000 && ms <= LONGEST_LIFETIME_MS))
      throw new ConfigError(`A token's lifetime must be between 1s and ${describeDuration(LONGEST_LIFETIME_MS)}.`);
  }
  return lifetimes;
}

/** @throws ConfigError */
export function parseTrustedProxies(given: TrustedProxies = NO_PROXIES): ClientAddresses {
  try {
    return createClientAddresses(given);
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigError(`The trusted proxies are not valid: ${error.message}.`, { cause: error });
    throw error;
  }
}

/** The URL at which programs on this machine reach the server. */
export function localUrl({ host, port }: ListenAddress): string {
  if (host === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (host === "::") return `http://[::1]:${port}`;
  return host.includes(":") ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}
