import type { CompletedJob_WorkspaceBuild } from "#proto/gen/provisionerd_pb.js";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { checkAgents } from "../resources/agent-rules.ts";
import { insertModules, insertResources, insertTimings } from "../resources/insert-rows.ts";
import { auditBuildOutcome } from "./build-entries.ts";
import { setWorkspaceDeleted, updateBuildRow } from "./build-job-rows.ts";
import { agentSecretPurpose } from "./build-rows.ts";
import { deleteBackendRow } from "./state-backend-rows.ts";

/**
 * Stores a build's results, except for its state.
 *
 * @throws InvalidCompletionError for agents that break a rule
 */
export async function completeBuild(
  core: Database,
  tx: Tx,
  build: Row<"workspace_builds">,
  completed: CompletedJob_WorkspaceBuild,
): Promise<void> {
  checkAgents(completed.resources);
  const agentTokenSecret =
    build.agent_token_secret === null ? undefined : core.encryption.open(agentSecretPurpose(build.id), build.agent_token_secret);
  const of = {
    jobId: build.job_id,
    transition: build.transition,
    build: { workspaceId: build.workspace_id, agentTokenSecret },
  };
  await insertResources(core, tx, of, completed.resources);
  await insertModules(core, tx, of, completed.modules);
  await insertTimings(tx, build.job_id, completed.timings);
  await updateBuildRow(tx.db, build.id, {
    daily_cost: completed.resources.reduce((sum, { dailyCost }) => sum + dailyCost, 0),
    has_external_agent: completed.resources.some(({ type }) => type === "coder_external_agent"),
  });
  await auditBuildOutcome(core, tx, build);
  if (build.transition !== "delete") return;
  await setWorkspaceDeleted(tx.db, build.workspace_id, core.now());
  await deleteBackendRow(tx.db, build.workspace_id);
}
