import type { OrganizationId, UserId } from "../ids.ts";
import type { ApiKey } from "./api-keys.ts";
import type { Row } from "./tables.ts";
import type { User } from "./users.ts";

/** What a subject is built from. Read anew for each request, so that a changed role acts on the next one. */
export interface Roles {
  /** Site roles, without the implied `member`. */
  readonly site: readonly string[];
  /** Memberships with their roles, without the implied `organization-member`. */
  readonly organizations: readonly { readonly organizationId: OrganizationId; readonly roles: readonly string[] }[];
  /** Groups that the user is in. Beside them, each organization's id stands for its group Everyone. */
  readonly groups: readonly string[];
}

export interface AuthenticatedKey {
  readonly key: ApiKey;
  readonly user: User;
  readonly roles: Roles;
}

export interface AuthenticatedAgent {
  readonly agent: Omit<Row<"workspace_agents">, "auth_token_hash">;
  readonly workspace: Row<"workspaces">;
  readonly build: Omit<Row<"workspace_builds">, "provisioner_state" | "agent_token_secret">;
  readonly owner: User;
  readonly roles: Roles;
}

/** From a credential to who that is. Undefined stands for every reason why not, so that no answer can tell which it was. */
export interface Authentication {
  /** Compares a hash even when there is no such user. Suspended users are undefined too. */
  withPassword(email: string, password: string): Promise<User | undefined>;
  /**
   * Of a session key or API token, `<id>-<secret>`. At most once an hour it writes when the key was used and from where, moves its
   * expiry on when `slideExpiry` is not false, and wakes a dormant user.
   */
  withApiKey(text: string, use: { readonly ipAddress: string; readonly slideExpiry?: boolean }): Promise<AuthenticatedKey | undefined>;
  /** Of an agent's token, `pva_…`: only while its agent belongs to its workspace's latest build, that is a start, and its job succeeded. */
  withAgentToken(text: string): Promise<AuthenticatedAgent | undefined>;
  rolesOf(userId: UserId): Promise<Roles>;
}
