import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { NotFoundError } from "../errors.ts";
import type { ProvisionerKeyId } from "../ids.ts";
import type { JobKinds } from "./job-kind.ts";
import { findKeyById } from "./provisioner-key-rows.ts";
import { aboutKey, keyObject } from "./provisioner-key-rules.ts";
import { revokeKey } from "./revoke-key.ts";

/**
 * Deletes a key and cancels the jobs that its daemons run. From then on its daemons are refused, except for what brings these jobs to an
 * end. Reserved keys cannot be deleted.
 *
 * @param kinds all kinds of jobs that daemons run
 */
export const deleteProvisionerKey = ruled(
  "provisionerKeys.delete",
  (context: Context, kinds: JobKinds, id: ProvisionerKeyId): Promise<void> =>
    context.write(async (tx) => {
      const before = await findKeyById(tx.db, id);
      if (before === undefined || before.organization_id === null) throw new NotFoundError("provisioner key");
      context.guard.require("delete", keyObject(before), "provisioner key");
      if (await revokeKey(context, tx, kinds, before)) await audit(context, tx, { ...aboutKey(before), action: "delete", before });
    }),
);
