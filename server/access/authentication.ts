import type { Database } from "../database/database.ts";
import type { UserId } from "../ids.ts";
import { type AuthenticatedAgent, authenticateAgentToken } from "./authenticate-agent-token.ts";
import { type AuthenticatedKey, createKeyAuthentication } from "./authenticate-key.ts";
import { authenticatePassword } from "./authenticate-password.ts";
import { tellOnce } from "./complaints.ts";
import { exactCache } from "./exact-cache.ts";
import type { KeyUse } from "./key-upkeep-rules.ts";
import { findPerson, type Person, type PersonRoles, type User } from "./person-rows.ts";
import type { UnknownValue } from "./subject-of-key.ts";

/** Finds out whose credential this is. Every failure returns undefined, so that no answer can reveal the reason. */
export interface Authentication {
  /** Compares a hash even if there is no such user. Also returns undefined for suspended users. */
  withPassword(email: string, password: string): Promise<User | undefined>;
  /**
   * Authenticates a session key or API token, `<id>-<secret>`. At most once a minute it writes when and from where the key was used, and
   * wakes a dormant user; at most once an hour it extends a session's expiry, unless `slideExpiry` is false.
   *
   * The answer always matches the current state of the database, however often it is asked: see docs/decisions/0010.
   */
  withApiKey(text: string, use: KeyUse): Promise<AuthenticatedKey | undefined>;
  /** Authenticates an agent token, `pva_…`, while its agent belongs to its workspace's latest build, a start whose job succeeded. */
  withAgentToken(text: string): Promise<AuthenticatedAgent | undefined>;
  rolesOf(userId: UserId): Promise<PersonRoles>;
}

/** All tables that `findKeyOfPerson` and `findPerson` read. A write to one of them makes every cached answer stale. */
export const AUTHENTICATION_TABLES = ["api_keys", "users", "organization_members", "organizations"] as const;

/** @param onUnknownValue called once for each stored value that this program does not know */
export function createAuthentication(core: Database, onUnknownValue: (unknown: UnknownValue) => void): Authentication {
  const people = exactCache<Person>(core.stamp);
  const personById = async (id: UserId) => people.find(id) ?? people.load(id, () => findPerson(core.db, id));
  return {
    withPassword: (email, password) => authenticatePassword(core, email, password),
    withApiKey: createKeyAuthentication(core, tellOnce(onUnknownValue)),
    withAgentToken: (text) => authenticateAgentToken(core, personById, text),
    rolesOf: async (userId) => (await personById(userId))?.roles ?? { site: [], organizations: [], groups: [] },
  };
}
