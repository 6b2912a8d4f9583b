import type { Kysely } from "kysely";
import { type OrganizationId, ProvisionerKeyId } from "../ids.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";

/** The key of daemons inside a server's own process: a row without a secret, because each start creates a new one. */
export const BUILT_IN_KEY_ID = "00000000-0000-0000-0000-000000000001";

const DEPLOYMENT_ID = "deployment_id";

/**
 * Creates what every deployment has from its first start: an id, a default organization, the built-in provisioner key's row. Returns the
 * id.
 */
export async function seed(db: Kysely<Tables>, { now, newId }: Pick<Database, "now" | "newId">): Promise<string> {
  const at = now();
  const known = await db.selectFrom("site_configs").select("value").where("key", "=", DEPLOYMENT_ID).executeTakeFirst();
  if (known !== undefined) return known.value;
  const id = newId();
  await db.insertInto("site_configs").values({ key: DEPLOYMENT_ID, value: id }).execute();
  await db
    .insertInto("organizations")
    .values({
      id: newId<OrganizationId>(),
      name: "default",
      display_name: "Default",
      is_default: true,
      created_at: at,
      updated_at: at,
    })
    .execute();
  await db
    .insertInto("provisioner_keys")
    .values({
      id: ProvisionerKeyId.parse(BUILT_IN_KEY_ID),
      organization_id: null,
      name: "built-in",
      hashed_secret: null,
      tags: { scope: "organization", owner: "" },
      created_at: at,
    })
    .execute();
  return id;
}
