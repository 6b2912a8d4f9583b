import type { OrganizationEnd } from "../organizations/delete-organization.ts";
import { cancelJobs } from "./cancel-locked-job.ts";
import type { JobKinds } from "./job-kind.ts";
import { findAllKeysOf } from "./provisioner-key-rows.ts";
import { findOpenJobs } from "./queue-rows.ts";
import { revokeKey } from "./revoke-key.ts";

/** Returns what the queue does when an organization is deleted: it revokes the organization's keys and cancels its jobs. */
export function endOrganizationJobs(kinds: JobKinds): OrganizationEnd {
  return async (context, tx, organizationId) => {
    for (const key of await findAllKeysOf(tx.db, organizationId)) await revokeKey(context, tx, kinds, key);
    // Nobody could take the pending ones anymore: they would stay pending forever.
    const reason = "The organization was deleted, so the job was canceled.";
    await cancelJobs(context, tx, kinds, await findOpenJobs(tx.db, organizationId), reason);
  };
}
