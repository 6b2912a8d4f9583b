import { hash } from "node:crypto";
import type { Kysely } from "kysely";
import type { WorkspaceSharing } from "#authz/role-definitions.ts";
import type { Subject } from "#authz/subject.ts";
import { hashSecret, isSameHash, isSecret } from "#credentials/secret.ts";
import type { Database, Tx } from "../database/database.ts";
import { isLatestBuild } from "../database/latest-build.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import type { ApiKey } from "../keys/key-rows.ts";
import { findUserBy, type User } from "../people/user-rows.ts";
import { exactCache } from "./exact-cache.ts";
import { endOfKey, subjectOfKey, type UnknownValue } from "./key-subject.ts";
import { verifyPassword } from "./password.ts";

/** What a subject is built from. As it is in the database at each request, so that a changed role acts on the next one. */
export interface Roles {
  /** Site roles, without the implied `member`. */
  readonly site: readonly string[];
  /** Memberships with their roles, without the implied `organization-member`, and what their organization gives its members. */
  readonly organizations: readonly {
    readonly organizationId: OrganizationId;
    readonly roles: readonly string[];
    readonly defaultRoles: readonly string[];
    readonly sharing: WorkspaceSharing;
  }[];
  /** Groups that the user is in. Beside them, each organization's id stands for its group Everyone. */
  readonly groups: readonly string[];
}

export interface AuthenticatedKey {
  readonly key: ApiKey;
  readonly user: User;
  readonly roles: Roles;
  /** Without an origin. The same object as long as nothing has changed. */
  readonly subject: Subject;
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
   * Of a session key or API token, `<id>-<secret>`. At most once a minute it writes when the key was used and from where, and wakes a
   * dormant user; at most once an hour it moves a session's expiry on, unless `slideExpiry` is false.
   *
   * What it answers is as the database has it now, however often it is asked: see docs/decisions/0010.
   */
  withApiKey(text: string, use: { readonly ipAddress: string; readonly slideExpiry?: boolean }): Promise<AuthenticatedKey | undefined>;
  /** Of an agent's token, `pva_…`: only while its agent belongs to its workspace's latest build, that is a start, and its job succeeded. */
  withAgentToken(text: string): Promise<AuthenticatedAgent | undefined>;
  rolesOf(userId: UserId): Promise<Roles>;
}

/** All that {@link findKey} and {@link findPerson} read. A write to one of them makes every kept answer stale. */
export const AUTHENTICATION_TABLES = ["api_keys", "users", "organization_members", "organizations"] as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

interface Person {
  readonly user: User;
  readonly roles: Roles;
}

interface StoredKey extends AuthenticatedKey {
  /** Of the secret. */
  readonly hash: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

/** @param onUnknownValue hears once of each stored value that this program does not know */
export function createAuthentication(core: Database, onUnknownValue: (unknown: UnknownValue) => void): Authentication {
  const { db, write, now } = core;
  const keys = exactCache<StoredKey>(core.stamp);
  const people = exactCache<Person>(core.stamp);
  const complain = once(onUnknownValue);
  const personById = async (id: UserId) => people.find(id) ?? people.load(id, () => findPerson(db, id));

  const opened = async (text: string): Promise<StoredKey | undefined> => {
    // What was compared with the stored hash once is found by a hash of its own: of the whole text, which is kept nowhere.
    const name = hash("sha256", text, "base64");
    const key = (await keys.findTogether(name)) ?? (await keys.load(name, () => checkedKey(text)));
    return key === undefined || key.endsAt <= now().getTime() || key.user.status === "suspended" ? undefined : key;
  };
  const checkedKey = async (text: string): Promise<StoredKey | undefined> => {
    const [, id = "", secret = ""] = /^([0-9A-Za-z]{10})-(.+)$/.exec(text) ?? [];
    if (!isSecret("session", secret) && !isSecret("token", secret)) return undefined;
    const key = await findKey(db, id, complain);
    return key !== undefined && isSameHash(key.hash, hashSecret(secret)) ? key : undefined;
  };

  /** By key id. Requests that come together write once. */
  const beingKept = new Map<string, Promise<void>>();

  return {
    rolesOf: async (userId) => (await personById(userId))?.roles ?? { site: [], organizations: [], groups: [] },

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
      const found = await opened(text);
      const upkeep = found && upkeepOf(found, now(), use);
      if (found === undefined || upkeep === undefined) return found;
      const { id } = found.key;
      let kept = beingKept.get(id);
      if (kept === undefined) {
        kept = write((tx) => keepUp(core, tx, found, upkeep)).finally(() => beingKept.delete(id));
        beingKept.set(id, kept);
      }
      await kept;
      // The key or its user may have ended meanwhile.
      return opened(text);
    },

    withAgentToken: async (text) => {
      if (!isSecret("agent", text)) return undefined;
      const agent = await findLiveAgent(db, hashSecret(text));
      const owner = agent && (await personById(agent.workspace.owner_id));
      if (agent === undefined || owner === undefined || owner.user.status === "suspended") return undefined;
      return { ...agent, owner: owner.user, roles: owner.roles };
    },
  };
}

