/** Rows of people, as authentication reads them: a user and what its rights are made of, in one question. */
import type { Kysely } from "kysely";
import type { WorkspaceSharing } from "#authz/role-definitions.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { OrganizationId, UserId } from "../ids.ts";

export type User = Omit<Row<"users">, "hashed_password"> & { readonly organization_ids: readonly OrganizationId[] };

/** What a subject is built from. As it is in the database at each request, so that a changed role acts on the next one. */
export interface PersonRoles {
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

export interface Person {
  readonly user: User;
  readonly roles: PersonRoles;
}

/** Undefined when deleted. */
export async function findPerson(db: Kysely<Tables>, id: UserId): Promise<Person | undefined> {
  const rows = await selectPeople(db).where("owner.id", "=", id).execute();
  const [row] = rows;
  return row && personOf(row, rows);
}

/**
 * The address in any letter case; not deleted.
 *
 * @returns also the hash of the password, empty for who signs in without one
 */
export async function findPersonByEmail(
  db: Kysely<Tables>,
  email: string,
): Promise<(Person & { readonly hashedPassword: string }) | undefined> {
  const rows = await selectPeople(db)
    .select("owner.hashed_password as owner_hashed_password")
    .where((eb) => eb(eb.fn<string>("lower", ["owner.email"]), "=", email.toLowerCase()))
    .execute();
  const [row] = rows;
  return row && { ...personOf(row, rows), hashedPassword: row.owner_hashed_password };
}

export type PersonRow = Awaited<ReturnType<ReturnType<typeof selectPeople>["execute"]>>[number];

/** A row for each membership, or one row without. */
export function selectPeople(db: Kysely<Tables>) {
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

/** @param rows all of the person, the first of which is `row` */
export function personOf(row: PersonRow, rows: readonly PersonRow[]): Person {
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
