import type { Kysely } from "kysely";
import { hashSecret, isSameHash, isSecret } from "#credentials/secret.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import type { ApiKey } from "./api-keys.ts";
import type { StoreCore } from "./context.ts";
import { isLatestBuild } from "./latest-build.ts";
import { verifyPassword } from "./password.ts";
import type { Row, Tables } from "./tables.ts";
import { findUser, findUserBy, type User } from "./users.ts";

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

const HOUR_MS = 3_600_000;

export function createAuthentication(core: StoreCore): Authentication {
  const { db, write, now } = core;
  return {
    rolesOf: (userId) => rolesOf(db, userId),

    withPassword: async (email, password) => {
      const user = await findUserBy(db, "email", email);
      const row =
        user === undefined
          ? undefined
          : await db.selectFrom("users").select(["hashed_password", "login_type"]).where("id", "=", user.id).executeTakeFirst();
      const isRight = await verifyPassword(row?.login_type === "password" ? row.hashed_password : "", password);
      return isRight && user?.status !== "suspended" ? user : undefined;
    },

    withApiKey: async (text, use) => {
      const parts = /^([0-9A-Za-z]{10})-(.+)$/.exec(text);
      if (parts === null) return undefined;
      const [, id = "", secret = ""] = parts;
      if (!isSecret("session", secret) && !isSecret("token", secret)) return undefined;
      const row = await db.selectFrom("api_keys").selectAll().where("id", "=", id).executeTakeFirst();
      if (row === undefined || !isSameHash(row.hashed_secret, hashSecret(secret)) || row.expires_at <= now()) return undefined;
      const user = await findUser(db, row.user_id);
      if (user === undefined || user.status === "suspended") return undefined;
      const { hashed_secret: _, ...key } = row;
      const upkeep = keyUpkeep(key, user, now(), use);
      if (upkeep === undefined) return { key, user, roles: await rolesOf(db, user.id) };
      await write(async (tx) => {
        await tx.db.updateTable("api_keys").set(upkeep.key).where("id", "=", id).execute();
        await tx.db.updateTable("users").set(upkeep.user).where("id", "=", user.id).where("status", "<>", "suspended").execute();
      });
      return { key: { ...key, ...upkeep.key }, user: { ...user, ...upkeep.user }, roles: await rolesOf(db, user.id) };
    },

    withAgentToken: async (text) => {
      if (!isSecret("agent", text)) return undefined;
      const agent = await findLiveAgent(db, hashSecret(text));
      if (agent === undefined) return undefined;
      const owner = await findUser(db, agent.workspace.owner_id);
      if (owner === undefined || owner.status === "suspended") return undefined;
      return { ...agent, owner, roles: await rolesOf(db, owner.id) };
    },
  };
}

/** What to write about a used key; undefined when that was done within the hour. API tokens keep the expiry that they were given. */
function keyUpkeep(key: ApiKey, user: User, at: Date, use: { readonly ipAddress: string; readonly slideExpiry?: boolean }) {
  const isStale = at.getTime() - key.last_used.getTime() > HOUR_MS;
  const lifetimeMs = key.lifetime_seconds * 1_000;
  const isSession = key.token_name === "" && key.login_type !== "token";
  const slides = isSession && use.slideExpiry !== false && key.expires_at.getTime() - at.getTime() <= lifetimeMs - HOUR_MS;
  if (!isStale && !slides && user.status !== "dormant") return undefined;
  return {
    key: {
      last_used: at,
      ip_address: use.ipAddress,
      updated_at: at,
      ...(slides && { expires_at: new Date(at.getTime() + lifetimeMs) }),
    },
    user: { last_seen_at: at, ...(user.status === "dormant" && { status: "active" as const }) },
  };
}

async function rolesOf(db: Kysely<Tables>, userId: UserId): Promise<Roles> {
  const user = await db.selectFrom("users").select("rbac_roles").where("id", "=", userId).where("deleted", "=", false).executeTakeFirst();
  const memberships = await db
    .selectFrom("organization_members")
    .select(["organization_id", "roles"])
    .where("user_id", "=", userId)
    .orderBy("created_at")
    .execute();
  return {
    site: user?.rbac_roles ?? [],
    organizations: memberships.map(({ organization_id, roles }) => ({ organizationId: organization_id, roles })),
    groups: [],
  };
}

async function findLiveAgent(
  db: Kysely<Tables>,
  hash: Uint8Array,
): Promise<Pick<AuthenticatedAgent, "agent" | "workspace" | "build"> | undefined> {
  const found = await db
    .selectFrom("workspace_agents as agent")
    .innerJoin("workspace_resources as resource", "resource.id", "agent.resource_id")
    .innerJoin("workspace_builds as build", "build.job_id", "resource.job_id")
    .innerJoin("provisioner_jobs as job", "job.id", "build.job_id")
    .innerJoin("workspaces as workspace", "workspace.id", "build.workspace_id")
    .select(["agent.id as agent_id", "build.id as build_id", "workspace.id as workspace_id"])
    .where("agent.auth_token_hash", "=", hash)
    .where("build.transition", "=", "start")
    .where("job.job_status", "=", "succeeded")
    .where("workspace.deleted", "=", false)
    .where(isLatestBuild)
    .executeTakeFirst();
  if (found === undefined) return undefined;
  const { agent_id, build_id, workspace_id } = found;
  const agentRow = await db.selectFrom("workspace_agents").selectAll().where("id", "=", agent_id).executeTakeFirstOrThrow();
  const buildRow = await db.selectFrom("workspace_builds").selectAll().where("id", "=", build_id).executeTakeFirstOrThrow();
  const workspace = await db.selectFrom("workspaces").selectAll().where("id", "=", workspace_id).executeTakeFirstOrThrow();
  const { auth_token_hash: _, ...agent } = agentRow;
  const { provisioner_state: _state, agent_token_secret: _secret, ...build } = buildRow;
  return { agent, build, workspace };
}
