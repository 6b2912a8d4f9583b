import { organizationObject } from "#authz/object.ts";
import { isOrganizationRole } from "#authz/roles.ts";
import { isInOrganization } from "#authz/subject.ts";
import type { Context } from "../access/context.ts";
import { permitted } from "../access/permitted-rows.ts";
import { type AuditEntry, audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import type { Row, WorkspaceSharing } from "../database/tables.ts";
import { InUseError, InvalidInputError, NameTakenError, NotFoundError } from "../errors.ts";
import { NIL_UUID, OrganizationId, UserId } from "../ids.ts";
import { changeOfRoles, requireAssignable } from "../roles/role-authority.ts";

export type Organization = Row<"organizations">;

export interface NewOrganization {
  readonly name: string;
  readonly displayName: string;
  readonly description?: string;
  readonly icon?: string;
}

export interface OrganizationPatch {
  readonly name?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly icon?: string;
  readonly defaultMemberRoles?: readonly string[];
  readonly workspaceSharing?: WorkspaceSharing;
}

export interface Organizations {
  get(id: OrganizationId): Promise<Organization>;
  /** @param reference a UUID, a name, `default`, or the all-zero UUID for the default one */
  getByReference(reference: string): Promise<Organization>;
  /** Of an organization that the subject is in: its id, and nothing else of it. @param reference as for `getByReference` */
  findOwnId(reference: string): Promise<OrganizationId | undefined>;
  /** By name. */
  list(): Promise<readonly Organization[]>;
  /** Those that a user is a member of. */
  listOfUser(userId: UserId): Promise<readonly Organization[]>;
  /** Whoever makes it is its first member, without any role in it. @throws NameTakenError */
  create(organization: NewOrganization): Promise<Organization>;
  /** @throws NameTakenError; NotAllowedError when the subject may not give, or take, a role that the default ones change by */
  update(id: OrganizationId, patch: OrganizationPatch): Promise<Organization>;
  /** Its name is free again; its memberships and provisioner keys are gone. @throws InUseError while it holds templates or workspaces */
  delete(id: OrganizationId): Promise<void>;
}

/** Where a decision about organizations finds its object. */
const ORGANIZATION_OBJECT = { id: "organizations.id", organizationId: "organizations.id" } as const;

export function createOrganizations(context: Context): Organizations {
  const { db, guard, write, now, newId } = context;
  const readable = (row: Organization | undefined): Organization => {
    if (row === undefined) throw new NotFoundError("organization");
    guard.read(organizationObject(row.id), "organization");
    return row;
  };
  const live = () => db.selectFrom("organizations").selectAll().where("deleted", "=", false);
  const shown = () => live().where(permitted(context, "read", "organization", ORGANIZATION_OBJECT));

  const byReference = async (reference: string): Promise<Organization | undefined> => {
    if (reference === "default" || reference === NIL_UUID) return live().where("is_default", "=", true).executeTakeFirst();
    const byId = OrganizationId.is(reference)
      ? await live().where("id", "=", OrganizationId.parse(reference)).executeTakeFirst()
      : undefined;
    const byName = () =>
      live()
        .where((eb) => eb(eb.fn<string>("lower", ["name"]), "=", reference.toLowerCase()))
        .executeTakeFirst();
    return byId ?? (await byName());
  };

  return {
    get: async (id) => readable(await live().where("id", "=", id).executeTakeFirst()),
    getByReference: async (reference) => readable(await byReference(reference)),
    findOwnId: async (reference) => {
      const id = (await byReference(reference))?.id;
      return id !== undefined && isInOrganization(guard.subject, id) ? id : undefined;
    },
    list: () => shown().orderBy("name").execute(),
    listOfUser: (userId) => {
      const memberships = db.selectFrom("organization_members").select("organization_id").where("user_id", "=", userId);
      return shown().where("id", "in", memberships).orderBy("name").execute();
    },

    create: async ({ name, displayName, description = "", icon = "" }) => {
      guard.requireOpenly("create", { type: "organization" });
      return write(async (tx) => {
        const at = now();
        const times = { created_at: at, updated_at: at };
        const made = await tx.db
          .insertInto("organizations")
          .values({ id: newId<OrganizationId>(), name, display_name: displayName, description, icon, is_default: false, ...times })
          .returningAll()
          .executeTakeFirstOrThrow()
          .catch(nameTaken(name));
        if (guard.subject.kind === "user")
          await tx.db
            .insertInto("organization_members")
            .values({ organization_id: made.id, user_id: UserId.parse(guard.subject.id), roles: [], ...times })
            .execute();
        await audit(context, tx, { ...entryOf(made), action: "create", after: made });
        return made;
      });
    },

    update: (id, { name, displayName, description, icon, defaultMemberRoles, workspaceSharing }) =>
      write(async (tx) => {
        const before = await locked(context, tx, id);
        guard.require("update", organizationObject(id), "organization");
        const roles = defaultMemberRoles && knownOrganizationRoles(defaultMemberRoles, "default_org_member_roles");
        if (roles !== undefined) {
          const { added, removed } = changeOfRoles(before.default_member_roles, roles);
          if (added.length + removed.length > 0) requireAssignable(context, { assign: added, unassign: removed }, id);
        }
        const after = await tx.db
          .updateTable("organizations")
          .set({
            ...(name !== undefined && { name }),
            ...(displayName !== undefined && { display_name: displayName }),
            ...(description !== undefined && { description }),
            ...(icon !== undefined && { icon }),
            ...(roles !== undefined && { default_member_roles: roles }),
            ...(workspaceSharing !== undefined && { workspace_sharing: workspaceSharing }),
            updated_at: now(),
          })
          .where("id", "=", id)
          .returningAll()
          .executeTakeFirstOrThrow()
          .catch(nameTaken(name ?? before.name));
        await audit(context, tx, { ...entryOf(after), action: "write", before, after });
        return after;
      }),

    delete: async (id) => {
      await write(async (tx) => {
        const before = await locked(context, tx, id);
        guard.require("delete", organizationObject(id), "organization");
        if (before.is_default) throw new InvalidInputError("the default organization cannot be deleted");
        for (const table of ["workspaces", "templates"] as const) {
          const left = await tx.db
            .selectFrom(table)
            .select("id")
            .where("organization_id", "=", id)
            .where("deleted", "=", false)
            .executeTakeFirst();
          if (left !== undefined) throw new InUseError(`the organization still has ${table}: delete them first`);
        }
        // Daemons with such a key would go on waiting for work of an organization that is gone.
        await tx.db.deleteFrom("provisioner_keys").where("organization_id", "=", id).execute();
        await tx.db.deleteFrom("organization_members").where("organization_id", "=", id).execute();
        await tx.db.updateTable("organizations").set({ deleted: true, updated_at: now() }).where("id", "=", id).execute();
        await audit(context, tx, { ...entryOf(before), action: "delete", before });
      });
    },
  };
}

/** Each once, without the implied `organization-member`. @throws InvalidInputError naming the field, and the role that does not exist */
export function knownOrganizationRoles(names: readonly string[], field: string): string[] {
  const unknown = names.find((name) => !isOrganizationRole(name) || name === "organization-service-account");
  if (unknown !== undefined) {
    const detail = `There is no organization role ${JSON.stringify(unknown.slice(0, 64))} to give.`;
    throw new InvalidInputError("validation failed", [{ field, detail }]);
  }
  return [...new Set(names)].filter((name) => name !== "organization-member");
}

async function locked({ dialect }: Context, tx: Tx, id: OrganizationId): Promise<Organization> {
  const row = await tx.db
    .selectFrom("organizations")
    .selectAll()
    .where("id", "=", id)
    .where("deleted", "=", false)
    .$if(dialect === "postgres", (q) => q.forUpdate())
    .executeTakeFirst();
  if (row === undefined) throw new NotFoundError("organization");
  return row;
}

function entryOf({ id, name, icon }: Organization): Pick<AuditEntry, "resourceType" | "resourceId" | "target" | "organizationId" | "icon"> {
  return { resourceType: "organization", resourceId: id, target: name, organizationId: id, icon };
}

function nameTaken(name: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof UniqueViolationError) throw new NameTakenError("organization", "name", name, { cause: error });
    throw error;
  };
}