interface Upkeep {
  readonly at: Date;
  readonly ipAddress: string;
  readonly isStale: boolean;
  /** When the session then ends; undefined leaves the key's end as it is. */
  readonly slidesTo: Date | undefined;
}

/** What to write about a used key; undefined when that was done a moment ago. API tokens keep the expiry that they were given. */
function upkeepOf(
  { key, user }: AuthenticatedKey,
  at: Date,
  { ipAddress, slideExpiry = true }: { readonly ipAddress: string; readonly slideExpiry?: boolean },
): Upkeep | undefined {
  const isStale = at.getTime() - key.last_used.getTime() >= MINUTE_MS;
  const lifetimeMs = key.lifetime_seconds * 1_000;
  const isSession = key.token_name === "" && key.login_type !== "token";
  const slides = isSession && slideExpiry && key.expires_at.getTime() - at.getTime() <= lifetimeMs - HOUR_MS;
  if (!isStale && !slides && user.status !== "dormant") return undefined;
  return { at, ipAddress, isStale, slidesTo: slides ? new Date(at.getTime() + lifetimeMs) : undefined };
}

/** Unless another replica was quicker, or the key was ended: a session that was expired a moment ago is not brought back. */
async function keepUp(core: Database, tx: Tx, { key, user }: AuthenticatedKey, upkeep: Upkeep): Promise<void> {
  const { db } = tx;
  const { at, ipAddress, isStale, slidesTo } = upkeep;
  // The user first, then the key, as the end of a user and a new password have it: else each could wait for the other.
  if (core.dialect === "postgres") await db.selectFrom("users").select("id").where("id", "=", user.id).forNoKeyUpdate().execute();
  const updated = await db
    .updateTable("api_keys")
    .set({ last_used: at, ip_address: ipAddress, updated_at: at, ...(slidesTo !== undefined && { expires_at: slidesTo }) })
    .where("id", "=", key.id)
    .where("expires_at", ">", at)
    .$if(isStale, (q) => q.where("last_used", "<=", new Date(at.getTime() - MINUTE_MS)))
    .$if(slidesTo !== undefined, (q) => q.where("expires_at", "<=", new Date((slidesTo ?? at).getTime() - HOUR_MS)))
    .executeTakeFirst();
  if (updated.numUpdatedRows === 0n) return;
  await db
    .updateTable("users")
    .set({ last_seen_at: at, ...(user.status === "dormant" && { status: "active" as const }) })
    .where("id", "=", user.id)
    .where("status", "=", user.status)
    .execute();
}

/** A key, its user and the user's roles in one question: on PostgreSQL that is all that authentication asks. */
async function findKey(db: Kysely<Tables>, id: string, complain: (unknown: UnknownValue) => void): Promise<StoredKey | undefined> {
  const rows = await selectPeople(db)
    .innerJoin("api_keys as key", "key.user_id", "owner.id")
    .selectAll("key")
    .where("key.id", "=", id)
    .execute()
    .catch((error: unknown) => {
      if (!(error instanceof SyntaxError)) throw error;
      complain({ keyId: id, userId: "", problem: "a stored list is not JSON" });
      return [];
    });
  const [row] = rows;
  if (row === undefined) return undefined;
  const { hashed_secret, ...rest } = row;
  const key = withoutPerson(rest);
  const { user, roles } = personOf(row, rows);
  const unknown = (problem: string): void => complain({ keyId: id, userId: user.id, problem });
  const made = subjectOfKey(key, roles, (name) => unknown(`unknown role ${JSON.stringify(name)} gives nothing`));
  if (made.kind === "known") return { hash: hashed_secret, key, user, roles, subject: made.subject, endsAt: endOfKey(key) };
  unknown(made.problem);
  return undefined;
}

