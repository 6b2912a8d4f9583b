import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { NotFoundError } from "../errors.ts";
import type { ProvisionerKeyId } from "../ids.ts";
import { deleteProvisionerKeyRow, findKeyById } from "./provisioner-key-rows.ts";
import { aboutKey, keyObject } from "./provisioner-key-rules.ts";

/** Deletes a key. Daemons that use it are refused from then on. Reserved keys cannot be deleted. */
export const deleteProvisionerKey = ruled(
  "provisionerKeys.delete",
  (context: Context, id: ProvisionerKeyId): Promise<void> =>
    context.write(async (tx) => {
      const row = await findKeyById(tx.db, id);
      if (row === undefined || row.organization_id === null) throw new NotFoundError("provisioner key");
      context.guard.require("delete", keyObject(row), "provisioner key");
      const before = await deleteProvisionerKeyRow(tx.db, id);
      if (before !== undefined) await audit(context, tx, { ...aboutKey(before), action: "delete", before });
    }),
);
