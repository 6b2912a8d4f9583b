import type { Context } from "../access/context.ts";
import { permittedDaemons } from "../access/permitted-rows.ts";
import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { OrganizationId } from "../ids.ts";
import { findKeyByName, findKeysOf, type ProvisionerKey, withoutSecret } from "./provisioner-key-rows.ts";
import { keyObject } from "./provisioner-key-rules.ts";

/** Lists an organization's keys, oldest first, without the reserved ones. */
export const listProvisionerKeys = ruled(
  "provisionerKeys.list",
  async (context: Context, organizationId: OrganizationId): Promise<readonly ProvisionerKey[]> =>
    (await findKeysOf(context.db, organizationId, permittedDaemons(context, "read", "key"))).map(withoutSecret),
);

/** Finds a key by its name, ignoring letter case. */
export const getProvisionerKey = ruled(
  "provisionerKeys.getByName",
  async ({ db, guard }: Context, organizationId: OrganizationId, name: string): Promise<ProvisionerKey> => {
    const row = await findKeyByName(db, organizationId, name);
    if (row === undefined) throw new NotFoundError("provisioner key");
    guard.read(keyObject(row), "provisioner key");
    return withoutSecret(row);
  },
);
