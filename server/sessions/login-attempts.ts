/**
 * Slows down guessing of one account's password from many addresses, which a limit by address cannot see. It must not become a way to lock
 * people out, so it refuses nobody at an address from which the account has signed in before, and leaves each other network a few tries of
 * its own, whatever others do. Kept in memory: each server counts for itself, and forgets with its end.
 */
import { createHash } from "node:crypto";
import { networkOf, siteOf } from "../network/address.ts";

/** Wrong passwords that an account takes from networks that it does not know, all together. */
const ACCOUNT = { most: 50, refillMs: 10_000 };
/** Of these, from one network. */
const NETWORK = { most: 10, refillMs: 60_000 };
/**
 * Tries that a network has although others have used up the account's: enough for whoever mistypes, and one guess an hour at length. Of IPv6,
 * all networks that one customer may have share them, because otherwise 65,536 times as many came free with any connection.
 */
const RESERVE = { most: 3, refillMs: 3_600_000 };

/** About 10 MB at most. */
const MOST_ENTRIES = 20_000;

export interface LoginAttemptsDeps {
  /** The most entries of each kind that are kept; the one that was not touched for longest goes first. Default: 20 000. */
  readonly mostEntries?: number;
  readonly now: () => Date;
  /** Whether a session of the account was opened or used from the address: asked only when a try would be refused. */
  readonly hasSignedInFrom: (email: string, ipAddress: string) => Promise<boolean>;
}

export type Attempt =
  /** `succeeded` must be called if the password was right: the try is given back, and the network is known from then on. */
  { readonly kind: "admitted"; succeeded(): void } | { readonly kind: "refused"; readonly retryAfterSeconds: number };

export interface LoginAttempts {
  /** Charges one try before the password is looked at, so that tries at the same time count too. Says nothing about the account. */
  begin(email: string, ipAddress: string): Promise<Attempt>;
}

export function createLoginAttempts({ now, hasSignedInFrom, mostEntries = MOST_ENTRIES }: LoginAttemptsDeps): LoginAttempts {
  const accounts = new Buckets(ACCOUNT, mostEntries);
  const networks = new Buckets(NETWORK, mostEntries);
  const reserves = new Buckets(RESERVE, mostEntries);
  const known = new Recent<true>(mostEntries);

  return {
    async begin(email, ipAddress) {
      // Of one length, whatever was sent as an address, and the same for accounts that do not exist.
      const account = digest(email.toLowerCase());
      const place = digest(`${account} ${networkOf(ipAddress)}`);
      const site = digest(`${account} ${siteOf(ipAddress)}`);
      const at = now().getTime();
      const welcome = (charged: readonly [Buckets, string][]): Attempt => ({
        kind: "admitted",
        succeeded: () => {
          for (const [buckets, key] of charged) buckets.giveBack(key);
          known.set(place, true);
        },
      });
      if (known.get(place) === true) return welcome([]);
      const fromNetwork = networks.take(place, at);
      if (fromNetwork) {
        if (accounts.take(account, at))
          return welcome([
            [networks, place],
            [accounts, account],
          ]);
        if (reserves.take(site, at))
          return welcome([
            [networks, place],
            [reserves, site],
          ]);
      }
      if (await hasSignedInFrom(email, ipAddress)) {
        known.set(place, true);
        return welcome([]);
      }
      const waitMs = fromNetwork ? Math.min(accounts.waitMs(account, at), reserves.waitMs(site, at)) : networks.waitMs(place, at);
      return { kind: "refused", retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) };
    },
  };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}

/** Keeps what was touched last. */
class Recent<V> {
  readonly #entries = new Map<string, V>();
  readonly #mostEntries: number;

  constructor(mostEntries: number) {
    this.#mostEntries = mostEntries;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#mostEntries) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}

/** A number of tries for each key, which come back one by one with time. A key that is not kept has all of its tries. */
class Buckets {
  readonly #most: number;
  readonly #refillMs: number;
  /** When the key would have all its tries again, in milliseconds since the epoch. */
  readonly #fullAt: Recent<number>;

  constructor({ most, refillMs }: { readonly most: number; readonly refillMs: number }, mostEntries: number) {
    this.#fullAt = new Recent(mostEntries);
    this.#most = most;
    this.#refillMs = refillMs;
  }

  take(key: string, at: number): boolean {
    const fullAt = Math.max(this.#fullAt.get(key) ?? at, at) + this.#refillMs;
    if (fullAt - at > this.#most * this.#refillMs) return false;
    this.#fullAt.set(key, fullAt);
    return true;
  }

  giveBack(key: string): void {
    const fullAt = this.#fullAt.get(key);
    if (fullAt !== undefined) this.#fullAt.set(key, fullAt - this.#refillMs);
  }

  /** How long until there is one try. */
  waitMs(key: string, at: number): number {
    return Math.max(0, (this.#fullAt.get(key) ?? at) - at - (this.#most - 1) * this.#refillMs);
  }
}
