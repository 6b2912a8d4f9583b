import type { JobKind } from "../provisioning/job-kind.ts";
import { beginApply } from "./begin-apply.ts";
import { buildEntry } from "./build-entries.ts";
import { describeBuilds, findBuildOfJob } from "./build-job-rows.ts";
import { claimBackend } from "./claim-backend.ts";
import { endBuild } from "./end-build.ts";
import { keepLateState } from "./keep-late-state.ts";
import { isOrphan } from "./orphan.ts";
import { prepareBuild } from "./prepare-build.ts";
import { hasState, storeState } from "./store-state.ts";
import { openBuildState, receiveBuildState } from "./transfer-build-state.ts";

/** The job kind for workspace builds. Each of its steps is implemented in its own file. */
export const WORKSPACE_BUILD = {
  type: "workspace_build",
  case: "workspaceBuild",
  checkedAs: ["workspace", "workspace_dormant"],
  prepare: prepareBuild,
  /** Stores where Terraform keeps the state, that it begins to apply, and the state so far. */
  progress: async (core, tx, job, { stateBackend, applying, workspaceBuildState: state, workspaceBuildStateId: stateId }) => {
    const sent = { state, stateId };
    if (stateBackend === undefined && !applying && !hasState(sent)) return undefined;
    const build = await findBuildOfJob(tx.db, job.id);
    if (build === undefined) return undefined;
    if (stateBackend !== undefined) await claimBackend(core, tx, job, build, stateBackend);
    if (applying) await beginApply(core, tx, build);
    if (hasState(sent) && !isOrphan(job)) await storeState(core, tx, build, sent);
    return undefined;
  },
  end: endBuild,
  keepLate: keepLateState,
  receiveState: receiveBuildState,
  openState: openBuildState,
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
