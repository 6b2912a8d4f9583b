import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import type { Completed, Failed } from "../provisioning/job-kind.ts";
import { dropState } from "../states/drop-state.ts";
import { readVersion } from "../states/read-state.ts";
import { hasLateState, updateStateRow } from "../states/rows.ts";
import { auditLateState } from "./build-entries.ts";
import { findBuildOfJob, updateBuildRow } from "./build-job-rows.ts";
import { handOn, type LateState, sayLate, sayMissing } from "./late-state-notes.ts";
import { findLaterBuilds, lockPendingJobs } from "./late-state-rows.ts";
import { decideLate, inheritorsOf, type LaterBuild } from "./late-state-rules.ts";
import { NOTHING_MISSING, noteMissingState } from "./missing-state.ts";
import { lockWorkspaceRow } from "./new-build-rows.ts";
import { isOrphan } from "./orphan.ts";
import { hasState, takeSentState } from "./store-state.ts";

/**
 * Keeps a state that arrives after its job has ended, whatever happened to the workspace in the meantime: it shows what Terraform really
 * left behind. A newer one becomes its build's own state, and that of the next builds as far as these have not worked with the old one. If
 * a later build has, its log says so. What nobody can call newer is kept beside the build's own state, and named likewise.
 *
 * @param late of a failed job also the file in which its daemon keeps a state that the server did not take, which is remembered
 */
export async function keepLateState(
  core: Database,
  tx: Tx,
  job: Row<"provisioner_jobs">,
  late: Completed<"workspaceBuild"> | Failed<"workspaceBuild">,
): Promise<void> {
  const found = await findBuildOfJob(tx.db, job.id);
  if (found === undefined || isOrphan(job)) return;
  if (!hasState(late)) {
    const keptFile = "keptFile" in late ? late.keptFile : "";
    if (keptFile !== "") await missLateState(core, tx, job, found, keptFile);
    return;
  }
  // Nobody can request a build, or push a state, until this is done.
  await lockWorkspaceRow(tx.db, core.dialect, found.workspace_id);
  const build = (await findBuildOfJob(tx.db, job.id)) ?? found;
  const id = await takeSentState(core, tx, build, late);
  if (id === build.state_id) return;
  const arrived = await readVersion(core, tx.db, id);
  const stored = build.state_id === null ? undefined : await readVersion(core, tx.db, build.state_id);
  const decision = decideLate(stored, arrived);
  const state: LateState = { id, build, version: arrived, decision };
  switch (decision) {
    case "nothing_new":
      await dropState(core, tx, id);
      // The file that was missing is here: it says no more than what the server has.
      if (stored?.sha256 === arrived.sha256)
        for (const { id } of [build, ...inheritorsOf(await lockLaterBuilds(core, tx, build), build.state_id)])
          await updateBuildRow(tx.db, id, NOTHING_MISSING);
      return;
    case "keep_beside":
      // Its daemon, which had no answer, sends it again.
      if (await hasLateState(tx.db, build.id, Buffer.from(arrived.sha256, "hex"))) return dropState(core, tx, id);
      await updateStateRow(tx.db, id, { late_build_id: build.id });
      await sayLate(core, tx, state, await findLaterBuilds(tx.db, build));
      break;
    case "take": {
      await updateBuildRow(tx.db, build.id, { state_id: id, ...NOTHING_MISSING, updated_at: core.now() });
      const later = await lockLaterBuilds(core, tx, build);
      const inheritors = inheritorsOf(later, build.state_id);
      for (const inheritor of inheritors) await handOn(core, tx, state, inheritor);
      if (inheritors.length < later.length) await sayLate(core, tx, state, later);
      await dropState(core, tx, build.state_id);
      break;
    }
    default:
      throw new Error(`unknown decision ${decision satisfies never}`);
  }
  await auditLateState(core, tx, build, { serial: arrived.serial, lineage: arrived.lineage, isKeptBeside: decision === "keep_beside" });
  tx.publish({ kind: "workspace_changed", workspaceId: build.workspace_id });
}

/** The state is missing to its build, and to those that would start from it, or be what the next one starts from. */
async function missLateState(
  core: Database,
  tx: Tx,
  job: Row<"provisioner_jobs">,
  { id, workspace_id }: Row<"workspace_builds">,
  keptFile: string,
): Promise<void> {
  await lockWorkspaceRow(tx.db, core.dialect, workspace_id);
  const build = await findBuildOfJob(tx.db, job.id);
  if (build === undefined) throw new Error(`build ${id} is gone`);
  const later = await lockLaterBuilds(core, tx, build);
  const inheritors = inheritorsOf(later, build.state_id);
  for (const one of [build, ...inheritors]) await noteMissingState(core, tx, job, one, { keptFile });
  if (inheritors.length < later.length) await sayMissing(core, tx, build, keptFile, later);
  tx.publish({ kind: "workspace_changed", workspaceId: workspace_id });
}

/** Finds the builds after this one. Until the transaction ends, no daemon takes the job of one that waits. */
async function lockLaterBuilds(core: Database, tx: Tx, build: Row<"workspace_builds">): Promise<LaterBuild[]> {
  const all = await findLaterBuilds(tx.db, build);
  const pending = await lockPendingJobs(
    tx.db,
    core.dialect,
    all.map(({ job_id }) => job_id),
  );
  // A daemon that asked in the meantime has passed over what is locked.
  for (const { organization_id: organizationId, provisioner, tags } of pending)
    tx.publish({ kind: "job_posted", organizationId, provisioner, tags });
  // Read again: a daemon may have taken a job before it was locked.
  return findLaterBuilds(tx.db, build);
}
