import type { CompletedJob_WorkspaceBuild } from "#proto/gen/provisionerd_pb.js";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { buildOfJob } from "../provisioning/job-rows.ts";
import { checkAgents } from "../resources/agent-rules.ts";
import { insertModules, insertResources, insertTimings } from "../resources/insert-rows.ts";
import { auditBuildOutcome } from "./build-entries.ts";
import { agentSecretPurpose } from "./build-rows.ts";

/** Writes what a build left in the world. The caller ends the job, with the state, in the same transaction. */
export async function completeBuild(
  core: Database,
  tx: Tx,
  job: Row<"provisioner_jobs">,
  completed: CompletedJob_WorkspaceBuild,
): Promise<void> {
  checkAgents(completed.resources);
  const build = await buildOfJob(tx.db, job.id);
  if (build === undefined) throw new Error(`job ${job.id} has no workspace build`);
  const agentTokenSecret =
    build.agent_token_secret === null ? undefined : core.encryption.open(agentSecretPurpose(build.id), build.agent_token_secret);
  const of = {
    jobId: job.id,
    transition: build.transition,
    build: { workspaceId: build.workspace_id, agentTokenSecret },
  };
  await insertResources(core, tx, of, completed.resources);
  await insertModules(core, tx, of, completed.modules);
  await insertTimings(tx, job.id, completed.timings);
  await tx.db
    .updateTable("workspace_builds")
    .set({
      daily_cost: completed.resources.reduce((sum, { dailyCost }) => sum + dailyCost, 0),
      has_external_agent: completed.resources.some(({ type }) => type === "coder_external_agent"),
    })
    .where("id", "=", build.id)
    .execute();
  await auditBuildOutcome(core, tx, build);
  if (build.transition === "delete")
    await tx.db.updateTable("workspaces").set({ deleted: true, updated_at: core.now() }).where("id", "=", build.workspace_id).execute();
}
