import type { Kysely } from "kysely";
import { organizationMemberObject, organizationObject } from "#authz/object.ts";
import { NotFoundError } from "../errors.ts";
import { NIL_UUID, OrganizationId, type UserId } from "../ids.ts";
import type { StoreContext } from "./context.ts";
import type { Row, Tables } from "./tables.ts";

export type Organization = Row<"organizations">;
export type OrganizationMember = Row<"organization_members"> &
  Pick<Row<"users">, "username" | "name" | "email" | "avatar_url" | "status" | "login_type" | "last_seen_at"> & {
    readonly global_roles: readonly string[];
    readonly user_created_at: Date;
    readonly user_updated_at: Date;
  };

export interface Organizations {
  get(id: OrganizationId): Promise<Organization>;
  /** @param reference a UUID, a name, `default`, or the all-zero UUID for the default one */
  getByReference(reference: string): Promise<Organization>;
  list(): Promise<readonly Organization[]>;
  /** Those that a user is a member of. */
  listOfUser(userId: UserId): Promise<readonly Organization[]>;
  members(id: OrganizationId): Promise<readonly OrganizationMember[]>;
  member(id: OrganizationId, userId: UserId): Promise<OrganizationMember>;
}

export function createOrganizations({ db, guard }: StoreContext): Organizations {
  const readable = (row: Organization | undefined): Organization => {
    if (row === undefined) throw new NotFoundError("organization");
    guard.read(organizationObject(row.id), "organization");
    return row;
  };
  const live = () => db.selectFrom("organizations").selectAll().where("deleted", "=", false);
  const seen = (rows: readonly Organization[]) => rows.filter(({ id }) => guard.allows("read", organizationObject(id)));

  return {
    get: async (id) => readable(await live().where("id", "=", id).executeTakeFirst()),
    getByReference: async (reference) => {
      if (reference === "default" || reference === NIL_UUID)
        return readable(await live().where("is_default", "=", true).executeTakeFirst());
      const byId = OrganizationId.is(reference)
        ? await live().where("id", "=", OrganizationId.parse(reference)).executeTakeFirst()
        : undefined;
      const byName = () =>
        live()
          .where((eb) => eb(eb.fn<string>("lower", ["name"]), "=", reference.toLowerCase()))
          .executeTakeFirst();
      return readable(byId ?? (await byName()));
    },
    list: async () => seen(await live().orderBy("name").execute()),
    listOfUser: async (userId) => {
      const memberships = db.selectFrom("organization_members").select("organization_id").where("user_id", "=", userId);
      return seen(await live().where("id", "in", memberships).orderBy("name").execute());
    },
    members: async (id) => {
      readable(await live().where("id", "=", id).executeTakeFirst());
      const rows = await selectMembers(db).where("organization_members.organization_id", "=", id).orderBy("users.username").execute();
      return rows.filter((row) =>
        guard.allows("read", organizationMemberObject({ userId: row.user_id, organizationId: row.organization_id })),
      );
    },
    member: async (id, userId) => {
      const row = await selectMembers(db)
        .where("organization_members.organization_id", "=", id)
        .where("organization_members.user_id", "=", userId)
        .executeTakeFirst();
      if (row === undefined) throw new NotFoundError("organization member");
      guard.read(organizationMemberObject({ userId, organizationId: id }), "organization member");
      return row;
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
