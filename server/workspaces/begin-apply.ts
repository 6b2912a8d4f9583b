import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { updateBuildRow } from "./build-job-rows.ts";
import { deleteOtherBackendRow } from "./state-backend-rows.ts";

/**
 * Notes that Terraform begins to change things, before it does: from now on, an empty state is no proof that there is nothing to destroy.
 * If the build keeps its state with the server, the backend that earlier builds had becomes free.
 */
export async function beginApply(core: Database, tx: Tx, build: Row<"workspace_builds">): Promise<void> {
  await updateBuildRow(tx.db, build.id, { has_applied: true, updated_at: core.now() });
  await deleteOtherBackendRow(tx.db, build);
}