/** Undefined when deleted. */
async function findPerson(db: Kysely<Tables>, id: UserId): Promise<Person | undefined> {
  const rows = await selectPeople(db).where("owner.id", "=", id).execute();
  const [row] = rows;
  return row && personOf(row, rows);
}

type PersonRow = Awaited<ReturnType<ReturnType<typeof selectPeople>["execute"]>>[number];

/** A row for each membership, or one row without. */
function selectPeople(db: Kysely<Tables>) {
  return db
    .selectFrom("users as owner")
    .leftJoin("organization_members as member", "member.user_id", "owner.id")
    .leftJoin("organizations as organization", (join) =>
      join.onRef("organization.id", "=", "member.organization_id").on("organization.deleted", "=", false),
    )
    .select([
      "owner.id as owner_id",
      "owner.email as owner_email",
      "owner.username as owner_username",
      "owner.name as owner_name",
      "owner.avatar_url as owner_avatar_url",
      "owner.login_type as owner_login_type",
      "owner.status as owner_status",
      "owner.rbac_roles as owner_rbac_roles",
      "owner.deleted as owner_deleted",
      "owner.created_at as owner_created_at",
      "owner.updated_at as owner_updated_at",
      "owner.last_seen_at as owner_last_seen_at",
      "organization.id as member_organization",
      "organization.default_member_roles as member_default_roles",
      "organization.workspace_sharing as member_sharing",
      "member.roles as member_roles",
    ])
    .where("owner.deleted", "=", false)
    .orderBy("member.created_at");
}

function personOf(row: PersonRow, rows: readonly PersonRow[]): Person {
  const organizations = rows.flatMap((each) =>
    each.member_organization === null
      ? []
      : {
          organizationId: each.member_organization,
          roles: each.member_roles ?? [],
          defaultRoles: each.member_default_roles ?? [],
          sharing: each.member_sharing ?? "none",
        },
  );
  return {
    user: {
      id: row.owner_id,
      email: row.owner_email,
      username: row.owner_username,
      name: row.owner_name,
      avatar_url: row.owner_avatar_url,
      login_type: row.owner_login_type,
      status: row.owner_status,
      rbac_roles: row.owner_rbac_roles,
      deleted: row.owner_deleted,
      created_at: row.owner_created_at,
      updated_at: row.owner_updated_at,
      last_seen_at: row.owner_last_seen_at,
      organization_ids: organizations.map(({ organizationId }) => organizationId),
    },
    roles: { site: row.owner_rbac_roles, organizations, groups: [] },
  };
}

/** The key's own columns. */
function withoutPerson(row: ApiKey & PersonRow): ApiKey {
  const {
    owner_id: _id,
    owner_email: _email,
    owner_username: _username,
    owner_name: _name,
    owner_avatar_url: _avatarUrl,
    owner_login_type: _loginType,
    owner_status: _status,
    owner_rbac_roles: _rbacRoles,
    owner_deleted: _deleted,
    owner_created_at: _createdAt,
    owner_updated_at: _updatedAt,
    owner_last_seen_at: _lastSeenAt,
    member_organization: _organization,
    member_default_roles: _defaultRoles,
    member_sharing: _sharing,
    member_roles: _roles,
    ...key
  } = row;
  return key;
}

/** More different complaints than a log should hold: past them it begins anew. */
const COMPLAINTS_REMEMBERED = 1_000;

/** A key that is refused may be shown a thousand times a second. */
function once(tell: (unknown: UnknownValue) => void): (unknown: UnknownValue) => void {
  const told = new Set<string>();
  return (unknown) => {
    const text = JSON.stringify(unknown);
    if (told.has(text)) return;
    if (told.size >= COMPLAINTS_REMEMBERED) told.clear();
    told.add(text);
    tell(unknown);
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
