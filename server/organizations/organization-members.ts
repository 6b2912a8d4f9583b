import { type Kysely, type SqlBool, sql } from "kysely";
import { organizationMemberObject, organizationObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { permitted } from "../access/permitted-rows.ts";
import { type AuditEntry, audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import { holdUser } from "../database/locks.ts";
import { paged } from "../database/paging.ts";
import type { Row, Tables } from "../database/tables.ts";
import { InUseError, InvalidInputError, NotFoundError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { isFoundBy } from "../people/user-list.ts";
import { changeOfRoles, requireAssignable, requireNewMember } from "../roles/role-authority.ts";
import { knownOrganizationRoles } from "./organizations.ts";

export type OrganizationMember = Row<"organization_members"> &
  Pick<Row<"users">, "username" | "name" | "email" | "avatar_url" | "status" | "login_type" | "last_seen_at"> & {
    readonly global_roles: readonly string[];
    readonly user_created_at: Date;
    readonly user_updated_at: Date;
  };

export interface MemberFilter {
  /** Part of the username, the name or the e-mail address, in any letter case. */
  readonly search?: string;
  readonly userId?: UserId;
  /** Wanted is what no user of this server is, such as one who signs in with GitHub. */
  readonly isNobody?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

export interface OrganizationMembers {
  get(organizationId: OrganizationId, userId: UserId): Promise<OrganizationMember>;
  /** By username. `count` is the number of matches before limit and offset. */
  list(
    organizationId: OrganizationId,
    filter?: MemberFilter,
  ): Promise<{ readonly members: readonly OrganizationMember[]; readonly count: number }>;
  /** By username: the members for whom the subject may create a workspace here. */
  possibleOwners(organizationId: OrganizationId, filter?: MemberFilter): Promise<readonly OrganizationMember[]>;
  /** @throws InvalidInputError for who is a member already; NotAllowedError when the default roles are not the subject's to give */
  add(organizationId: OrganizationId, userId: UserId): Promise<OrganizationMember>;
  /**
   * @throws InvalidInputError for oneself; InUseError for who owns workspaces there; NotAllowedError for who has a role there that is not
   *   the subject's to take
   */
  remove(organizationId: OrganizationId, userId: UserId): Promise<void>;
  /** Replaces the roles that were given. @throws InvalidInputError for one's own, and for what is no role; NotAllowedError */
  setRoles(organizationId: OrganizationId, userId: UserId, roles: readonly string[]): Promise<OrganizationMember>;
}

/** Where a decision about memberships finds its object. */
const MEMBER_OBJECT = {
  id: "organization_members.user_id",
  ownerId: "organization_members.user_id",
  organizationId: "organization_members.organization_id",
} as const;

export function createOrganizationMembers(context: Context): OrganizationMembers {
  const { db, guard, write, now } = context;
  const visible = async (id: OrganizationId): Promise<void> => {
    const row = await db.selectFrom("organizations").select("id").where("id", "=", id).where("deleted", "=", false).executeTakeFirst();
    if (row === undefined) throw new NotFoundError("organization");
    guard.read(organizationObject(id), "organization");
  };

  return {
    get: async (organizationId, userId) => {
      const row = await find(db, organizationId, userId);
      if (row === undefined) throw new NotFoundError("organization member");
      guard.read(organizationMemberObject({ userId, organizationId }), "organization member");
      return row;
    },
    list: async (organizationId, filter = {}) => {
      await visible(organizationId);
      const where = matching(context, organizationId, filter);
      const members = await paged(selectMembers(db).where(where).orderBy(byUsername), filter).execute();
      const { count } = await db
        .selectFrom("organization_members")
        .innerJoin("users", "users.id", "organization_members.user_id")
        .select((eb) => eb.fn.countAll<number>().as("count"))
        .where(where)
        .executeTakeFirstOrThrow();
      return { members, count };
    },
    possibleOwners: async (organizationId, filter = {}) => {
      await visible(organizationId);
      // A workspace that is not there yet has no id, only an owner and an organization.
      const mayOwn = permitted(context, "create", "workspace", {
        ownerId: MEMBER_OBJECT.ownerId,
        organizationId: MEMBER_OBJECT.organizationId,
      });
      const list = selectMembers(db)
        .where(matching(context, organizationId, filter))
        .where(mayOwn)
        .orderBy(byUsername);
      return paged(list, filter).execute();
    },
    add: (organizationId, userId) =>
      write(async (tx) => {
        await requireNewMember(context, tx, organizationId);
        await holdUser(context, tx, userId);
        const at = now();
        await tx.db
          .insertInto("organization_members")
          .values({ organization_id: organizationId, user_id: userId, roles: [], created_at: at, updated_at: at })
          .execute()
          .catch((error: unknown) => {
            if (!(error instanceof UniqueViolationError)) throw error;
            throw new InvalidInputError("the user is a member of this organization already", [], { cause: error });
          });
        const after = await find(tx.db, organizationId, userId);
        if (after === undefined) throw new Error(`member ${userId} vanished while it was made`);
        await audit(context, tx, { ...entryOf(after), action: "create", after });
        return after;
      }),
    remove: async (organizationId, userId) => {
      await write(async (tx) => {
        const before = await locked(context, tx, organizationId, userId);
        guard.require("delete", organizationMemberObject({ userId, organizationId }), "organization member");
        if (guard.subject.id === userId) throw new InvalidInputError("you cannot remove yourself from an organization");
        if (before.roles.length > 0) requireAssignable(context, { assign: [], unassign: before.roles }, organizationId);
        const owned = await tx.db
          .selectFrom("workspaces")
          .select("id")
          .where("organization_id", "=", organizationId)
          .where("owner_id", "=", userId)
          .where("deleted", "=", false)
          .executeTakeFirst();
        if (owned !== undefined) throw new InUseError("the member still owns workspaces in this organization: delete them first");
        await tx.db
          .deleteFrom("organization_members")
          .where("organization_id", "=", organizationId)
          .where("user_id", "=", userId)
          .execute();
        await audit(context, tx, { ...entryOf(before), action: "delete", before });
      });
    },
    setRoles: async (organizationId, userId, names) => {
      const roles = knownOrganizationRoles(names, "roles");
      return write(async (tx) => {
        const before = await locked(context, tx, organizationId, userId);
        guard.read(organizationMemberObject({ userId, organizationId }), "organization member");
        if (guard.subject.id === userId) throw new InvalidInputError("you cannot change your own roles");
        const { added, removed } = changeOfRoles(before.roles, roles);
        requireAssignable(context, { assign: added, unassign: removed }, organizationId);
        await tx.db
          .updateTable("organization_members")
          .set({ roles, updated_at: now() })
          .where("organization_id", "=", organizationId)
          .where("user_id", "=", userId)
          .execute();
        const after = (await find(tx.db, organizationId, userId)) ?? before;
        await audit(context, tx, { ...entryOf(after), action: "write", before, after });
        return after;
      });
    },
  };
}

function selectMembers(db: Kysely<Tables>) {
  return db
    .selectFrom("organization_members")
    .innerJoin("users", "users.id", "organization_members.user_id")
    .where("users.deleted", "=", false)
    .selectAll("organization_members")
    .select(["users.username", "users.name", "users.email", "users.avatar_url", "users.status", "users.login_type", "users.last_seen_at"])
    .select(["users.rbac_roles as global_roles", "users.created_at as user_created_at", "users.updated_at as user_updated_at"]);
}

const byUsername = sql`lower(users.username)`;

function find(db: Kysely<Tables>, organizationId: OrganizationId, userId: UserId): Promise<OrganizationMember | undefined> {
  return selectMembers(db)
    .where("organization_members.organization_id", "=", organizationId)
    .where("organization_members.user_id", "=", userId)
    .executeTakeFirst();
}

async function locked({ dialect }: Context, tx: Tx, organizationId: OrganizationId, userId: UserId): Promise<OrganizationMember> {
  await tx.db
    .selectFrom("organization_members")
    .select("user_id")
    .where("organization_id", "=", organizationId)
    .where("user_id", "=", userId)
    .$if(dialect === "postgres", (q) => q.forUpdate())
    .execute();
  const row = await find(tx.db, organizationId, userId);
  if (row === undefined) throw new NotFoundError("organization member");
  return row;
}

function matching(context: Context, organizationId: OrganizationId, { search = "", userId, isNobody }: MemberFilter) {
  const found = [
    sql`users.deleted = false`,
    sql`organization_members.organization_id = ${organizationId}`,
    permitted(context, "read", "organization_member", MEMBER_OBJECT),
  ];
  if (search !== "") found.push(isFoundBy(context.dialect, search));
  if (userId !== undefined) found.push(sql`users.id = ${userId}`);
  if (isNobody === true) found.push(sql`false`);
  return sql<SqlBool>`${sql.join(found, sql` and `)}`;
}

function entryOf(member: OrganizationMember): Pick<AuditEntry, "resourceType" | "resourceId" | "target" | "organizationId"> {
  return {
    resourceType: "organization_member",
    resourceId: member.user_id,
    target: member.username,
    organizationId: member.organization_id,
  };
}
