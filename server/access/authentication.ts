import type { Database } from "../database/database.ts";
import type { UserId } from "../ids.ts";
import { type AuthenticatedAgent, authenticateAgentToken } from "./authenticate-agent-token.ts";
import { type AuthenticatedKey, createKeyAuthentication } from "./authenticate-key.ts";
import { authenticatePassword } from "./authenticate-password.ts";
import { tellOnce } from "./complaints.ts";
import { exactCache } from "./exact-cache.ts";
import type { UnknownValue } from "./key-subject.ts";
import type { KeyUse } from "./key-upkeep-rules.ts";
import { findPerson, type Person, type PersonRoles, type User } from "./person-rows.ts";

/** From a credential to who that is. Undefined stands for every reason why not, so that no answer can tell which it was. */
export interface Authentication {
  /** Compares a hash even when there is no such user. Suspended users are undefined too. */
  withPassword(email: string, password: string): Promise<User | undefined>;
  /**
   * Of a session key or API token, `<id>-<secret>`. At most once a minute it writes when the key was used and from where, and wakes a
   * dormant user; at most once an hour it moves a session's expiry on, unless `slideExpiry` is false.
   *
   * What it answers is as the database has it now, however often it is asked: see docs/decisions/0010.
   */
  withApiKey(text: string, use: KeyUse): Promise<AuthenticatedKey | undefined>;
  /** Of an agent's token, `pva_…`: only while its agent belongs to its workspace's latest build, that is a start, and its job succeeded. */
  withAgentToken(text: string): Promise<AuthenticatedAgent | undefined>;
  rolesOf(userId: UserId): Promise<PersonRoles>;
}

/** All that `findKeyOfPerson` and `findPerson` read. A write to one of them makes every kept answer stale. */
export const AUTHENTICATION_TABLES = ["api_keys", "users", "organization_members", "organizations"] as const;

/** @param onUnknownValue hears once of each stored value that this program does not know */
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
