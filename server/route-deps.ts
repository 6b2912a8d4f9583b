import type { Logger } from "pino";
import type { Store, SystemStore } from "./access/store.ts";
import type { ExternalAuthProvider } from "./external-auth/provider.ts";
import type { TokenLifetimes } from "./tokens/lifetimes.ts";
import type { UsageRecorder } from "./usage/usage-recorder.ts";

/** What routes may use. `system` is narrowed to what happens before a caller is known. */
export interface RouteDeps {
  readonly store: Store;
  readonly authentication: SystemStore["authentication"];
  readonly setup: SystemStore["setup"];
  readonly sessions: SystemStore["sessions"];
  readonly usage: Pick<UsageRecorder, "flush">;
  /** Rejects when the database does not answer. */
  readonly ping: () => Promise<void>;
  readonly now: () => Date;
  readonly log: Logger;
  /** The address under which browsers and agents reach this server, without a slash at its end. */
  readonly accessUrl: () => string;
  readonly externalAuthProviders: readonly ExternalAuthProvider[];
  /** Holds `coder-<os>-<arch>[.exe]`. Undefined: there are none to download. */
  readonly agentBinaryDirectory: string | undefined;
  readonly rateLimits: RateLimits;
  readonly tokenLifetimes: TokenLifetimes;
}

/** Requests a minute, by address and endpoint; 0 lifts the limit. */
export interface RateLimits {
  /** Default: 60. */
  readonly login: number;
  /** Default: 12. */
  readonly files: number;
}
