import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { updateBuildRow } from "./build-job-rows.ts";
import { statePurpose } from "./build-rows.ts";

/** Seals and stores Terraform's state. @param state empty if there is none anymore */
export async function storeState(
  { encryption, now }: Database,
  { db }: Tx,
  build: Pick<Row<"workspace_builds">, "id" | "workspace_id">,
  state: Uint8Array,
): Promise<void> {
  const sealed = state.length === 0 ? null : encryption.seal(statePurpose(build.workspace_id), state);
  await updateBuildRow(db, build.id, { provisioner_state: sealed, updated_at: now() });
}
