import type { JobKind } from "../provisioning/job-kind.ts";
import { beginApply } from "./begin-apply.ts";
import { buildEntry } from "./build-entries.ts";
import { describeBuilds, findBuildOfJob, hasLaterBuild } from "./build-job-rows.ts";
import { claimBackend } from "./claim-backend.ts";
import { endBuild } from "./end-build.ts";
import { prepareBuild } from "./prepare-build.ts";
import { storeState } from "./store-state.ts";

/** The job kind for workspace builds. Each of its steps is implemented in its own file. */
export const WORKSPACE_BUILD = {
  type: "workspace_build",
  case: "workspaceBuild",
  checkedAs: ["workspace", "workspace_dormant"],
  prepare: prepareBuild,
  /** Stores where Terraform keeps the state, that it begins to apply, and the state so far. */
  progress: async (core, tx, job, { stateBackend, applying, workspaceBuildState: state }) => {
    if (stateBackend === undefined && !applying && state.length === 0) return [];
    const build = await findBuildOfJob(tx.db, job.id);
    if (build === undefined) return [];
    if (stateBackend !== undefined) await claimBackend(core, tx, job, build, stateBackend);
    if (applying) await beginApply(core, tx, build);
    if (state.length > 0) await storeState(core, tx, build, state);
    return [];
  },
  end: endBuild,
  /** Stores a late state, which shows what Terraform really left behind, as long as no later build has begun. */
  keepLate: async (core, tx, job, { state }) => {
    const build = state.length === 0 ? undefined : await findBuildOfJob(tx.db, job.id);
    if (build !== undefined && !(await hasLaterBuild(tx.db, build))) await storeState(core, tx, build, state);
  },
  changed: async (tx, id) => {
    const build = await findBuildOfJob(tx.db, id);
    if (build !== undefined) tx.publish({ kind: "workspace_changed", workspaceId: build.workspace_id });
  },
  /** A cancel changes no column of the build, so the additional fields say what happened. */
  cancelEntry: async (db, id) => {
    const build = await findBuildOfJob(db, id);
    if (build === undefined) return undefined;
    const entry = await buildEntry({ db }, build);
    return { ...entry, action: "write", additional: { ...entry.additional, job_id: id, job_canceled: true } };
  },
  describe: describeBuilds,
} satisfies JobKind<"workspaceBuild">;
