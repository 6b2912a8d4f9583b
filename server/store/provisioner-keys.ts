import { provisionerDaemonObject } from "#authz/object.ts";
import { formatSecret, hashSecret } from "#credentials/secret.ts";
import { InvalidInputError, NameTakenError, NotFoundError } from "../errors.ts";
import type { OrganizationId, ProvisionerKeyId } from "../ids.ts";
import { normalizeTags } from "../jobs/tags.ts";
import type { StoreContext } from "./context.ts";
import { UniqueViolationError } from "./failures.ts";
import type { Row } from "./tables.ts";

export type ProvisionerKey = Omit<Row<"provisioner_keys">, "hashed_secret">;

/** The key of daemons inside a server's own process: a row without a secret, since each start makes a new one. */
export const BUILT_IN_KEY_ID = "00000000-0000-0000-0000-000000000001";

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

export function createProvisionerKeys({ db, guard, write, newId, now }: StoreContext): ProvisionerKeys {
  const objectOf = (row: Row<"provisioner_keys">) => provisionerDaemonObject({ id: row.id, organizationId: row.organization_id ?? "" });
  return {
    create: async ({ organizationId, name, tags }) => {
      guard.requireOpenly("create", provisionerDaemonObject({ organizationId }));
      if (RESERVED_NAMES.includes(name.toLowerCase()))
        throw new InvalidInputError(`Name ${JSON.stringify(name)} is reserved.`, [{ field: "name", detail: "reserved" }]);
      const secret = formatSecret("provisioner");
      const row = await write(({ db: trx }) =>
        trx
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
          }),
      );
      return { key: withoutSecret(row), secret };
    },
    list: async (organizationId) => {
      const rows = await db
        .selectFrom("provisioner_keys")
        .selectAll()
        .where("organization_id", "=", organizationId)
        .orderBy("created_at")
        .execute();
      return rows.filter((row) => guard.allows("read", objectOf(row))).map(withoutSecret);
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
      const row = await db.selectFrom("provisioner_keys").selectAll().where("id", "=", id).executeTakeFirst();
      if (row === undefined || row.organization_id === null) throw new NotFoundError("provisioner key");
      guard.require("delete", objectOf(row), "provisioner key");
      await write(async (tx) => {
        await tx.db.deleteFrom("provisioner_keys").where("id", "=", id).execute();
      });
    },
  };
}

function withoutSecret({ hashed_secret: _, ...key }: Row<"provisioner_keys">): ProvisionerKey {
  return key;
}
