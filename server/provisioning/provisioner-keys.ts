import { provisionerDaemonObject } from "#authz/object.ts";
import { formatSecret, hashSecret } from "#credentials/secret.ts";
import type { Context } from "../access/context.ts";
import { permittedDaemons } from "../access/permitted-rows.ts";
import { type AuditEntry, audit } from "../audit/audit.ts";
import { UniqueViolationError } from "../database/failures.ts";
import { holdOrganization } from "../database/locks.ts";
import type { Row } from "../database/tables.ts";
import { InvalidInputError, NameTakenError, NotFoundError } from "../errors.ts";
import type { OrganizationId, ProvisionerKeyId } from "../ids.ts";
import { normalizeTags } from "./tags.ts";

export type ProvisionerKey = Omit<Row<"provisioner_keys">, "hashed_secret">;

export interface ProvisionerKeys {
  /** `secret` is shown once and never stored. @throws NameTakenError, InvalidInputError for a reserved name */
  create(key: {
    readonly organizationId: OrganizationId;
    readonly name: string;
    readonly tags: Readonly<Record<string, string>>;
  }): Promise<{ readonly key: ProvisionerKey; readonly secret: string }>;
  /** Oldest first, without the reserved ones. */
  list(organizationId: OrganizationId): Promise<readonly ProvisionerKey[]>;
  getByName(organizationId: OrganizationId, name: string): Promise<ProvisionerKey>;
  delete(id: ProvisionerKeyId): Promise<void>;
}

const RESERVED_NAMES: readonly string[] = ["built-in", "user-auth", "psk"];

export function createProvisionerKeys(context: Context): ProvisionerKeys {
  const { db, guard, write, newId, now } = context;
  const objectOf = (row: Row<"provisioner_keys">) => provisionerDaemonObject({ id: row.id, organizationId: row.organization_id ?? "" });
  return {
    create: async ({ organizationId, name, tags }) => {
      guard.requireOpenly("create", provisionerDaemonObject({ organizationId }));
      if (RESERVED_NAMES.includes(name.toLowerCase()))
        throw new InvalidInputError(`Name ${JSON.stringify(name)} is reserved.`, [{ field: "name", detail: "reserved" }]);
      const secret = formatSecret("provisioner");
      const row = await write(async (tx) => {
        await holdOrganization(context, tx, organizationId);
        const made = await tx.db
          .insertInto("provisioner_keys")
          .values({
            id: newId<ProvisionerKeyId>(),
            organization_id: organizationId,
            name,
            hashed_secret: hashSecret(secret),
            tags: normalizeTags(undefined, tags),
            created_at: now(),
          })
          .returningAll()
          .executeTakeFirstOrThrow()
          .catch((error: unknown) => {
            if (error instanceof UniqueViolationError) throw new NameTakenError("provisioner key", "name", name, { cause: error });
            throw error;
          });
        await audit(context, tx, { ...entryOf(made), action: "create", after: made });
        return made;
      });
      return { key: withoutSecret(row), secret };
    },
    list: async (organizationId) => {
      const rows = await db
        .selectFrom("provisioner_keys as key")
        .selectAll()
        .where("organization_id", "=", organizationId)
        .where(permittedDaemons(context, "read", "key"))
        .orderBy("created_at")
        .execute();
      return rows.map(withoutSecret);
    },
    getByName: async (organizationId, name) => {
      const row = await db
        .selectFrom("provisioner_keys")
        .selectAll()
        .where("organization_id", "=", organizationId)
        .where((eb) => eb(eb.fn<string>("lower", ["name"]), "=", name.toLowerCase()))
        .executeTakeFirst();
      if (row === undefined) throw new NotFoundError("provisioner key");
      guard.read(objectOf(row), "provisioner key");
      return withoutSecret(row);
    },
    delete: async (id) => {
      await write(async (tx) => {
        const row = await tx.db.selectFrom("provisioner_keys").selectAll().where("id", "=", id).executeTakeFirst();
        if (row === undefined || row.organization_id === null) throw new NotFoundError("provisioner key");
        guard.require("delete", objectOf(row), "provisioner key");
        const before = await tx.db.deleteFrom("provisioner_keys").where("id", "=", id).returningAll().executeTakeFirst();
        if (before !== undefined) await audit(context, tx, { ...entryOf(before), action: "delete", before });
      });
    },
  };
}

function entryOf({ id, name, organization_id }: Row<"provisioner_keys">): Omit<AuditEntry, "action"> {
  return { resourceType: "provisioner_key", resourceId: id, target: name, organizationId: organization_id };
}

function withoutSecret({ hashed_secret: _, ...key }: Row<"provisioner_keys">): ProvisionerKey {
  return key;
}
